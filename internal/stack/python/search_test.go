package python

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/stack"
)

// TestSearch: which directories hold a server, of what, and where it begins.
func TestSearch(t *testing.T) {
	t.Parallel()
	const list = "-- requirements.txt --\nx\n"
	for _, test := range []struct{ name, files, want string }{
		{"Flask", list + "-- app.py --\n\napp = Flask(__name__)\n", ". Flask app in app.py [app.py:2 Flask application]"},
		{"Flask of another name", list + "-- web.py --\nserver: Flask = flask.Flask(__name__)\n", ". Flask server in web.py [web.py:1 Flask application]"},
		{"Flask by FLASK_APP", list + "-- .flaskenv --\nFLASK_APP=web:site\n-- web.py --\nx\n-- app.py --\napp = Flask(__name__)\n", ". Flask site in web.py [web.py:1 Flask application]"},
		{"Flask by FLASK_APP of a package", list + "-- .env --\nFLASK_APP='pkg.web'\n-- pkg/web/__init__.py --\ndef create_app(a=1, *b):\n  return Flask()\n", ". Flask create_app() in pkg/web/__init__.py [pkg/web/__init__.py:1 Flask application]"},
		{"Flask by FLASK_APP of a file that is missing", list + "-- .env --\nFLASK_APP=none.py\n-- app.py --\napp = Flask(__name__)\n", ". Flask app in app.py [app.py:1 Flask application]"},
		{"a factory", list + "-- web.py --\ndef create_app():\n  app = Flask()\n", ". Flask create_app() in web.py [web.py:1 Flask application]"},
		{"a factory that needs something", list + "-- web.py --\ndef create_app(config):\n  app = Flask()\n", "no: requirements.txt, but no Python server under it"},
		{"a factory that is called", list + "-- run.py --\nfrom web import create_app\nsite, db = web.create_app(1)\n-- web.py --\ndef create_app(config):\n  app = Flask()\n", ". Flask site in run.py [run.py:2 Flask application]"},
		{"a factory in app.py before a variable elsewhere", list + "-- app.py --\ndef make_app():\n  return Flask()\n-- web.py --\nother = Flask(1)\n", ". Flask make_app() in app.py [app.py:1 Flask application]"},
		{"an import that is run", list + "-- wsgi.py --\nfrom pkg import db, app\n-- pkg/__init__.py --\napp = Flask(1)\n", ". Flask app in wsgi.py [wsgi.py:1 Flask application]"},
		{"an import of a script", list + "-- run.py --\nfrom pkg import app\n-- pkg/__init__.py --\napp = Flask(1)\n", ". Flask app in pkg/__init__.py [pkg/__init__.py:1 Flask application]"},
		{"an import of a script that runs it", list + "-- run.py --\nfrom pkg import app\napp.run()\n-- pkg/__init__.py --\napp = Flask(1)\n", ". Flask app in run.py [run.py:1 Flask application]"},
		{"nearest first", list + "-- a/b/app.py --\napp = Flask(1)\n-- c/web.py --\nweb = Flask(1)\n", ". Flask web in c/web.py [c/web.py:1 Flask application]"},
		{"a comment", list + "-- app.py --\n# app = Flask(1)\n", "no: requirements.txt, but no Python server under it"},
		{"tests and what lies aside", list + "-- test_app.py --\napp = Flask(1)\n-- tests/app.py --\napp = Flask(1)\n-- a/b/c/d/web.py --\napp = Flask(1)\n", "no: requirements.txt, but no Python server under it"},
		{"FastAPI", list + "-- main.py --\napp = FastAPI()\n", ". FastAPI app in main.py [main.py:1 FastAPI]"},
		{"FastAPI that a factory makes", list + "-- main.py --\napi = build_app()\n-- more.py --\nx(FastAPI())\n", ". FastAPI api in main.py [main.py:1 FastAPI]"},
		{"a factory of FastAPI", list + "-- main.py --\ndef get_app(debug: bool = False) -> FastAPI:\n\n    x()\n    return FastAPI()\n", ". FastAPI get_app() in main.py [main.py:1 FastAPI]"},
		{"Django", list + "-- manage.py --\nimport os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n", ". Django  in manage.py [manage.py:2 Django]"},
		{"Starlette", list + "-- app.py --\nfrom starlette.applications import Starlette\nsite = Starlette()\n", ". Starlette site in app.py [app.py:2 Starlette]"},
		{"Streamlit", list + "-- app.py --\nimport streamlit as st\n", ". Streamlit  in app.py [app.py:1 Streamlit]"},
		{"a server", list + "-- web.py --\nx\nHTTPServer(('', 80), H)\nif __name__ == '__main__':\n  x\n", ". Python  in web.py [web.py:2 listens]"},
		{"a server that nothing runs", list + "-- web.py --\nHTTPServer(('', 80), H)\n", "no: requirements.txt, but no Python server under it"},
		{"a server with an entry's name", list + "-- server.py --\napp.run(host='x', port=80)\n", ". Python  in server.py [server.py:1 listens]"},
		{"a lambda", list + "-- fn.py --\ndef lambda_handler(event, context):\n", "no: a lambda: lambda_handler in fn.py, no server"},
		{"tools of a package of Node", list + "-- package.json --\n{}\n", "no: requirements.txt next to a package.json, but no Python server under it"},
		{"a factory of any name", list + "-- main.py --\nfrom core import launch\napi = launch(debug=True)\n-- core.py --\ndef launch(debug: bool, x: int = Depends(a(1))) -> FastAPI:\n    site = FastAPI()\n    return site\n", ". FastAPI api in main.py [main.py:2 FastAPI]"},
		{"a factory that calls another", list + "-- main.py --\ndef outer():\n    return inner(1)\ndef inner(x):\n    return FastAPI()\n", ". FastAPI outer() in main.py [main.py:1 FastAPI]"},
		{"a class of applications", list + "-- main.py --\nclass Api(FastAPI):\n    pass\nsite = Api()\n", ". FastAPI site in main.py [main.py:3 FastAPI]"},
		{"FastAPI that the README names", list + "-- README.md --\n    uvicorn web.site:api --reload\n-- main.py --\napp = FastAPI()\n-- web/site.py --\napi = FastAPI()\n", ". FastAPI api in web/site.py [web/site.py:1 FastAPI]"},
		{"FastAPI that its source names", list + "-- run.py --\nuvicorn.run('web:make', factory=True)\n-- web.py --\ndef make():\n    return FastAPI()\nx = FastAPI()\n", ". FastAPI make() in web.py [web.py:1 FastAPI]"},
		{"FastAPI of which the README names no file", list + "-- README.md --\nuvicorn other:app\n-- main.py --\napp = FastAPI()\n", ". FastAPI app in main.py [main.py:1 FastAPI]"},
		{"a factory of Flask with what only its file knows", list + "-- run.py --\nfrom web import start\nif __name__ == '__main__':\n    site = start(Dev)\n    site.run()\n-- web.py --\ndef start(config):\n    app = Flask(1)\n    return app\n", ". Flask  in run.py [run.py:3 Flask application]"},
		{"a factory of Flask of any name", list + "-- web.py --\ndef start(config=None):\n    app = Flask(1)\n", ". Flask start() in web.py [web.py:1 Flask application]"},
		{"Dash on Flask", list + "-- app.py --\nserver = Flask(1)\nsite = Dash(server=server)\n", ". Dash site in app.py [app.py:2 Dash]"},
		{"Gradio", list + "-- app.py --\nimport gradio as gr\ngr.Interface(f).launch()\n", ". Gradio  in app.py [app.py:2 Gradio]"},
		{"Falcon", list + "-- app.py --\nimport falcon\napi = falcon.App()\n", ". Falcon api in app.py [app.py:2 Falcon]"},
		{"Bottle", list + "-- app.py --\nimport bottle\napi = bottle.default_app()\n", ". Bottle api in app.py [app.py:2 Bottle]"},
		{"Streamlit that the README names", list + "-- README.md --\nstreamlit run src/ui.py\n-- app.py --\nimport streamlit\n-- src/ui.py --\nimport streamlit\n", ". Streamlit  in src/ui.py [src/ui.py:1 Streamlit]"},
		{"Streamlit with pages", list + "-- about.py --\nimport streamlit\n-- Home.py --\nimport streamlit\n-- pages/app.py --\nimport streamlit\n", ". Streamlit  in Home.py [Home.py:1 Streamlit]"},
		{"a worker", "-- requirements.txt --\ncelery\n-- tasks.py --\napp = Celery('x')\n", ". Celery  in tasks.py [tasks.py:1 Celery]"},
		{"no list", "-- app.py --\napp = Flask(1)\n", ". Flask app in app.py [app.py:1 Flask application]"},
		{"no list, and a program that listens", "-- app.py --\nHTTPServer(('', 80), H)\n", "no: app.py uses no web framework that devup knows"},
		{"no list, aside", "-- examples/app.py --\napp = Flask(1)\n", ""},
		{"no list, below one", list + "-- app.py --\napp = Flask(1)\n-- sub/app.py --\napp = Flask(1)\n", ". Flask app in app.py [app.py:1 Flask application]"},
		{"no list, and no entry's name", "-- web.py --\napp = Flask(1)\n", ". Flask app in web.py [web.py:1 Flask application]"},
		{"no list, and no entry's name below", "-- a/web.py --\napp = Flask(1)\n", ""},
		{"two lists", "-- a/requirements.txt --\n-- a/app.py --\napp = Flask(1)\n-- b/Pipfile --\n-- b/main.py --\napp = FastAPI()\n", "a Flask app in app.py [a/app.py:1 Flask application]|b FastAPI app in main.py [b/main.py:1 FastAPI]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			root := treeOf(t, test.files)
			var got []string
			for _, a := range search(root, stacks()) {
				a.DescribeAs(a.Stack)
				got = append(got, a.Dir+" "+a.Framework+" "+a.Callable+" in "+a.Entry+" ["+noted(a.FoundAt)+"]")
			}
			for _, r := range root.Rejected {
				got = append(got, "no: "+r.Why)
			}
			if text := strings.Join(got, "|"); text != test.want {
				t.Errorf("got  %s\nwant %s", text, test.want)
			}
		})
	}
}

