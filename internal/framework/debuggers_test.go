package framework

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
)

func TestDebuggers(t *testing.T) {
	t.Parallel()
	const flaskOff = "FLASK_RUN_DEBUGGER=false (Flask)"
	for _, test := range []struct{ name, start, files, want string }{
		{"nothing", "node server.js", "-- package.json --\n{}\n", ""},
		{"flask run", "flask run", "-- requirements.txt --\nflask==3.0\n-- app.py --\napp.run(debug=True)\n", flaskOff},
		{"Flask without a list of packages", `CMD ["python3", "-m" , "flask", "run"]`, "", flaskOff},
		{"what an env file says is not enough", "", "-- requirements.txt --\nflask\n-- .env --\nFLASK_RUN_DEBUGGER=true\n", flaskOff},
		{
			"a file of Python with debug=True", `CMD ["python", "-u", "app.py"]`, "-- requirements.txt --\nflask\n-- app.py --\napp.run(host='0.0.0.0', debug=True)\n",
			flaskOff + "\napp.py: use_debugger=False in run(), after debug (Flask)",
		},
		{"one that leaves the debugger out", "python app.py", "-- requirements.txt --\nflask\n-- app.py --\napp.run(debug=True, use_debugger=False)\n", flaskOff},
		{
			"debug=True after an argument that is a call", "python app.py", "-- requirements.txt --\nflask\n-- app.py --\napp.run(port=int(os.environ.get('PORT', 5000)),\n  debug=True)\n",
			flaskOff + "\napp.py: use_debugger=False in run(), after debug (Flask)",
		},
		{
			"debug that a variable can turn off", "python app.py", "-- requirements.txt --\nflask\n-- app.py --\napp.run(debug=os.environ.get('DEBUG', True))\n",
			flaskOff + "\napp.py: use_debugger=False in run(), after debug (Flask)",
		},
		{
			"debug as an attribute", "python app.py", "-- requirements.txt --\nflask\n-- app.py --\napp.debug = True\napp.run()\n",
			flaskOff + "\napp.py: use_debugger=False in run(), after debug (Flask)",
		},
		{"debug=False", "python app.py", "-- requirements.txt --\nflask\n-- app.py --\napp.run(port=int(os.environ['PORT']), debug=False)\n", flaskOff},
		{
			"FLASK_DEBUG and a file of Python", "FLASK_DEBUG=1\npython app.py", "-- requirements.txt --\nflask\n-- app.py --\napp.run()\n",
			flaskOff + "\napp.py: use_debugger=False in run(), after debug (Flask)",
		},
		{"FLASK_DEBUG of a Dockerfile", "ENV FLASK_DEBUG=0\nCMD python app.py", "-- requirements.txt --\nflask\n-- app.py --\napp.run()\n", flaskOff},
		{"gunicorn", "gunicorn app:app", "-- requirements.txt --\nflask\n-- app.py --\napp.run(debug=True)\n", flaskOff},
		{
			"Dash", "python app.py", "-- requirements.txt --\ndash\n-- app.py --\napp.run_server(debug=True)\n",
			"app.py: use_debugger=False in run(), after debug (Flask)",
		},
		{
			"django-admin startproject", "python manage.py runserver",
			"-- manage.py --\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site.settings')\n-- site/settings.py --\nDEBUG = True\n",
			`site/settings.py: DEBUG = os.environ.get("DEBUG") == "1" (Django)`,
		},
		{"Django's debugger of django-extensions", "python manage.py runserver_plus 0.0.0.0:8000", "", ": runserver instead of runserver_plus (Django)"},
		{"a debugger without a PIN", "ENV WERKZEUG_DEBUG_PIN=off", "", "WERKZEUG_DEBUG_PIN=on (Werkzeug)"},
		{"a debugger with a PIN", "ENV WERKZEUG_DEBUG_PIN=123-456-789", "", ""},
		{
			"Django that reads it", "python manage.py runserver",
			"-- manage.py --\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site.settings')\n-- site/settings.py --\nDEBUG = env.bool('DEBUG')\n", "",
		},
		{"FastAPI", "uvicorn main:app", "-- requirements.txt --\nfastapi\n-- main.py --\napp = FastAPI(title='x', debug=True)\n", "main.py: debug=False (FastAPI)"},
		{
			"rails new", "rails server", "-- Gemfile --\ngem \"rails\", \"~> 8.0\"\n-- config/environments/development.rb --\n  config.consider_all_requests_local = true\n",
			"config/environments/development.rb: config.consider_all_requests_local = false (Rails)",
		},
		{
			"Rails in production", "RAILS_ENV=production\nrails server",
			"-- Gemfile --\ngem \"rails\"\n-- config/environments/development.rb --\n  config.consider_all_requests_local = true\n", "",
		},
		{"laravel new", "php artisan serve", "-- composer.json --\n{\"require\": {\"laravel/framework\": \"^12.0\"}}\n-- .env --\nAPP_DEBUG=true\n", "APP_DEBUG=false (Laravel)"},
		{"symfony new", "php -S", "-- composer.json --\n{\"require\": {\"symfony/framework-bundle\": \"7.2.*\"}}\n-- .env --\nAPP_ENV=dev\n", ".env: APP_ENV=prod (Symfony)"},
		{"Symfony for production", "APP_ENV=prod\nphp -S", "-- composer.json --\n{\"require\": {\"symfony/framework-bundle\": \"7.2.*\"}}\n-- .env --\nAPP_ENV=dev\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{}
			for _, f := range txtar.Parse([]byte(test.files)).Files {
				files[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			var got []string
			needs := Debuggers(files, test.start)
			for _, v := range needs.Variables {
				got = append(got, fmt.Sprintf("%s=%s (%s)", v.Name, v.Value, v.Framework))
			}
			for _, l := range needs.Lines {
				got = append(got, fmt.Sprintf("%s: %s (%s)", l.File, l.Code, l.Framework))
			}
			if strings.Join(got, "\n") != test.want {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), test.want)
			}
		})
	}
}
