package framework

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
)

var codespace = Address{Suffix: ".app.github.dev", Hosts: []string{"fox-3000.app.github.dev", "fox-3001.app.github.dev"}}

// TestLook reads manifests as the frameworks' own generators write them.
func TestLook(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, files, want string }{
		{"nothing", "-- README.md --\n# vite\n", ""},
		{
			"npm create vite",
			"-- package.json --\n" + `{"name":"web","private":true,"scripts":{"dev":"vite"},"dependencies":{"react":"^19.1.1"},"devDependencies":{"@vitejs/plugin-react":"^5.0.0","vite":"^7.1.2"}}`,
			"__VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS=.app.github.dev (Vite)",
		},
		{
			"Vite 6.0 admits 6.1",
			"-- package.json --\n" + `{"devDependencies":{"vite":"^6.0.5"}}`,
			"__VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS=.app.github.dev (Vite)",
		},
		{
			"Vite 5, which has the guard and not the variable",
			"-- package.json --\n" + `{"devDependencies":{"vite":"^5.4.10"}}` + "\n-- vite.config.ts --\nexport default defineConfig({ plugins: [react()] })\n",
			`vite.config.ts: server: { allowedHosts: [".app.github.dev"] } (Vite)`,
		},
		{
			"Vite 5 that says it already",
			"-- package.json --\n" + `{"devDependencies":{"vite":"5.4.19"}}` + "\n-- vite.config.js --\nexport default { server: { allowedHosts: true } }\n",
			"",
		},
		{
			"create-react-app 5",
			"-- package.json --\n" + `{"name":"frontend-react-js","dependencies":{"react-scripts":"5.0.1","web-vitals":"^2.1.4"},"scripts":{"start":"react-scripts start"},"eslintConfig":{"extends":["react-app"]}}`,
			"WDS_SOCKET_PORT=0 (Create React App)",
		},
		{
			"create-react-app 5 with a proxy",
			"-- package.json --\n" + `{"dependencies":{"react-scripts":"^5.0.0"},"proxy":"http://localhost:5000"}`,
			"WDS_SOCKET_PORT=0 (Create React App)\nDANGEROUSLY_DISABLE_HOST_CHECK=true (Create React App)",
		},
		{"create-react-app 4 finds its socket", "-- package.json --\n" + `{"dependencies":{"react-scripts":"4.0.3"}}`, ""},
		{
			"ng new, 20",
			"-- package.json --\n" + `{"devDependencies":{"@angular/build":"^20.3.0","@angular/cli":"^20.3.0"}}` + "\n-- angular.json --\n{}\n",
			"__VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS=.app.github.dev (Angular)",
		},
		{
			"ng new, 16",
			"-- package.json --\n" + `{"devDependencies":{"@angular/cli":"~16.2.0"}}` + "\n-- angular.json --\n{\"projects\":{}}\n",
			`angular.json: "disableHostCheck": true under "serve", "options" (Angular)`,
		},
		{
			"vue create, 5",
			"-- package.json --\n" + `{"devDependencies":{"@vue/cli-service":"~5.0.0"}}` + "\n-- vue.config.js --\nmodule.exports = defineConfig({ transpileDependencies: true })\n",
			`vue.config.js: devServer: { allowedHosts: [".app.github.dev"] } (Vue CLI)`,
		},
		{
			"vue create, 4, without a config",
			"-- package.json --\n" + `{"devDependencies":{"@vue/cli-service":"~4.5.0"}}`,
			"vue.config.js: devServer: { disableHostCheck: true } (Vue CLI)",
		},
		{
			"create-next-app 16",
			"-- package.json --\n" + `{"dependencies":{"next":"16.0.1","react":"19.2.0"}}` + "\n-- next.config.ts --\nconst nextConfig: NextConfig = {};\n",
			`next.config.ts: allowedDevOrigins: ["**.app.github.dev"] (Next.js)`,
		},
		{"create-next-app 15 only warns", "-- package.json --\n" + `{"dependencies":{"next":"15.3.0"}}`, ""},
		{"Nuxt", "-- package.json --\n" + `{"dependencies":{"nuxt":"^4.0.0"}}`, "__VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS=.app.github.dev (Nuxt)"},
		{"Astro", "-- package.json --\n" + `{"dependencies":{"astro":"^5.2.5"}}`, "__VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS=.app.github.dev (Astro)"},
		{
			"webpack-dev-server of one's own",
			"-- package.json --\n" + `{"devDependencies":{"webpack-dev-server":"^4.15.1"}}` + "\n-- webpack.config.js --\nmodule.exports = {}\n",
			`webpack.config.js: devServer: { allowedHosts: [".app.github.dev"], client: { webSocketURL: "auto://0.0.0.0:0/ws" } } (webpack-dev-server)`,
		},
		{"webpack-dev-server without a configuration", "-- package.json --\n" + `{"devDependencies":{"webpack-dev-server":"^4.15.1"}}`, ""},
		{
			"rails new, 8",
			"-- Gemfile --\nsource \"https://rubygems.org\"\n# Bundle edge Rails\ngem \"rails\", \"~> 8.0.2\"\ngem \"propshaft\"\n",
			"RAILS_DEVELOPMENT_HOSTS=fox-3000.app.github.dev,fox-3001.app.github.dev (Rails)",
		},
		{
			"rails new, 6.1",
			"-- Gemfile --\ngem 'rails', '~> 6.1.7', '>= 6.1.7.3'\n-- config/environments/development.rb --\nRails.application.configure do\nend\n",
			`config/environments/development.rb: config.hosts << ".app.github.dev" (Rails)`,
		},
		{"Sinatra", "-- Gemfile --\ngem \"sinatra\"\n-- app.rb --\nrequire \"sinatra\"\n", `app.rb: set :host_authorization, permitted_hosts: ["localhost", ".app.github.dev"] (Sinatra)`},
		{"Sinatra that says its hosts", "-- Gemfile --\ngem \"sinatra\"\n-- app.rb --\nset :host_authorization, { permitted_hosts: [] }\n", ""},
		{"Sinatra 3", "-- Gemfile --\ngem \"sinatra\", \"~> 3.0\"\n-- app.rb --\nrequire \"sinatra\"\n", ""},
		{"a Gemfile for something else", "-- Gemfile --\ngem 'rails-i18n'\ngem 'erb'\n", ""},
		{
			"django-admin startproject",
			djangoFiles("DEBUG = True\n\nALLOWED_HOSTS = []\n\nMIDDLEWARE = [\n    'django.middleware.csrf.CsrfViewMiddleware',\n]\n"),
			"mysite/settings.py: ALLOWED_HOSTS = [\".app.github.dev\", \"localhost\", \"127.0.0.1\"] (Django)\n" +
				"mysite/settings.py: CSRF_TRUSTED_ORIGINS = [\"https://*.app.github.dev\"] (Django)",
		},
		{
			"Django whose settings read the hosts from elsewhere",
			djangoFiles("ALLOWED_HOSTS = os.environ.get('HOSTS', '').split(',')\nCSRF_TRUSTED_ORIGINS = env.list('ORIGINS')\nMIDDLEWARE = ['CsrfViewMiddleware']\n"),
			"",
		},
		{"Django that answers to everybody", djangoFiles("ALLOWED_HOSTS = [\n    '127.0.0.1',\n    '*',\n]\n"), ""},
		{"FastAPI", "-- requirements.txt --\r\nfastapi[standard]>=0.115\r\nuvicorn==0.34\r\n", "FORWARDED_ALLOW_IPS=* (Uvicorn)"},
		{"Poetry and gunicorn", "-- pyproject.toml --\n[tool.poetry.dependencies]\npython = \"^3.12\"\ngunicorn = \"^23\"\n", "FORWARDED_ALLOW_IPS=* (Gunicorn)"},
		{"uv and streamlit", "-- pyproject.toml --\n[project]\ndependencies = [\"pandas>=2\", \"streamlit>=1.40\"]\n", "STREAMLIT_SERVER_ENABLE_CORS=false (Streamlit)\nSTREAMLIT_SERVER_ENABLE_XSRF_PROTECTION=false (Streamlit)"},
		{"a package whose name only begins so", "-- requirements.txt --\nuvicorn-worker\ngunicorn_color\n", ""},
		{
			"Spring Initializr",
			"-- build.gradle --\ndependencies {\n\timplementation 'org.springframework.boot:spring-boot-starter-web'\n}\n",
			"SERVER_FORWARD_HEADERS_STRATEGY=framework (Spring Boot)",
		},
		{"Symfony", "-- composer.json --\n" + `{"require":{"symfony/framework-bundle":"7.3.*"}}`, "SYMFONY_TRUSTED_PROXIES=private_ranges (Symfony)"},
		{
			"Laravel",
			"-- composer.json --\n" + `{"require":{"laravel/framework":"^12.0"}}` + "\n-- bootstrap/app.php --\n->withMiddleware(function (Middleware $middleware) {\n})\n",
			`bootstrap/app.php: $middleware->trustProxies(at: "*"); (Laravel)`,
		},
		{
			"a variable that .env sets",
			"-- package.json --\n" + `{"dependencies":{"react-scripts":"5.0.1"}}` + "\n-- .env --\n# PORT=1\nWDS_SOCKET_PORT=443\n",
			"",
		},
		{"a broken package.json", "-- package.json --\n{\"dependencies\": {\"vite\": ", ""},
		{"odd fields", "-- package.json --\n" + `{"dependencies":["vite"],"devDependencies":{"vite":{"version":"7"}}}`, "__VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS=.app.github.dev (Vite)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := readable(ProxyNeeds(filesOf(test.files), codespace)); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

func djangoFiles(settings string) string {
	return "-- manage.py --\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings')\n-- mysite/settings.py --\n" + settings
}

func filesOf(text string) fstest.MapFS {
	files := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(text)).Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return files
}

func readable(n Needs) string {
	var lines []string
	for _, v := range n.Variables {
		lines = append(lines, fmt.Sprintf("%s=%s (%s)", v.Name, v.Value, v.Framework))
	}
	for _, l := range n.Lines {
		lines = append(lines, fmt.Sprintf("%s: %s (%s)", l.File, l.Code, l.Framework))
	}
	return strings.Join(lines, "\n")
}

func TestWithoutAPortTheSuffixStandsForTheHosts(t *testing.T) {
	t.Parallel()
	needs := ProxyNeeds(filesOf("-- Gemfile --\ngem 'rails'\n"), Address{Suffix: ".x.example"})
	if got := readable(needs); got != "RAILS_DEVELOPMENT_HOSTS=.x.example (Rails)" {
		t.Error(got)
	}
}

func TestAPathIsToldWhereThereIsOne(t *testing.T) {
	t.Parallel()
	files := filesOf("-- requirements.txt --\nuvicorn\n")
	if got := readable(ProxyNeeds(files, Address{Suffix: "code.example.com", Path: "/proxy/8000"})); got != "FORWARDED_ALLOW_IPS=* (Uvicorn)\nUVICORN_ROOT_PATH=/proxy/8000 (Uvicorn)" {
		t.Error(got)
	}
	if got := readable(ProxyNeeds(files, Address{Suffix: ".x.example"})); got != "FORWARDED_ALLOW_IPS=* (Uvicorn)" {
		t.Error(got)
	}
}

func TestOneHostForAllPortsHasNoStar(t *testing.T) {
	t.Parallel()
	needs := ProxyNeeds(filesOf("-- package.json --\n{\"dependencies\":{\"next\":\"16.0.0\"}}\n"), Address{Suffix: "code.example.com"})
	if got := readable(needs); got != `next.config.js: allowedDevOrigins: ["code.example.com"] (Next.js)` {
		t.Error(got)
	}
}

func TestNewest(t *testing.T) {
	t.Parallel()
	for versions, want := range map[string][2]int{
		"^6.0.9": {6, newer}, "~6.0.9": {6, 0}, "6.0.9": {6, 0}, "v5.4": {5, 4}, "5": {5, newer}, "5.x": {5, newer}, "7.2.*": {7, 2},
		">=4": {newer, newer}, ">=4 <6": {5, newer}, ">= 4, < 6.1": {6, 0}, "^4 || ^5.1": {5, newer}, "~> 7.1": {7, newer}, "~> 7.1.2": {7, 1},
		"": {newer, newer}, "latest": {newer, newer}, "*": {newer, newer}, "workspace:^": {newer, newer}, "npm:rolldown-vite@7": {newer, newer},
	} {
		if v := newest(versions); [2]int{v.Major, v.Minor} != want {
			t.Errorf("newest(%q) = %v, want %v", versions, v, want)
		}
	}
}

// FuzzLook holds that no manifest makes it panic or name a variable twice.
func FuzzLook(f *testing.F) {
	f.Add("package.json", `{"dependencies":{"vite":"^5","next":"16"},"proxy":1}`)
	f.Add("Gemfile", "gem 'rails', '~> 6'")
	f.Add("requirements.txt", "django\nuvicorn[standard]")
	f.Add("manage.py", "DJANGO_SETTINGS_MODULE', '..'")
	f.Add("composer.json", `{"require":{"laravel/framework":">= 4 < "}}`)
	f.Fuzz(func(t *testing.T, name, text string) {
		files := fstest.MapFS{name: &fstest.MapFile{Data: []byte(text)}}
		seen := map[string]bool{}
		for _, v := range ProxyNeeds(files, codespace).Variables {
			if seen[v.Name] {
				t.Errorf("%s twice", v.Name)
			}
			seen[v.Name] = true
		}
	})
}