// TestCommands: how a service is started, and the names that servers know it by.
func TestCommands(t *testing.T) {
	t.Parallel()
	const list = "-- requirements.txt --\nalembic\n"
	for _, test := range []struct{ name, files, dev, prod, migrate string }{
		{"Flask", list + "-- app.py --\napp = Flask(1)\n", "app: flask run --host=0.0.0.0 --port=4000", "gunicorn --bind 0.0.0.0:4000 app:app", ""},
		{"Flask of another variable", list + "-- web.py --\nsite = Flask(1)\n", "web:site: flask run --host=0.0.0.0 --port=4000", "gunicorn --bind 0.0.0.0:4000 web:site", ""},
		{"Flask of a factory", list + "-- web.py --\ndef create_application():\n  Flask()\n", "web:create_application: flask run --host=0.0.0.0 --port=4000", "gunicorn --bind 0.0.0.0:4000 web:create_application()", ""},
		{"Flask in a package", list + "-- pkg/__init__.py --\napp = Flask(1)\n", "pkg: flask run --host=0.0.0.0 --port=4000", "gunicorn --bind 0.0.0.0:4000 pkg:app", ""},
		{"Flask in a directory that is no package", list + "-- src/main.py --\napp = Flask(1)\n", "src/main.py: flask run --host=0.0.0.0 --port=4000", "gunicorn --bind 0.0.0.0:4000 --chdir src main:app", ""},
		{"Flask in a directory that it imports by its name", list + "-- src/main.py --\nfrom src import db\napp = Flask(1)\n", "src.main: flask run --host=0.0.0.0 --port=4000", "gunicorn --bind 0.0.0.0:4000 src.main:app", ""},
		{"FastAPI", list + "-- main.py --\napp = FastAPI()\n", "main:app: uvicorn main:app --host 0.0.0.0 --port 4000 --reload", "uvicorn main:app --host 0.0.0.0 --port 4000", ""},
		{"FastAPI with migrations", list + "-- alembic.ini --\n[alembic]\n# prepend_sys_path = .\n-- main.py --\napp = FastAPI()\n", "main:app: uvicorn main:app --host 0.0.0.0 --port 4000 --reload", "uvicorn main:app --host 0.0.0.0 --port 4000", "python -m alembic upgrade head"},
		{"FastAPI with migrations that import the app", list + "-- alembic.ini --\n[alembic]\nprepend_sys_path = .\n-- main.py --\napp = FastAPI()\n", "main:app: uvicorn main:app --host 0.0.0.0 --port 4000 --reload", "uvicorn main:app --host 0.0.0.0 --port 4000", "alembic upgrade head"},
		{"FastAPI of a factory below", list + "-- src/main.py --\ndef create_app():\n    return FastAPI()\n", "main:create_app: uvicorn main:create_app --host 0.0.0.0 --port 4000 --app-dir src --reload --factory", "uvicorn main:create_app --host 0.0.0.0 --port 4000 --app-dir src --factory", ""},
		{"Django", list + "-- manage.py --\nDJANGO_SETTINGS_MODULE\n-- shop/wsgi.py --\n", "manage.py: python manage.py runserver 0.0.0.0:4000", "gunicorn --bind 0.0.0.0:4000 shop.wsgi:application", ""},
		{"Django below", list + "-- site/manage.py --\nDJANGO_SETTINGS_MODULE\n-- site/shop/wsgi.py --\n", "site/manage.py: python site/manage.py runserver 0.0.0.0:4000", "gunicorn --bind 0.0.0.0:4000 --chdir site shop.wsgi:application", ""},
		{"Django without a site", list + "-- manage.py --\nDJANGO_SETTINGS_MODULE\n", "manage.py: python manage.py runserver 0.0.0.0:4000", "python manage.py runserver 0.0.0.0:4000", ""},
		{"Litestar", list + "-- app.py --\nsite = litestar.Litestar(x)\n", "app:site: uvicorn app:site --host 0.0.0.0 --port 4000 --reload", "uvicorn app:site --host 0.0.0.0 --port 4000", ""},
		{"Streamlit", list + "-- app.py --\nimport streamlit\n", "app.py: streamlit run app.py --server.address 0.0.0.0 --server.port 4000 --server.headless true --server.runOnSave true", "streamlit run app.py --server.address 0.0.0.0 --server.port 4000 --server.headless true", ""},
		{"a server", list + "-- server.py --\nTCPServer(x)\n", "server.py: python server.py", "python server.py", ""},
		{"a server of loopback", list + "-- server.py --\nHTTPServer(('localhost', 80), H)\n", "server.py: python /usr/local/lib/listen.py server.py", "python /usr/local/lib/listen.py server.py", ""},
		{"uvicorn in a program", list + "-- main.py --\nuvicorn.run(app)\n", "main.py: python /usr/local/lib/listen.py main.py", "python /usr/local/lib/listen.py main.py", ""},
		{"aiohttp", list + "-- main.py --\nweb.run_app(app)\n", "main.py: python main.py", "python main.py", ""},
		{"Flask that runs its file", list + "-- run.py --\nif __name__ == '__main__':\n  app = start(Dev)\n  app.run()\n-- web.py --\ndef start(config):\n  return Flask(1)\n", "run.py: python /usr/local/lib/listen.py run.py", "python /usr/local/lib/listen.py run.py", ""},
		{"Flask before its command", "-- requirements.txt --\nflask==0.10.1\n-- app.py --\napp = Flask(1)\napp.run()\n", "app: python /usr/local/lib/listen.py app.py", "gunicorn --bind 0.0.0.0:4000 app:app", ""},
		{"Flask before its command, run by nothing", "-- requirements.txt --\nflask==0.10.1\n-- web.py --\nsite = Flask(1)\n", "web:site: python -c from web import site as app; app.run('0.0.0.0', 4000, use_reloader=False)", "gunicorn --bind 0.0.0.0:4000 web:site", ""},
		{"Flask with migrations", "-- requirements.txt --\nflask-migrate\n-- migrations/env.py --\n-- app.py --\napp = Flask(1)\n", "app: flask run --host=0.0.0.0 --port=4000", "gunicorn --bind 0.0.0.0:4000 app:app", "flask db upgrade"},
		{"Flask below with migrations", "-- Pipfile --\n[packages]\nflask-migrate = \"*\"\n-- server/migrations/env.py --\n-- server/app.py --\nfrom config import x\napp = Flask(1)\n", "server/app.py: flask run --host=0.0.0.0 --port=4000", "gunicorn --bind 0.0.0.0:4000 --chdir server app:app", "flask db upgrade --directory server/migrations"},
		{"FastAPI below with migrations", list + "-- src/alembic.ini --\n-- src/main.py --\napp = FastAPI()\n", "main:app: uvicorn main:app --host 0.0.0.0 --port 4000 --app-dir src --reload", "uvicorn main:app --host 0.0.0.0 --port 4000 --app-dir src", `sh -c cd "$0" && exec "$@" src python -m alembic upgrade head`},
		{"Flask of two variables", list + "-- application.py --\napplication = app = Flask(1)\n", "application: flask run --host=0.0.0.0 --port=4000", "gunicorn --bind 0.0.0.0:4000 application:application", ""},
		{"Dash of two variables", list + "-- application.py --\napplication = app = Dash(1)\nserver = app.server\napp.run_server()\n", "application.py: python application.py", "gunicorn --bind 0.0.0.0:4000 application:server", ""},
		{"Django with a database and static files", list + "-- manage.py --\nDJANGO_SETTINGS_MODULE\n-- shop/wsgi.py --\n-- shop/settings.py --\nSTATIC_ROOT = 'x'\nDATABASES = {'default': 1}\n", "manage.py: python manage.py runserver 0.0.0.0:4000", "sh -c python manage.py collectstatic --noinput && exec gunicorn --bind 0.0.0.0:4000 shop.wsgi:application", "python manage.py migrate --noinput"},
		{"Django with models and no migrations", list + "-- manage.py --\nDJANGO_SETTINGS_MODULE\n-- shop/models.py --\nclass A(models.Model): pass\n-- shop/settings.py --\nDATABASES = {'default': 1}\n", "manage.py: python manage.py runserver 0.0.0.0:4000", "python manage.py runserver 0.0.0.0:4000", "python manage.py migrate --noinput --run-syncdb"},
		{"Django without a database", list + "-- manage.py --\nDJANGO_SETTINGS_MODULE\n-- shop/settings.py --\nDATABASES = {}\n", "manage.py: python manage.py runserver 0.0.0.0:4000", "python manage.py runserver 0.0.0.0:4000", ""},
		{"a src layout", list + "-- src/shop/__init__.py --\n-- src/shop/main.py --\nfrom shop import db\napp = FastAPI()\n", "shop.main:app: uvicorn shop.main:app --host 0.0.0.0 --port 4000 --app-dir src --reload", "uvicorn shop.main:app --host 0.0.0.0 --port 4000 --app-dir src", ""},
		{"a package by its relative imports", list + "-- app/main.py --\nfrom .db import x\napp = FastAPI()\n", "app.main:app: uvicorn app.main:app --host 0.0.0.0 --port 4000 --reload", "uvicorn app.main:app --host 0.0.0.0 --port 4000", ""},
		{"a package by the imports of its modules", list + "-- app/main.py --\napp = FastAPI()\n-- app/db.py --\nfrom app.core import x\n", "app.main:app: uvicorn app.main:app --host 0.0.0.0 --port 4000 --reload", "uvicorn app.main:app --host 0.0.0.0 --port 4000", ""},
		{"Falcon", list + "-- app.py --\napi = falcon.App()\n", "app:api: gunicorn --reload --bind 0.0.0.0:4000 app:api", "gunicorn --bind 0.0.0.0:4000 app:api", ""},
		{"Gradio", list + "-- app.py --\nimport gradio\nx.launch()\n", "app.py: python app.py", "python app.py", ""},
		{"Dash", list + "-- app.py --\napp = Dash()\nserver = app.server\n", "app.py: python app.py", "gunicorn --bind 0.0.0.0:4000 app:server", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := appIn(t, test.files, ".")
			a.Port = stack.Port{Number: 4000}
			a.SetCommands()
			got := []string{a.Module + ": " + strings.Join(a.Dev, " "), strings.Join(a.Prod, " "), strings.Join(a.Migrate, " ")}
			for i, want := range []string{test.dev, test.prod, test.migrate} {
				if got[i] != want {
					t.Errorf("got  %s\nwant %s", got[i], want)
				}
			}
		})
	}
}

