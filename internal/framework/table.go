package framework

// rule is what one framework needs, in one range of its versions.
type rule struct {
	title     string
	manifest  manifest
	packages  []string // the first of them that is named there decides
	mark      string   // a file that shows the framework without any manifest; empty for none
	from      version  // the newest version that the manifest admits must be at least this; zero for any
	below     version  // and less than this; zero for any
	key       string   // package.json must have this key too; empty for none
	path      bool     // it matters only where the address has a path
	variables []setting
	line      advice
}

// setting is a variable with a template of its value: {suffix}, {hosts} and {path} as in
// [Address].
type setting struct{ name, value string }

// advice is a line of code, with the same templates.
type advice struct {
	why   string
	files []string // where it may stand; the first is named when none is there. "{settings}" are Django's
	must  bool     // without one of the files there is nothing to say
	only  string   // a pattern that the file must match for the line to matter; empty for any file
	has   string   // a pattern that shows that the project says it already, empty where nothing does; {suffix} is the quoted suffix
	code  string
}

const refuses = "refuses addresses that it does not know"

var (
	// One name with a leading dot is the form that all versions take; newer ones take a
	// list. server/index.ts of vitejs/vite, read in 6.0.15 (not there), 6.1.0, 7.1 and 8.3.
	viteHosts = setting{"__VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS", "{suffix}"}
	viteFiles = []string{"vite.config.js", "vite.config.ts", "vite.config.mjs", "vite.config.mts", "vite.config.cjs"}
	proxied   = []setting{{"FORWARDED_ALLOW_IPS", "*"}}
)

