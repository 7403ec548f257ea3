package python

import (
	"testing"

	"github.com/devup-cli/devup/internal/stack/stacktest"
	"github.com/devup-cli/devup/internal/tree"
)

// TestUses: the variables that a source reads: "NAME=default?" where the code has a default.
func TestUses(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`os.getenv("A")`:                             "A",
		`os.environ.get('A', 'x')`:                   "A=x?",
		`getenv("A", other)`:                         "A=?",
		`os.environ.get("A", None)`:                  "A",
		`os.environ.get("A",None )`:                  "A",
		`os.environ.get("A", "None")`:                "A=None?",
		`os.environ["A"] + os.environ['b']`:          "A b",
		`os.environ["A"] = "x"`:                      "",
		`os.environ["A"] == "x"`:                     "A",
		`env("A")`:                                   "A",
		`env.bool("A", default=True)`:                "A=?",
		`env.str( "A" , default="x")`:                "A=x?",
		`config("A", default="x")`:                   "A=x?",
		`os.getenv(name)`:                            "",
		`os.getenv("lower")`:                         "",
		"os.getenv('A')\nos.getenv(\n  'B', 'y'\n)":  "A B=y?",
		`reconfig("A")`:                              "",
		`os.environ.setdefault("DJANGO_X", "value")`: "",
	} {
		if got := stacktest.Uses(uses(tree.File{Path: "a.py", Text: source})); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

// TestRoutes: the paths that a server answers, with the prefixes of blueprints and routers.
func TestRoutes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, files, want string }{
		{"of the application", "-- a.py --\n@app.route('/a')\ndef a(): pass\n  @app.post(\"/b\")\n@app.websocket(path='/c')\n", "GET /a a.py:1|/b a.py:3|/c a.py:4"},
		{"of methods", "-- a.py --\n@app.route('/a', methods=['POST'])\n@app.route('/b', methods=(\"post\", \"get\"))\n@app.get('/c', deps=[Depends(x)])\n", "/a a.py:1|GET /b a.py:2|GET /c a.py:3"},
		{"of a blueprint", "-- a.py --\nusers = Blueprint('users', __name__, url_prefix='/u')\n@users.route('/<id>')\n", "GET /u/<id> a.py:2"},
		{"of a router that is registered", "-- users.py --\nrouter = APIRouter(prefix=\"/own\")\n@router.get('/x')\n-- main.py --\napp.include_router(users.router, prefix='/api')\n", "GET /api/own/x users.py:2"},
		{"of a router that is registered without a prefix", "-- users.py --\nrouter = APIRouter(prefix=\"/own\")\n@router.get('/x')\n-- main.py --\napp.include_router(users.router)\n", "GET /own/x users.py:2"},
		{"of a blueprint that is registered", "-- users.py --\nbp = Blueprint('users', __name__, url_prefix='/own')\n@bp.route('/x')\n-- main.py --\nfrom users import bp as users\napp.register_blueprint(users, url_prefix='/api')\n", "GET /api/x users.py:2"},
		{"of routers in routers", "-- core/config.py --\nclass Settings(BaseSettings):\n    API_V1_STR: str = \"/api/v1\"\n-- api/main.py --\nfrom api.routes import items, users\napi_router = APIRouter()\napi_router.include_router(items.router, prefix='/items')\napi_router.include_router(users.router)\n-- api/routes/items.py --\nrouter = APIRouter()\n@router.get('/')\n-- api/routes/users.py --\nrouter = APIRouter(prefix='/users')\n@router.post('/new')\n-- main.py --\nfrom api.main import api_router\napp.include_router(api_router, prefix=settings.API_V1_STR)\n", "GET /api/v1/items/ api/routes/items.py:2|/api/v1/users/new api/routes/users.py:2"},
		{"of a prefix with a constant in it", "-- a.py --\nBASE = '/api'\nrouter = APIRouter()\napp.include_router(router, prefix=f\"{BASE}/v2\")\n@router.get('/x')\n", "GET /api/v2/x a.py:4"},
		{"of a prefix that is not known", "-- a.py --\nrouter = APIRouter()\napp.include_router(router, prefix=BASE)\n@router.get('/x')\n", "GET ?/x a.py:3"},
		{"of a router whose prefix is not known", "-- users.py --\nrouter = APIRouter()\n@router.get('/x')\n", "GET ?/x users.py:2"},
		{"of no server", "-- a.py --\nx = cache.get('/a')\n@decorator\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := stacktest.Routes(routes(stacktest.Sources(test.files))); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestGetenv: the code that reads a variable, with a value where it is not set.
func TestGetenv(t *testing.T) {
	t.Parallel()
	if got, want := Language.Getenv("A", "x"), `os.environ.get("A", "x")`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