// TestPackage: a service whose files import each other by the name of its directory, from the
// directory above.
func TestPackage(t *testing.T) {
	t.Parallel()
	const list = "-- my_api/requirements.txt --\nfastapi\nflask\n"
	const isPackage = "from above /my_api"
	for _, test := range []struct{ name, files, dev, prod, settings string }{
		{"by relative imports", list + "-- my_api/__init__.py --\n-- my_api/main.py --\nfrom . import models\napp = FastAPI()\n", "uvicorn my_api.main:app --host 0.0.0.0 --port 4000 --reload", "uvicorn my_api.main:app --host 0.0.0.0 --port 4000", isPackage},
		{"by its name", list + "-- my_api/app/main.py --\nfrom my_api.app import db\napp = FastAPI()\n", "uvicorn my_api.app.main:app --host 0.0.0.0 --port 4000 --reload", "uvicorn my_api.app.main:app --host 0.0.0.0 --port 4000", isPackage},
		{"by a factory in it", list + "-- my_api/__init__.py --\ndef create_app():\n    app = Flask(1)\n    return app\n", "flask run --host=0.0.0.0 --port=4000", "gunicorn --bind 0.0.0.0:4000 my_api:create_app()", "__init__.py " + isPackage},
		{"by a module of Flask", list + "-- my_api/__init__.py --\n-- my_api/app.py --\nfrom .views import x\napp = Flask(1)\n", "flask run --host=0.0.0.0 --port=4000", "gunicorn --bind 0.0.0.0:4000 my_api.app:app", "app.py " + isPackage},
		{"by its name and by those of its directories", list + "-- my_api/app/main.py --\nfrom my_api.db import x\nfrom app.core import y\napp = FastAPI()\n-- my_api/app/core.py --\n", "uvicorn app.main:app --host 0.0.0.0 --port 4000 --reload", "uvicorn app.main:app --host 0.0.0.0 --port 4000", isPackage},
		{"a package of that name within", list + "-- my_api/my_api/db.py --\n-- my_api/main.py --\nfrom my_api import db\napp = FastAPI()\n", "uvicorn main:app --host 0.0.0.0 --port 4000 --reload", "uvicorn main:app --host 0.0.0.0 --port 4000", ""},
		{"by tests alone", list + "-- my_api/main.py --\napp = FastAPI()\n-- my_api/tests/test_a.py --\nfrom my_api.main import app\n", "uvicorn main:app --host 0.0.0.0 --port 4000 --reload", "uvicorn main:app --host 0.0.0.0 --port 4000", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := appIn(t, test.files, "my_api")
			a.Name, a.Port = "my-api", stack.Port{Number: 4000}
			a.SetCommands()
			settings := ""
			if a.Package != "" {
				settings = "from above " + string(a.Root())
			}
			if a.StackName == "flask" {
				settings = a.Module + " " + settings
			}
			for _, pair := range [][2]string{{strings.Join(a.Dev, " "), test.dev}, {strings.Join(a.Prod, " "), test.prod}, {settings, test.settings}} {
				if pair[0] != pair[1] {
					t.Errorf("got  %s\nwant %s", pair[0], pair[1])
				}
			}
		})
	}
}