// rules are in the order in which they are shown. Versions are those that the
// manifest's range admits at most: a fresh image installs the newest.
var rules = []rule{
	{
		title: "Vite", manifest: npm, packages: []string{"vite"}, from: version{6, 1},
		variables: []setting{viteHosts},
	},
	{
		// The guard came with 4.5.6 and 5.4.12, the variable was never brought back to them:
		// read in vite 4.5.14, 5.4.21 and 6.0.15. https://vite.dev/config/server-options
		title: "Vite", manifest: npm, packages: []string{"vite"}, from: version{4, 0}, below: version{6, 1},
		line: advice{why: refuses, files: viteFiles, has: `allowedHosts`, code: `server: { allowedHosts: ["{suffix}"] }`},
	},
	{
		// Astro and Nuxt start Vite's own server, with its default list of hosts.
		title: "Astro", manifest: npm, packages: []string{"astro"}, from: version{5, 0},
		variables: []setting{viteHosts},
	},
	{
		title: "Astro", manifest: npm, packages: []string{"astro"}, from: version{4, 0}, below: version{5, 0},
		line: advice{
			why: refuses, files: []string{"astro.config.mjs", "astro.config.ts", "astro.config.js"}, has: `allowedHosts`,
			code: `vite: { server: { allowedHosts: ["{suffix}"] } }`,
		},
	},
	{
		title: "Nuxt", manifest: npm, packages: []string{"nuxt"}, from: version{3, 0},
		variables: []setting{viteHosts},
	},
	{
		// VitePress 1 has Vite 5. "vite" is a key of its config: https://vitepress.dev/reference/site-config
		title: "VitePress", manifest: npm, packages: []string{"vitepress"}, below: version{2, 0},
		line: advice{
			why: refuses, has: `allowedHosts`, code: `vite: { server: { allowedHosts: ["{suffix}"] } }`,
			files: []string{".vitepress/config.mts", ".vitepress/config.ts", ".vitepress/config.mjs", ".vitepress/config.js", "docs/.vitepress/config.mts", "docs/.vitepress/config.ts", "docs/.vitepress/config.js"},
		},
	},
	{
		// vite-server.js of @angular/build hands an empty list to Vite, to which Vite adds the
		// variable's (read in 20.3). angular/angular-cli#29466
		title: "Angular", manifest: npm, packages: []string{"@angular/cli"}, from: version{19, 0},
		variables: []setting{viteHosts},
	},
	{
		title: "Angular", manifest: npm, packages: []string{"@angular/cli"}, from: version{6, 0}, below: version{19, 0},
		line: advice{
			why: refuses, files: []string{"angular.json"}, must: true, has: `disableHostCheck|allowedHosts`,
			code: `"disableHostCheck": true under "serve", "options"`,
		},
	},
	{
		// createSocketURL.js of webpack-dev-server 4: port 0 is the page's own. The client of
		// react-scripts 3 and 4 takes it for the number 0, and is right without it
		// (webpackHotDevClient.js, read in react-dev-utils 11.0.4). gitpod-io/gitpod#7357
		title: "Create React App", manifest: npm, packages: []string{"react-scripts"}, from: version{5, 0},
		variables: []setting{{"WDS_SOCKET_PORT", "0"}},
	},
	{
		// It checks the host only when it passes requests on: webpackDevServer.config.js.
		title: "Create React App", manifest: npm, packages: []string{"react-scripts"}, key: "proxy",
		variables: []setting{{"DANGEROUSLY_DISABLE_HOST_CHECK", "true"}},
	},
	{
		// webpack-dev-server 4 is in Vue CLI 5, 3 in Vue CLI 4. serve.js of @vue/cli-service 5
		// finds the live reload itself inside of a container.
		title: "Vue CLI", manifest: npm, packages: []string{"@vue/cli-service"}, from: version{5, 0},
		line: advice{
			why: refuses, files: []string{"vue.config.js", "vue.config.cjs", "vue.config.mjs", "vue.config.ts"}, has: `allowedHosts`,
			code: `devServer: { allowedHosts: ["{suffix}"] }`,
		},
	},
	{
		title: "Vue CLI", manifest: npm, packages: []string{"@vue/cli-service"}, below: version{5, 0},
		line: advice{
			why: refuses, files: []string{"vue.config.js"}, has: `disableHostCheck|allowedHosts`,
			code: `devServer: { disableHostCheck: true }`,
		},
	},
	{
		// https://webpack.js.org/configuration/dev-server/#devserverallowedhosts
		title: "webpack-dev-server", manifest: npm, packages: []string{"webpack-dev-server"}, from: version{4, 0},
		line: advice{
			why: refuses, files: webpackFiles, must: true, has: `allowedHosts`,
			code: `devServer: { allowedHosts: ["{suffix}"], client: { webSocketURL: "auto://0.0.0.0:0/ws" } }`,
		},
	},
	{
		title: "webpack-dev-server", manifest: npm, packages: []string{"webpack-dev-server"}, below: version{4, 0},
		line: advice{
			why: refuses, files: webpackFiles, must: true, has: `disableHostCheck|allowedHosts`,
			code: `devServer: { disableHostCheck: true }`,
		},
	},
	{
		// Next 15 warns, 16 refuses, and no variable is read: block-cross-site-dev.js of next 16.
		// Two stars stand for one name or more: matchWildcardDomain in its csrf-protection.js.
		title: "Next.js", manifest: npm, packages: []string{"next"}, from: version{16, 0},
		line: advice{
			why: "refuses its own scripts to pages from addresses that it does not know", has: `allowedDevOrigins`,
			files: []string{"next.config.js", "next.config.ts", "next.config.mjs", "next.config.mts"}, code: `allowedDevOrigins: ["**{suffix}"]`,
		},
	},
	{
		// railties, configuration.rb: read for the environment development, a comma between hosts.
		title: "Rails", manifest: gems, packages: []string{"rails", "railties"}, from: version{7, 0},
		variables: []setting{{"RAILS_DEVELOPMENT_HOSTS", "{hosts}"}},
	},
	{
		// rails/rails#33145
		title: "Rails", manifest: gems, packages: []string{"rails", "railties"}, from: version{6, 0}, below: version{7, 0},
		line: advice{
			why: refuses, files: []string{"config/environments/development.rb"}, has: `config\.hosts`,
			code: `config.hosts << "{suffix}"`,
		},
	},
	{
		// https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts. What the
		// settings read from somewhere else is not ours to judge.
		title: "Django", mark: "manage.py",
		line: advice{
			why: refuses, files: []string{"{settings}"}, must: true,
			has:  `ALLOWED_HOSTS\s*(?:\+?=|:)[^\]]*?(?:["']\*["']|env|config\(|{suffix})`,
			code: `ALLOWED_HOSTS = ["{suffix}", "localhost", "127.0.0.1"]`,
		},
	},
	{
		// https://docs.djangoproject.com/en/stable/ref/settings/#csrf-trusted-origins:
		// needed since Django 4.0, because the request itself comes in without TLS.
		title: "Django", mark: "manage.py",
		line: advice{
			why: "refuses forms that were sent over https", files: []string{"{settings}"}, must: true, only: `CsrfViewMiddleware`,
			has:  `CSRF_TRUSTED_ORIGINS\s*(?:\+?=|:)[^\]]*?(?:env|config\(|{suffix})|SECURE_PROXY_SSL_HEADER`,
			code: `CSRF_TRUSTED_ORIGINS = ["https://*{suffix}"]`,
		},
	},
	{
		// Both read it as the default of --forwarded-allow-ips: https://www.uvicorn.org/settings,
		// https://docs.gunicorn.org/en/stable/settings.html. Without it redirects lead to http.
		title: "Uvicorn", manifest: python, packages: []string{"uvicorn", "fastapi"},
		variables: proxied,
	},
	{
		// Every option of its command has such a variable. Without it redirects lead out of the
		// path, and FastAPI's page /docs finds no schema: https://fastapi.tiangolo.com/advanced/behind-a-proxy
		title: "Uvicorn", manifest: python, packages: []string{"uvicorn", "fastapi"}, path: true,
		variables: []setting{{"UVICORN_ROOT_PATH", "{path}"}},
	},
	{
		title: "Gunicorn", manifest: python, packages: []string{"gunicorn"},
		variables: proxied,
	},
	{
		// The two settings of Streamlit's own template for Codespaces; each setting has a
		// variable: https://docs.streamlit.io/develop/api-reference/configuration/config.toml
		title: "Streamlit", manifest: python, packages: []string{"streamlit"},
		variables: []setting{
			{"STREAMLIT_SERVER_ENABLE_CORS", "false"},
			{"STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION", "false"},
		},
	},
	{
		// server.forward-headers-strategy: https://docs.spring.io/spring-boot/how-to/webserver.html
		title: "Spring Boot", manifest: java, packages: []string{"spring-boot-starter-web", "spring-boot-starter-webflux"},
		variables: []setting{{"SERVER_FORWARD_HEADERS_STRATEGY", "framework"}},
	},
	{
		// https://symfony.com/doc/current/deployment/proxies.html: variables since 7.2.
		title: "Symfony", manifest: composer, packages: []string{"symfony/framework-bundle"}, from: version{7, 2},
		variables: []setting{{"SYMFONY_TRUSTED_PROXIES", "private_ranges"}},
	},
	{
		// https://laravel.com/docs/requests#configuring-trusted-proxies
		title: "Laravel", manifest: composer, packages: []string{"laravel/framework"}, from: version{11, 0},
		line: advice{
			why: "links its styles and forms without https", files: []string{"bootstrap/app.php"}, must: true, has: `trustProxies`,
			code: `$middleware->trustProxies(at: "*");`,
		},
	},
}

var webpackFiles = []string{"webpack.config.js", "webpack.config.ts", "webpack.config.mjs", "webpack.config.cjs", "webpack.dev.js", "config/webpack.dev.js"}
