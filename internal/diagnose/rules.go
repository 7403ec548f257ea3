package diagnose

import (
	"path"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

func re(text string) *lazyregexp.Regexp { return lazyregexp.New(text) }

// Reasons that the state of a container shows, and that callers tell apart.
const (
	Memory    = "memory"
	CrashLoop = "crash-loop"
	Denied    = "denied"
	SELinux   = "selinux"
)

// patterns are the causes that devup knows, the more telling ones first: a row
// wins over those below it wherever it stands in the log.
var patterns = []pattern{
	// The machine and the container.
	{
		code: "disk-full", line: re(`(?i)No space left on device|ENOSPC: no space left on device`),
		sentence: "the disk of the engine is full",
		hint:     "free space on it, for instance with `docker system prune`",
	},
	{
		code: "watchers", line: re(`ENOSPC: System limit for number of file watchers reached|inotify watch limit reached|OS file watch limit reached`),
		sentence: "the machine's limit of watched files is reached",
		hint:     "raise it with `sudo sysctl fs.inotify.max_user_watches=524288`",
	},
	{
		code: "heap", line: re(`JavaScript heap out of memory`),
		sentence: "Node ran out of heap memory",
		hint:     "set NODE_OPTIONS=--max-old-space-size=4096 in the service's environment",
	},
	{
		code: "wrong-architecture", line: re(`(?i)^(?:exec |.*: )?(?P<file>\S+): exec format error|^\[FATAL tini \(\d+\)\] exec (?P<tini>\S+) failed: Exec format error|^(?P<shell>/\S+): (?:line )?\d+: \x7f?ELF`),
		sentence: "$file cannot run on this machine: it was made for another processor, or lacks its #! line",
		hint:     "build the image on this machine, or set the service's platform",
		adjust:   func(n map[string]string) { n["file"] += n["tini"] + n["shell"] },
	},
	{
		code: "line-ends", line: re(`\b(?:sh|bash|python3?|node)(?:\^M|\\r)`),
		sentence: "a script has Windows line ends (CRLF) in its first line",
		hint:     "save it with LF line ends, and add `*.sh text eol=lf` to .gitattributes",
	},
	{
		code: "line-ends", line: re(`^(?P<file>\S+): \d+: set: Illegal option -\s*$`),
		sentence: "$file has Windows line ends (CRLF)",
		hint:     "save it with LF line ends, and add `*.sh text eol=lf` to .gitattributes",
	},
	{
		code: "entry-missing", line: re(`^(?:exec |(?:/bin/)?(?:ba)?sh: (?:\d+: |line \d+: )?)(?P<file>\S+): no such file or directory|^(?:/bin/)?sh: (?:\d+: )?(?P<script>\S+\.sh): not found|^\[FATAL tini \(\d+\)\] exec (?P<tini>\S*/\S+) failed: No such file or directory`),
		sentence: "$file is not in the image, or its first line names a program that is not (Windows line ends do that too)",
		hint:     "check the path, and save the script with LF line ends",
		adjust:   func(n map[string]string) { n["file"] += n["script"] + n["tini"] },
	},

	{
		code: "memory", line: re(`^(?:.*: line \d+:\s+\d+ )?Killed\b`),
		sentence: "one of its processes was killed, most likely because memory ran out",
		hint:     "give the service more (`mem_limit`, `deploy.resources`), or the engine",
	},
	{
		code: "read-only", line: re(`Read-only file system(?:: '(?P<file>[^']+)')?|EROFS: read-only file system, \w+ '(?P<node>[^']+)'`),
		sentence: "it writes$to, where only reading is allowed",
		hint:     "leave out `:ro` or `read_only: true`, or mount a volume there",
		adjust:   func(n map[string]string) { n["to"] = before(" to ", n["file"]+n["node"]) },
	},
	{
		code: "certificate", line: re(`CERTIFICATE_VERIFY_FAILED|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|SSL certificate problem|server certificate verification failed|x509: certificate signed by unknown authority|The certificate is NOT trusted`),
		sentence: "it does not trust the certificate of a server that it connects to, as where something on the way intercepts TLS",
		hint:     "mount the CA bundle, and name it in NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and REQUESTS_CA_BUNDLE of the service's environment",
	},
	{
		code: "lock-file", line: re("`npm ci` can only install|`npm ci` command can only install with an existing|lockfile needs to be updated, but yarn was run with|ERR_PNPM_OUTDATED_LOCKFILE|changed significantly since poetry\\.lock was last generated|Pipfile\\.lock \\(\\w+\\)(?: is)? out of date"),
		sentence: "the lock file does not match the list of packages beside it",
		hint:     "run the package manager's install (npm install, yarn, pnpm install, poetry lock, pipenv lock) in the service's folder, and commit the lock file",
	},

	// Node.
	{
		code: "native-module", line: re(`invalid ELF header|installed esbuild for another platform|was compiled against a different Node\.js version|Cannot find module @rollup/rollup-`),
		sentence: "a package in node_modules was installed for another system or another version of Node",
		hint:     "keep node_modules of this machine out of the container: name it in .dockerignore, and add an anonymous volume at the service's node_modules",
	},
	{
		code: "prisma", line: re(`@prisma/client did not initialize yet|Prisma Client could not locate the Query Engine`),
		sentence: "the client of Prisma was not generated in this image",
		hint:     "run `npx prisma generate` in the Dockerfile after the packages are installed",
	},
	{
		code: "openssl", line: re(`ERR_OSSL_EVP_UNSUPPORTED|error:0308010C`),
		sentence: "this version of its build tools needs the old OpenSSL, which Node 17 and newer do not have",
		hint:     "set NODE_OPTIONS=--openssl-legacy-provider in the service's environment, or use Node 16",
	},
	{
		code: "npm-script", line: re(`(?i)npm (?:ERR!|error) missing script:? "?(?P<script>[^"\s]+)"?`),
		sentence: "package.json has no script named $script",
		hint:     "add a \"$script\" script to package.json, or change the service's command",
	},
	{
		code: "package-json", line: re(`npm (?:ERR!|error) enoent .*package\.json|Could not read package\.json`),
		sentence: "there is no package.json in the folder that it runs in",
		hint:     "check the WORKDIR and the volumes of the service",
	},
	{
		code: "packages-missing", line: re(`^(?:sh|/bin/sh): (?:\d+: |line \d+: )?(?P<tool>react-scripts|vite|next|nuxt|ng|vue-cli-service|webpack|webpack-dev-server|nodemon|ts-node|ts-node-dev|tsx|tsc|concurrently|cross-env|nest|astro|parcel|svelte-kit|remix|gatsby|turbo): (?:command )?not found`),
		sentence: "$tool is not installed: the container has no node_modules of its own, or a bind mount hides it",
		hint:     "add an anonymous volume at the service's node_modules, or run npm install in its folder",
	},
	{
		code: "allowed-host", line: re(`allowedHosts\[0\] should be a non-empty string`),
		sentence: "the dev server found no address of the machine to allow (Create React App with a proxy setting)",
		hint:     "set DANGEROUSLY_DISABLE_HOST_CHECK=true in the service's environment",
	},
	{
		code: "module-missing", line: re(`Cannot find (?:package|module) '(?P<module>[^'./][^']*)'`),
		sentence: "Node finds no package named $module",
		hint:     "add $module to package.json and run `devup up` again",
		adjust: func(n map[string]string) {
			n["module"] = NPMPackage(n["module"])
		},
	},
	{
		code: "file-missing", line: re(`Cannot find module '(?P<file>[./][^']*)'`),
		sentence: "Node finds no file $file",
		hint:     "check the path and the case of its letters; Linux tells Routes from routes",
	},

	// Python.
	{
		code: "werkzeug", line: re(`cannot import name '(?P<name>url_quote|url_decode|url_encode|url_parse|escape|Markup|_request_ctx_stack|_app_ctx_stack|soft_unicode|BaseResponse)' from '(?P<from>werkzeug|jinja2|flask|markupsafe)`),
		sentence: "the installed version of $from no longer has $name, which an older library needs",
		hint:     "pin the version of $from that fits in requirements.txt, or update the library that imports it",
	},
	{
		code: "library-missing", line: re(`ImportError: (?P<library>lib\S+\.so[.\d]*): cannot open shared object file`),
		sentence: "the image lacks the system library $library",
		hint:     "install it in the Dockerfile with apt-get, or use the package's binary build (psycopg2-binary)",
	},
	{
		code: "pg-config", line: re(`pg_config executable not found`),
		sentence: "psycopg2 is to be compiled, but the image has no pg_config",
		hint:     "name psycopg2-binary in requirements.txt, or install libpq-dev in the Dockerfile",
	},
	{
		code: "module-missing", line: re(`(?:ModuleNotFoundError|ImportError): No module named '?(?P<module>[\w.]+)'?`),
		sentence: "Python finds no module named $module",
		hint:     "check its spelling, or, if it is a package, add $package to requirements.txt and run `devup up` again",
		adjust:   func(n map[string]string) { n["package"] = distribution(n["module"]) },
	},
	{
		code: "module-missing", line: re(`python[\d.]*: No module named (?P<module>[\w.]+)`),
		sentence: "Python finds no module named $module",
		hint:     "check its spelling, or, if it is a package, add $package to requirements.txt and run `devup up` again",
		adjust:   func(n map[string]string) { n["package"] = distribution(n["module"]) },
	},
	{
		code: "import", line: re(`ImportError: cannot import name '(?P<name>\w+)' from (?:partially initialized module )?'(?P<from>[\w.]+)'`),
		sentence: "Python cannot import $name from $from",
		hint:     "check which version of $from requirements.txt asks for, and for modules that import each other",
	},
	{
		code: "flask-app", line: re(`Could not locate a Flask application`),
		sentence: "Flask finds no app.py or wsgi.py in the folder that it runs in",
		hint:     "set FLASK_APP to the file that makes the app",
	},
	{
		code: "flask-app", line: re(`^Error: Could not import '(?P<module>[^']+)'|Failed to find Flask application or factory in module '(?P<empty>[^']+)'`),
		sentence: "FLASK_APP or --app names $module, where Flask finds no app",
		hint:     "name the file that makes the app, without .py",
		adjust: func(n map[string]string) {
			if n["module"] == "" {
				n["module"] = n["empty"]
			}
		},
	},
	{
		code: "app-missing", line: re(`Failed to find attribute '(?P<name>[^']+)' in '(?P<module>[^']+)'`),
		sentence: "gunicorn finds no $name in $module.py",
		hint:     "name the variable that holds the app, as in `gunicorn $module:app`",
	},
	{
		code: "aws-region", line: re(`NoRegionError: You must specify a region`),
		sentence: "the AWS library knows no region",
		hint:     "set AWS_DEFAULT_REGION in the service's environment; any value does for a start",
	},
	{
		code: "aws-credentials", line: re(`NoCredentialsError: Unable to locate credentials|CredentialsProviderError`),
		sentence: "the AWS library finds no credentials",
		hint:     "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the service's environment",
	},
	{
		code: "env-missing", line: re(`^KeyError: ['"](?P<name>[A-Z][A-Z0-9_]{2,})['"]\s*$`),
		sentence: "the variable $name is not set",
		hint:     "set $name in the service's environment or in its env_file",
	},
	{
		code: "env-missing", line: re(`(?i)(?:missing|required|undefined|no)\b.{0,40}\b(?:env(?:ironment)?(?: variables?)?|env vars?)\b:?[^A-Z]{0,20}(?-i:(?P<name>[A-Z][A-Z0-9]*_[A-Z0-9_]+))`),
		sentence: "the variable $name is not set",
		hint:     "set $name in the service's environment or in its env_file",
	},
	{
		code: "env-missing", line: re(`(?i:environment variables? (?:not found|not set|missing)): ['"]?(?P<name>[A-Z][A-Z0-9_]{2,})`),
		sentence: "the variable $name is not set",
		hint:     "set $name in the service's environment or in its env_file",
	},
	{
		code: "env-missing", line: re(`(?P<name>[A-Z][A-Z0-9]*_[A-Z0-9_]+)["'` + "`" + `]? (?:environment variable |env var |variable )?(?:(?:is|are|was) (?:not (?:set|defined)|undefined|missing|required)|(?:must|needs to) be (?:set|defined|provided))`),
		sentence: "the variable $name is not set",
		hint:     "set $name in the service's environment or in its env_file",
	},
	{
		code: "env-missing", line: re(`(?i:(?:make sure|ensure|please (?:set|provide|define|add)|you (?:must|need to) (?:set|provide|define))\b.{0,40}?)(?P<name>[A-Z][A-Z0-9]*_[A-Z0-9_]+)`),
		sentence: "the variable $name is not set",
		hint:     "set $name in the service's environment or in its env_file",
	},
	{
		code: "env-missing", line: re("parameter to `openUri\\(\\)` must be a string, got \"?undefined"),
		sentence: "mongoose is given no address of a database",
		hint:     "set the variable that the program takes it from, often MONGO_URI or MONGODB_URI, in the service's environment",
	},
	{
		code: "syntax", line: re(`^\s*(?P<kind>SyntaxError|IndentationError|TabError): (?P<what>.*)`),
		sentence: "there is a syntax error: $what",
	},

	// What servers refuse.
	{
		code: "allowed-host", line: re(`Invalid HTTP_HOST header: '(?P<host>[^']+)'|Blocked hosts?: (?P<rails>\S+)`),
		sentence: "it refuses to be asked under the name $host",
		hint:     "add the name to ALLOWED_HOSTS (Django), or to config.hosts (Rails)",
		adjust:   func(n map[string]string) { n["host"] += n["rails"] },
	},
	{
		code: "cors", line: re(`Not allowed by CORS|Invalid CORS request|Disallowed CORS origin`),
		sentence: "it refuses the address of the page that calls it (CORS)",
		hint:     "allow the page's URL: devup gives it as DEVUP_URL_<SERVICE>, and all of them as DEVUP_ORIGINS, for the service's environment",
	},

	// Databases and networks.
	{
		code: "database-login", line: re(`password authentication failed for user "(?P<user>[^"]+)"|Access denied for user '(?P<mysql>[^']+)'@|(?:NOAUTH|WRONGPASS) |MongoServerError: Authentication failed`),
		sentence: "the database refuses the login$as",
		hint:     "give the service the user and password that the database was started with first: a volume keeps those, also when the variables change",
		adjust:   func(n map[string]string) { n["as"] = before(" of ", n["user"]+n["mysql"]) },
	},
	{
		code: "database-missing", line: re(`database "(?P<name>[^"]+)" does not exist|Unknown database '(?P<mysql>[^']+)'`),
		sentence: "the database server has no database named $name",
		hint:     "name it in POSTGRES_DB or MYSQL_DATABASE before the volume is first used, or create it",
		adjust:   func(n map[string]string) { n["name"] += n["mysql"] },
	},
	{
		code: "table-missing", line: re(`relation "(?P<name>[^"]+)" does not exist|no such table: (?P<sqlite>[\w.]+)|Table '(?P<mysql>[^']+)' doesn't exist`),
		sentence: "the database has no table $name",
		hint:     "run the migrations, for instance with `devup exec`, or as x-devup.setup of the service",
		adjust:   func(n map[string]string) { n["name"] += n["sqlite"] + n["mysql"] },
	},
	{
		code: "database-starting", transient: true,
		line:     re(`the database system is (?:starting up|in recovery mode|not yet accepting connections)`),
		sentence: "the database is not ready yet",
		hint:     "depend on it with condition: service_healthy, and give it a healthcheck (pg_isready)",
	},
	{
		code: "postgres-password", line: re(`Database is uninitialized and superuser password is not specified`),
		sentence: "PostgreSQL has no password for its first start",
		hint:     "set POSTGRES_PASSWORD in the service's environment",
	},
	{
		code: "database-password", line: re(`Database is uninitialized and password option is not specified`),
		sentence: "the database has no root password for its first start",
		hint:     "set MYSQL_ROOT_PASSWORD or MARIADB_ROOT_PASSWORD in the service's environment",
	},
	{
		code: "data-version", line: re(`database files are incompatible with server|The data directory was initialized by PostgreSQL version (?P<version>\d+)`),
		sentence: "the volume holds the data of another version of the database",
		hint:     "use that version's image; only if the data may go: `devup down --volumes`",
	},
	{
		code: "name-unknown", transient: true,
		line:     re(`(?:getaddrinfo (?:ENOTFOUND|EAI_AGAIN)|could not translate host name|Unknown MySQL server host) "?'?(?P<host>[\w.-]+)|lookup (?P<alt>\S+?)(?: on \S+)?: no such host`),
		sentence: "it cannot find the host $host",
		hint:     "the services reach each other by their names in devup.yaml",
		adjust:   func(n map[string]string) { n["host"] += n["alt"] },
	},
	{
		code: "name-unknown", transient: true,
		line:     re(`gaierror: \[Errno -[235]\]`),
		sentence: "it cannot find a host that it wants to connect to",
		hint:     "the services reach each other by their names in devup.yaml",
	},
	{
		code: "connection-refused", transient: true,
		line:     re(`ECONNREFUSED (?:127\.0\.0\.1|::1|localhost):(?P<port>\d+)|connection to server at "(?:127\.0\.0\.1|::1|localhost)".*port (?P<alt>\d+) failed: Connection refused`),
		sentence: "it connects to port $port of its own container, where nothing listens",
		hint:     "inside a container localhost is the container: use the other service's name as the host",
		adjust: func(n map[string]string) {
			if n["port"] == "" {
				n["port"] = n["alt"]
			}
		},
	},
	{
		code: "connection-refused", transient: true,
		line:     re(`(?:ECONNREFUSED|dial tcp) (?P<host>[\w.\[\]:-]+:\d+)|[Cc]onnection to server at "(?P<server>[^"]+)".*Connection refused|could not connect to server|Can't connect to (?:local )?(?:MySQL|MariaDB|server).*'(?P<mysql>[^']+)'`),
		sentence: "a connection was refused$to",
		hint:     "check that the other service runs, and depend on it with condition: service_healthy",
		adjust: func(n map[string]string) {
			if host := n["host"] + n["server"] + n["mysql"]; host != "" {
				n["to"] = " by " + host
			}
		},
	},
	{
		code: "connection-refused", transient: true,
		line:     re(`ConnectionRefusedError: \[Errno 111\]|Connection refused`),
		sentence: "a connection that it made was refused",
		hint:     "check that the other service runs; inside a container localhost is the container itself",
	},

	// The rest of the usual.
	{
		code: "port-in-use", line: re(`EADDRINUSE: address already in use \S*?:(?P<port>\d+)`),
		sentence: "it listens on port $port twice: another program in the container has it already",
		hint:     "start only one server on $port in the service",
	},
	{
		code: "port-in-use", line: re(`Port (?P<port>\d+) is in use by another program|[Aa]ddress already in use.*?:(?P<alt>\d{2,5})\b`),
		sentence: "port $port is already in use inside the container",
		hint:     "start only one server on $port in the service",
		adjust: func(n map[string]string) {
			if n["port"] == "" {
				n["port"] = n["alt"]
			}
		},
	},
	{
		code: "port-in-use", line: re(`(?:OSError|error): \[Errno 98\]|[Aa]ddress already in use`),
		sentence: "a port that it wants is already in use inside the container",
		hint:     "start only one server on each port in the service",
	},
	{
		code: Denied, line: re(`EACCES: permission denied, (?P<what>\w+) '(?P<file>[^']+)'|PermissionError: \[Errno 13\] Permission denied: '(?P<other>[^']+)'|(?:can't|cannot) (?:create|open|touch|mkdir|remove)(?: directory)? '?(?P<shell>/[^\s':]+)'?: Permission denied`),
		sentence: "the container's user may not use $file",
		hint:     "give the path to that user in the Dockerfile (chown), or mount a volume that it may write",
		adjust:   func(n map[string]string) { n["file"] += n["other"] + n["shell"] },
	},
	{
		code: Denied, line: re(`EACCES: permission denied (?P<address>\S*:(?P<port>\d+))`),
		sentence: "the container's user may not listen on port $port",
		hint:     "listen on a port above 1023",
	},
	{
		code: Denied, line: re(`^PermissionError: \[Errno 13\] Permission denied$`),
		sentence: "the container's user lacks a permission, perhaps to listen on a port below 1024",
	},
	{
		code: "not-executable", line: re(`^(?:exec |(?:sh|/bin/sh|bash|/bin/bash): (?:\d+: |line \d+: )?)?(?P<file>/?[\w./-]+): [Pp]ermission denied$|^\[FATAL tini \(\d+\)\] exec (?P<tini>\S+) failed: Permission denied`),
		sentence: "$file is not executable",
		hint:     "run `chmod +x` on it, or start it through its interpreter",
		adjust:   func(n map[string]string) { n["file"] += n["tini"] },
	},
	{
		code: "file-missing", line: re(`can't open file '(?P<file>[^']+)'|FileNotFoundError: \[Errno 2\] No such file or directory: ['"](?P<other>[^'"]+)['"]|ENOENT: no such file or directory, \w+ '(?P<node>[^']+)'`),
		sentence: "there is no file $file in the container",
		hint:     "check the path, the WORKDIR, .dockerignore and the volumes of the service",
		adjust:   func(n map[string]string) { n["file"] = path.Clean(n["file"] + n["other"] + n["node"]) },
	},
	{
		code: "command-missing", line: re(`^(?:sh|/bin/sh|bash|/bin/bash|\S+\.sh): (?:\d+: |line \d+: )?(?:exec: )?(?:line \d+: )?(?P<command>[^\s:]+): (?:command )?not found`),
		sentence: "the command $command was not found in the image",
		hint:     "install $command in the Dockerfile, or check the spelling",
	},
	{
		code: "command-missing", line: re(`^\[FATAL tini \(\d+\)\] exec (?P<command>[^\s/]+) failed: No such file or directory`),
		sentence: "the command $command was not found in the image",
		hint:     "install $command in the Dockerfile, or check the spelling",
	},
	{
		code: "uncaught", line: re(`^(?:[\w.]+\.)?(?P<kind>[A-Z]\w*(?:Error|Exception)): `),
		sentence: "$kind",
	},
}

// before puts words before a text, where there is one.
func before(words, text string) string {
	if text == "" {
		return ""
	}
	return words + text
}