// TestDescribe: what the directory itself decides, with the places.
func TestDescribe(t *testing.T) {
	t.Parallel()
	a := appIn(t, "-- api/requirements.txt --\nrequests\nFlask==2\n-- api/app.py --\napp = Flask(1)\n-- api/Procfile --\nworker: x\n# web: old\nweb: gunicorn -b :5757 app:app\n-- api/.flaskenv --\nFLASK_RUN_PORT=4567\nA=1\n", "api")
	var notes, starts []string
	for _, e := range a.Evidence {
		notes = append(notes, noted(e))
	}
	for _, s := range a.Starts {
		starts = append(starts, s.File+" "+s.Text)
		if s.Text == "web: gunicorn -b :5757 app:app" && s.Line != 3 {
			t.Errorf("line %d, want 3", s.Line)
		}
	}
	if got, want := strings.Join(notes, "|"), "api/requirements.txt:2 Flask|api/app.py:1 Flask application"; !strings.EqualFold(got, want) {
		t.Errorf("noted %s, want %s", got, want)
	}
	if got, want := strings.Join(starts, "|"), "api/Procfile web: gunicorn -b :5757 app:app|api/.flaskenv FLASK_RUN_PORT=4567"; got != want {
		t.Errorf("starts %s, want %s", got, want)
	}
	alone := appIn(t, "-- api/app.py --\napp = Flask(1)\n", "api")
	if len(alone.Evidence) == 0 || alone.Evidence[0].Text != "no requirements file in api names its packages" {
		t.Errorf("noted %v", alone.Evidence)
	}
}

// TestUnknownFiles: a stack that the user named has the usual entry where no file shows one.
func TestUnknownFiles(t *testing.T) {
	t.Parallel()
	a := &stack.App{Tree: treeOf(t, "-- x.txt --\n"), Service: stack.Service{Dir: "."}}
	a.DescribeAs(&Flask)
	if a.Entry != "app.py" || a.Module != "app" || a.ProdModule != "app:app" || a.Packages.Manifest != "" {
		t.Errorf("entry %q, module %q, %q, manifest %q", a.Entry, a.Module, a.ProdModule, a.Packages.Manifest)
	}
}

// TestDjangoSettings: the files that may hold the settings that manage.py names.
func TestDjangoSettings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.dev")`: "shop/settings/dev.py shop/settings/dev/__init__.py shop/settings/dev/base.py shop/settings/base.py",
		"os.environ.setdefault('DJANGO_SETTINGS_MODULE' , 'settings')":         "settings.py settings/__init__.py settings/base.py ./base.py",
		"os.environ.setdefault('DJANGO_SETTINGS_MODULE', name)":                "",
		"": "",
	} {
		got := strings.Join(djangoSettings(func(name string) string { return map[string]string{"manage.py": text}[name] }), " ")
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestWorkers: the processes next to a server, by the Procfile or the source.
func TestWorkers(t *testing.T) {
	t.Parallel()
	const flask = "-- app.py --\napp = Flask(1)\n"
	for _, test := range []struct{ name, files, want string }{
		{"none", flask + "-- requirements.txt --\nflask\n", ""},
		{"Celery", flask + "-- requirements.txt --\ncelery\n-- jobs/tasks.py --\nfrom jobs import x\nqueue = Celery('x')\n", "worker: celery -A jobs.tasks:queue worker --loglevel info [jobs/tasks.py:2 Celery]"},
		{"Celery with a schedule", flask + "-- requirements.txt --\ncelery\n-- shop/__init__.py --\n-- shop/celery.py --\napp = Celery('x')\napp.conf.beat_schedule = {}\n", "worker: celery -A shop.celery worker --loglevel info [shop/celery.py:1 Celery]|beat: celery -A shop.celery beat --loglevel info --schedule /tmp/celerybeat [shop/celery.py:1 Celery]"},
		{"Celery that a function makes", flask + "-- requirements.txt --\ncelery\n-- work.py --\nfrom app import app\ndef make(app):\n  celery = Celery('x')\n  return celery\ncelery = make(app)\n", "worker: celery -A work:celery worker --loglevel info [work.py:5 Celery]"},
		{"the Procfile", flask + "-- requirements.txt --\ncelery\n-- Procfile --\nweb: flask run\nrelease: celery x\nJobs: celery -A a worker --loglevel=info\nrest: REDIS=$X rq worker\nother: sleep 1\n-- a.py --\nx = Celery()\n", "jobs: celery -A a worker --loglevel=info [Procfile:3 Celery worker]|rest: sh -c REDIS=$X rq worker [Procfile:4 Rq worker]"},
		{"RQ", flask + "-- requirements.txt --\nrq\n-- worker.py --\nw = Worker(['x'])\nw.work()\n", "worker: python worker.py [worker.py:1 RQ]"},
		{"arq", flask + "-- requirements.txt --\narq\n-- jobs.py --\nclass WorkerSettings:\n  x = 1\n", "worker: arq jobs.WorkerSettings [jobs.py:1 arq]"},
		{"Dramatiq", flask + "-- requirements.txt --\ndramatiq[redis]\n-- jobs.py --\n@dramatiq.actor\ndef a(): pass\n", "worker: dramatiq jobs [jobs.py:1 Dramatiq]"},
		{"Huey", flask + "-- requirements.txt --\nhuey\n-- jobs.py --\nhuey = RedisHuey('x')\n", "worker: huey_consumer jobs.huey [jobs.py:1 Huey]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := appIn(t, test.files, ".")
			var got []string
			for _, w := range workers(a) {
				got = append(got, w.Name+": "+strings.Join(w.Command, " ")+" ["+noted(w.Evidence)+"]")
			}
			if text := strings.Join(got, "|"); text != test.want {
				t.Errorf("got  %s\nwant %s", text, test.want)
			}
		})
	}
}
