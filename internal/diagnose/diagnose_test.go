package diagnose

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/diagnose/rule"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

// TestExplainLogs runs over logs that the programs really printed in
// containers. Each file of testdata/logs has a row.
func TestExplainLogs(t *testing.T) {
	t.Parallel()
	tests := []struct{ log, want, hint string }{
		{"bind-denied", "denied: the container's user may not use /data/uploads.txt (write.py:1)", "give the path to that user in the Dockerfile (chown), or mount a volume that it may write"},
		{"bind-readonly", "read-only: it writes to /data/uploads.txt, where only reading is allowed (write.py:1)", "leave out `:ro` or `read_only: true`, or mount a volume there"},
		{"lock-npm", "lock-file: the lock file does not match the list of packages next to it", "run npm install (or yarn, pnpm install, poetry lock, pipenv lock) in the service's directory, and commit the lock file"},
		{"sh-denied", "denied: the container's user may not use /data/log", "give the path to that user in the Dockerfile (chown), or mount a volume that it may write"},
		{"tls-node", "certificate: the certificate of a server is not trusted, as where something on the way intercepts TLS", "mount the CA bundle, and name it in NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and REQUESTS_CA_BUNDLE of the service's environment"},
		{"tls-python", "certificate: the certificate of a server is not trusted, as where something on the way intercepts TLS (tls.py:2)", "mount the CA bundle, and name it in NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and REQUESTS_CA_BUNDLE of the service's environment"},
		{"busybox-exec", "command-missing: the command gunicorn was not found in the image", "install gunicorn in the Dockerfile, or check the spelling"},
		{"tini-arch", "wrong-architecture: /a/arm cannot run on this machine: it is for another processor, or lacks its #! line", "build the image on this machine, or set the service's platform"},
		{"tini-crlf", "entry-missing: /a/crlf.sh is not in the image, or its first line names a program that is not (Windows line ends do that too)", "check the path, and save the script with LF line ends"},
		{"tini-missing", "command-missing: the command flask was not found in the image", "install flask in the Dockerfile, or check the spelling"},
		{"tini-noexec", "not-executable: /a/noexec.sh is not executable", "run `chmod +x` on it (`git update-index --chmod=+x` keeps that in git), or start it through its interpreter"},
		{"crlf-1", "entry-missing: /a/entry.sh is not in the image, or its first line names a program that is not (Windows line ends do that too)", "check the path, and save the script with LF line ends"},
		{"crlf-2", "entry-missing: /a/entry.sh is not in the image, or its first line names a program that is not (Windows line ends do that too)", "check the path, and save the script with LF line ends"},
		{"crlf-3", "line-ends: the script /a/two.sh has Windows line ends (CRLF)", "run `devup doctor --fix`, and add `*.sh text eol=lf` to .gitattributes"},
		{"exec-arch", "wrong-architecture: /a/arm cannot run on this machine: it is for another processor, or lacks its #! line", "build the image on this machine, or set the service's platform"},
		{"node-conn", "connection-refused: it connects to port 5432 of its own container, where nothing listens", "use the other service's name as the host: inside a container localhost is the container"},
		{"node-cra", "packages-missing: react-scripts is not installed: the container has no node_modules of its own, or a bind mount hides it", "add an anonymous volume at the service's node_modules, or run npm install in its directory"},
		{"node-dns", "name-unknown: the host mongo cannot be found", "use the names of the services in devup.yaml: they reach each other by these"},
		{"node-eacces", "denied: the container's user may not use /srv/cache (eacces.js:1)", "give the path to that user in the Dockerfile (chown), or mount a volume that it may write"},
		{"node-env", "env-missing: the variable JWT_SECRET is not set (env.js:1)", "set JWT_SECRET in the service's environment or in its env_file"},
		{"node-esm", "module-missing: Node finds no package named y", "add y to package.json and run `devup up` again"},
		{"node-heap", "heap: Node ran out of heap memory", "set NODE_OPTIONS=--max-old-space-size=4096 in the service's environment"},
		{"node-inuse", "port-in-use: port 3000 is already in use inside the container (inuse.js:1)", "start only one server on 3000 in the service"},
		{"node-mjs", "file-missing: Node finds no file /frontend/routes/home.js", "check the path and the case of its letters; Linux tells Routes from routes"},
		{"node-nomod", "module-missing: Node finds no package named express (nomod.js:1)", "add express to package.json and run `devup up` again"},
		{"node-nopkg", "package-json: there is no package.json in the directory that it runs in", "check the WORKDIR and the volumes of the service"},
		{"node-noscript", "npm-script: package.json has no script named serve", "add a \"serve\" script to package.json, or change the command"},
		{"node-ossl", "openssl: the build tools need the old OpenSSL, which Node 17 and newer do not have", "set NODE_OPTIONS=--openssl-legacy-provider in the service's environment, or use Node 16"},
		{"node-syntax", "syntax: there is a syntax error: Unexpected token ';' (syntax.js:1)", ""},
		{"node-vite", "packages-missing: vite is not installed: the container has no node_modules of its own, or a bind mount hides it", "add an anonymous volume at the service's node_modules, or run npm install in its directory"},
		{"postgres-password", "postgres-password: PostgreSQL has no password for its first start", "set POSTGRES_PASSWORD in the service's environment"},
		{"python-attr", "import: Python cannot import Mapping from collections (app.py:1)", "check which version of collections the list of packages asks for, and for modules that import each other"},
		{"python-aws", "aws-region: the AWS library knows no region (aws.py:2)", "set AWS_DEFAULT_REGION in the service's environment; any value does for a start"},
		{"python-creds", "aws-credentials: the AWS library finds no credentials (creds.py:2)", "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the service's environment"},
		{"python-django-check", "django-check: Django's check staticfiles.E002 fails: The STATICFILES_DIRS setting should not contain the STATIC_ROOT setting", "correct the setting or the model that it names"},
		{"python-dns", "name-unknown: a host cannot be found (app.py:2)", "use the names of the services in devup.yaml: they reach each other by these"},
		{"python-five", "env-missing: the variable FRONTEND_URL is not set (app.py:6)", "set FRONTEND_URL in the service's environment or in its env_file"},
		{"python-flaskbroken", "module-missing: Python finds no module named nowhere (broken.py:2)", "check its spelling, or, if it is a package, add nowhere to requirements.txt, Pipfile or pyproject.toml and run `devup up` again"},
		{"python-flasknofile", "flask-app: FLASK_APP or --app names missing, where Flask finds no app", "name the file that makes the app, without .py"},
		{"python-gunibroken", "module-missing: Python finds no module named nowhere (broken.py:2)", "check its spelling, or, if it is a package, add nowhere to requirements.txt, Pipfile or pyproject.toml and run `devup up` again"},
		{"python-gunimissing", "app-missing: gunicorn finds no application in app.py", "name the variable that holds the app, as in `gunicorn app:app`"},
		{"python-inuse-os", "port-in-use: a port is already in use inside the container (app.py:3)", "start only one server on each port in the service"},
		{"python-inuse", "port-in-use: port 5000 is already in use inside the container", "start only one server on 5000 in the service"},
		{"python-keyerror", "env-missing: the variable DATABASE_URL is not set (app.py:3)", "set DATABASE_URL in the service's environment or in its env_file"},
		{"python-mod", "module-missing: Python finds no module named nothere", "check its spelling, or, if it is a package, add nothere to requirements.txt, Pipfile or pyproject.toml and run `devup up` again"},
		{"python-modnotfound", "module-missing: Python finds no module named flask_cors (app.py:1)", "check its spelling, or, if it is a package, add flask-cors to requirements.txt, Pipfile or pyproject.toml and run `devup up` again"},
		{"python-mon", "module-missing: Python finds no module named bson (mon.py:1)", "check its spelling, or, if it is a package, add pymongo to requirements.txt, Pipfile or pyproject.toml and run `devup up` again"},
		{"python-noapp", "flask-app: Flask finds no app.py or wsgi.py in the directory that it runs in", "set FLASK_APP to the file that makes the app"},
		{"python-nofile", "file-missing: there is no file config/settings.json in the container (app.py:1)", "check the path, the WORKDIR, .dockerignore and the volumes of the service"},
		{"python-noscript", "file-missing: there is no file /missing.py in the container", "check the path, the WORKDIR, .dockerignore and the volumes of the service"},
		{"python-perm", "denied: the container's user may not use /etc/shadow2 (app.py:1)", "give the path to that user in the Dockerfile (chown), or mount a volume that it may write"},
		{"python-pg", "library-missing: the image lacks the system library libpq.so.5 (pg.py:1)", "install it in the Dockerfile with apt-get, or use the package's binary build (psycopg2-binary)"},
		{"python-pgconn", "connection-refused: a connection was refused (app.py:2)", "check that the other service runs, and depend on it with condition: service_healthy; inside a container localhost is the container itself"},
		{"python-privport", "denied: the container's user lacks a permission, perhaps to listen on a port below 1024 (app.py:2)", ""},
		{"python-red", "module-missing: Python finds no module named packaging (red.py:1)", "check its spelling, or, if it is a package, add packaging to requirements.txt, Pipfile or pyproject.toml and run `devup up` again"},
		{"python-syntax", "syntax: there is a syntax error: invalid syntax (app.py:1)", ""},
		{"sh-arch", "wrong-architecture: /a/arm cannot run on this machine: it is for another processor, or lacks its #! line", "build the image on this machine, or set the service's platform"},
	}
	logs := read(t, filepath.Join("testdata", "logs"))
	for _, test := range tests {
		text, there := logs[test.log+".log"]
		if !there {
			t.Errorf("there is no testdata/logs/%s.log", test.log)
		}
		delete(logs, test.log+".log")
		cause := Explain(Run, logLines(text), 1, nil)
		if got := cause.Reason + ": " + cause.Sentence; got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.log, got, test.want)
		}
		if cause.Hint != test.hint {
			t.Errorf("%s: hint\n got %s\nwant %s", test.log, cause.Hint, test.hint)
		}
		if len(cause.Lines) == 0 {
			t.Errorf("%s: no line shows the cause", test.log)
		}
	}
	for name := range logs {
		t.Errorf("no row for testdata/logs/%s", name)
	}
}

// TestBuildLogs runs over what tools really printed in builds. In logs with several errors
// the one counts that the others follow from. A file's name begins with its kind.
func TestBuildLogs(t *testing.T) {
	t.Parallel()
	kinds := map[string]string{
		"database": "database-in-build", "denied": "denied", "lock": "lock-file", "name": "name-unknown", "tls": "certificate", "unreachable": "unreachable", "version": "no-version",
	}
	for name, text := range read(t, "testdata/builds") {
		kind, _, _ := strings.Cut(name, "-")
		if cause := Explain(Build, logLines(text), 0, nil); cause.Reason != kinds[kind] || kind == "" {
			t.Errorf("%s: got %q (%s), want %q", name, cause.Reason, cause.Sentence, kinds[kind])
		}
	}
}

// samples are all texts of the tests, each with the scope that it belongs to.
func samples(t *testing.T) (all []sample) {
	t.Helper()
	for _, text := range read(t, "testdata/logs") {
		all = append(all, sample{Run, logLines(text)})
	}
	for _, text := range read(t, "testdata/builds") {
		all = append(all, sample{Build, logLines(text)})
	}
	for _, text := range read(t, "testdata/compiling") {
		all = append(all, sample{Source, logLines(text)})
	}
	for _, s := range said {
		all = append(all, sample{s.scope, strings.Split(s.text, "\n")})
	}
	for _, r := range rules {
		if r.Example != "" {
			all = append(all, sample{r.Scope & -r.Scope, []string{r.Example}})
		}
	}
	return all
}

// TestExamples: no other rule explains the example of a rule better.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, r := range rules {
		if cause := Explain(r.Scope, []string{r.Example}, 1, nil); r.Example != "" && cause.Reason != r.Reason {
			t.Errorf("%s is taken for %q, want %q", r.Example, cause.Reason, r.Reason)
		}
	}
}

type sample struct {
	scope Scope
	lines []string
}

// TestEveryRule: each pattern of a rule explains a text.
func TestEveryRule(t *testing.T) {
	t.Parallel()
	shown := map[*lazyregexp.Regexp]bool{nil: true}
	for _, s := range samples(t) {
		shown[find(s.scope, s.lines).pattern] = true
	}
	for _, r := range rules {
		if r.Over {
			continue // TestCompile and TestCrashed show what it ends
		}
		for _, pattern := range []*lazyregexp.Regexp{r.Pattern, r.Fallback} {
			if !shown[pattern] {
				t.Errorf("no text is explained by a pattern of %s: %s", r.Reason, pattern)
			}
		}
	}
}

// TestRanksDecide: where two rules of the highest rank match one line, they have one
// reason. Else the order of the table would decide.
func TestRanksDecide(t *testing.T) {
	t.Parallel()
	for _, s := range samples(t) {
		for _, line := range s.lines {
			best := find(s.scope, []string{line})
			for _, r := range rules {
				if r.Scope&s.scope == 0 || best.rule == nil || r.Reason == best.rule.Reason {
					continue
				}
				if r.Pattern != nil && r.Rank == best.rank && r.Pattern.MatchString(line) || r.Fallback != nil && best.rank == rule.Low && r.Fallback.MatchString(line) {
					t.Errorf("both %s and %s match %q", best.rule.Reason, r.Reason, line)
				}
			}
		}
	}
}

// read gives the files of a directory by name.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(dir, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		texts[file.Name()] = string(text)
	}
	return texts
}

// said are texts as programs, engines and registries print them, where no log is kept
// here; want is the reason that they show, empty for none.
var said = []struct {
	name  string
	scope Scope
	text  string
	want  string
}{
	{"nothing known", Run, "Server started\nGET / 200", ""},
	{"harmless words", Run, "lookup table loaded\nusing no environment file\nDATABASE_URL is set", ""},
	{"carriage return of env", Run, "/usr/bin/env: ‘bash\\r’: No such file or directory", "line-ends"},
	{"bad interpreter", Run, "bash: ./entry.sh: /bin/sh^M: bad interpreter: No such file or directory", "line-ends"},
	{"werkzeug 3 with flask 2.1", Run, "ImportError: cannot import name 'url_quote' from 'werkzeug.urls' (/usr/local/lib/python3.10/site-packages/werkzeug/urls.py)", "werkzeug"},
	{"pg_config", Run, "Error: pg_config executable not found.", "pg-config"},
	{"old npm", Run, "npm ERR! missing script: dev", "npm-script"},
	{"watchers", Run, "Error: ENOSPC: System limit for number of file watchers reached, watch '/app/src'", "watchers"},
	{"disk", Run, "OSError: [Errno 28] No space left on device", "disk-full"},
	{"create react app with proxy", Run, " - options.allowedHosts[0] should be a non-empty string.", "allowed-host"},
	{"postgres refused", Run, "connection to server at \"db\" (172.18.0.2), port 5432 failed: Connection refused", "connection-refused"},
	{"a module of the project", Run, "ModuleNotFoundError: No module named 'app.models'", "module-path"},
	{"scoped package", Run, "Error: Cannot find module '@aws-amplify/auth/lib'", "module-missing"},
	{"go resolver", Run, "dial tcp: lookup db on 127.0.0.11:53: no such host", "name-unknown"},
	{"a root password", Run, "2026-11-23 10:00:00+00:00 [ERROR] [Entrypoint]: Database is uninitialized and password option is not specified", "database-password"},
	{"a port for root", Run, "Error: listen EACCES: permission denied 0.0.0.0:80", "denied"},
	{"killed by the kernel", Run, "/app/start.sh: line 4:    12 Killed                  python3 import.py", "memory"},
	{"node on a read-only mount", Run, "Error: EROFS: read-only file system, mkdir '/app/.next'", "read-only"},
	{"npm ci without a lock file", Run, "npm error The `npm ci` command can only install with an existing package-lock.json or", "lock-file"},
	{"yarn", Run, "error Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`.", "lock-file"},
	{"poetry", Run, "pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to fix the lock file.", "lock-file"},
	{"pipenv", Run, "Your Pipfile.lock (ab547e) is out of date. Expected: (9d352e).", "lock-file"},
	{"a module of macOS", Run, "Error: /app/node_modules/bcrypt/lib/binding/napi-v3/bcrypt_lib.node: invalid ELF header", "native-module"},
	{"esbuild of macOS", Run, "You installed esbuild for another platform than the one you're currently using.", "native-module"},
	{"rollup of macOS", Run, "Error: Cannot find module @rollup/rollup-linux-x64-gnu. npm has a bug related to optional dependencies", "native-module"},
	{"prisma", Run, "Error: @prisma/client did not initialize yet. Please run \"prisma generate\" and try to import it again.", "prisma"},
	{"Django's hosts", Run, "Invalid HTTP_HOST header: '3000-ada-shop.ws-eu.gitpod.io'. You may need to add '3000-ada-shop.ws-eu.gitpod.io' to ALLOWED_HOSTS.", "allowed-host"},
	{"Rails' hosts", Run, "[ActionDispatch::HostAuthorization::DefaultResponseApp] Blocked hosts: 3000-ada-shop.ws-eu.gitpod.io", "allowed-host"},
	{"Express and CORS", Run, "Error: Not allowed by CORS", "cors"},
	{"a wrong password", Run, "connection to server at \"db\" (172.18.0.2), port 5432 failed: FATAL:  password authentication failed for user \"ada\"", "database-login"},
	{"a wrong password of MySQL", Run, "(1045, \"Access denied for user 'ada'@'172.18.0.3' (using password: YES)\")", "database-login"},
	{"no database", Run, "connection to server at \"db\" (172.18.0.2), port 5432 failed: FATAL:  database \"shop\" does not exist", "database-missing"},
	{"no table", Run, "psycopg2.errors.UndefinedTable: relation \"activities\" does not exist", "table-missing"},
	{"no table of SQLite", Run, "sqlite3.OperationalError: no such table: activities", "table-missing"},
	{"a database that starts", Run, "connection to server at \"db\" (172.18.0.2), port 5432 failed: FATAL:  the database system is starting up", "database-starting"},
	{"MySQL that starts", Run, "sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (2003, \"Can't connect to MySQL server on 'db' ([Errno 111] Connection refused)\")", "connection-refused"},
	{"required variable", Run, "panic: JWT_SECRET must be set", "env-missing"},
	{"environment variable missing", Run, "Error: Environment variable not found: DATABASE_URL", "env-missing"},
	{"told to set a variable", Run, "No MongoDB url provided. Make sure there is a MONGODB_URL environment variable set. See the README for more details.", "env-missing"},
	{"mongoose without an address", Run, "Error: The `uri` parameter to `openUri()` must be a string, got \"undefined\". Make sure the first parameter to `mongoose.connect()` or `mongoose.createConnection()` is a string.", "env-missing"},
	{"data of another version", Run, "DETAIL:  The data directory was initialized by PostgreSQL version 13, which is not compatible with this version 16.", "data-version"},
	{"reason before its effect", Run, "ModuleNotFoundError: No module named 'jwt'\nsh: 1: react-scripts: not found", "packages-missing"},
	{"not executable", Run, "sh: 1: ./entry.sh: Permission denied", "not-executable"},
	{"own exception", Run, "app.errors.ConfigError: no table", "uncaught"},
	{"what a stack trace of Java began with", Run, "Caused by: org.hibernate.BeanError: Could not load the class\nCaused by: java.lang.IllegalStateException: no key", "caused-by"},

	{"a build", Build, "something else", ""},
	{"a build", Build, "added 152 packages, and audited 153 packages in 4s", ""},
	{"a build", Build, "npm warn EBADENGINE Unsupported engine {", ""},
	{"a build", Build, "debconf: delaying package configuration, since apt-utils is not installed", ""},
	{"a build", Build, "WARNING: Running pip as the 'root' user can result in broken permissions", ""},
	{"a build", Build, "npm error code ERESOLVE", "dependency-conflict"},
	{"a build", Build, "ERROR: No matching distribution found for jwt==9", "no-version"},
	{"a build", Build, "write /var/lib/docker/tmp/x: no space left on device", "disk-full"},
	{"a build", Build, "npm error self-signed certificate in certificate chain", "certificate"},
	{"a build", Build, "granting entitlement security.insecure is not allowed by build daemon configuration", "entitlement"},
	{"a build", Build, "unexpected status: 429 Too Many Requests", "rate-limit"},
	{"a build", Build, "pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock [--no-update]` to fix the lock file.", "lock-file"},
	{"a build", Build, "Your Pipfile.lock (ab547e) is out of date. Expected: (9d352e).", "lock-file"},
	{"a build", Build, "ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?", "engine-inside"},
	{"a build", Build, "npm error request to https://npm.example/x failed, reason: getaddrinfo EAI_AGAIN npm.example", "name-unknown"},
	{"a build", Build, "Temporary failure resolving 'mirror.example'", "name-unknown"},
	{"a build", Build, "curl: (7) Failed to connect to mirror.example port 443 after 2 ms: Connection refused", "unreachable"},
	{"a build", Build, `connection to server at "localhost" (127.0.0.1), port 5432 failed: Connection refused`, "database-in-build"},
	{"a build", Build, "Can't reach database server at `db:5432`", "database-in-build"},
	{"a build", Build, "npm error 404 Not Found - GET https://npm.example/left-pat - Not found", "not-found"},
	{"a build", Build, "pull access denied for x, repository does not exist", "access-denied"},
	{"a build", Build, "failed to calculate checksum of ref a::b: \"/package-lock.json\": not found", "not-in-context"},
	{"a build", Build, "Error: pg_config executable not found.", "pg-config"},
	{"a build", Build, "error: command 'gcc' failed: No such file or directory", "native-build"},
	{"a build", Build, "npm error gyp ERR! stack Error: not found: make", "native-build"},
	{"a build", Build, "E: The repository 'http://mirror.example/debian buster Release' does not have a Release file.", "release-archived"},
	{"a build", Build, "Error: error:0308010C:digital envelope routines::unsupported", "openssl"},
	{"a build", Build, "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", "heap"},
	{"a build", Build, "/bin/sh: 1: yarn: not found", "command-missing"},
	{"a build", Build, "unsupported frontend capability moby.buildkit.frontend.contexts", "builder-too-old"},
	{"a build", Build, "dockerfile parse error on line 3: unknown instruction: RUNN", "dockerfile"},

	// What was read wrongly once.
	{"a timeout is no refusal", Run, "dial tcp 10.0.0.5:5432: i/o timeout", "unreachable"},
	{"no route is no refusal", Run, "dial tcp 10.0.0.5:5432: connect: no route to host", "unreachable"},
	{"no network is no refusal", Run, "dial tcp 10.0.0.5:5432: connect: network is unreachable", "unreachable"},
	{"a refusal is one", Run, "dial tcp 10.0.0.5:5432: connect: connection refused", "connection-refused"},
	{"MySQL that does not answer", Run, "Can't connect to MySQL server on 'db' (timed out)", "unreachable"},
	{"an alias is no package", Run, "Error: Cannot find module '@/lib/db'", "path-alias"},
	{"an alias with a tilde", Build, "Error: Cannot find module '~/components/nav'", "path-alias"},
	{"a package of a scope", Build, "Error: Cannot find module '@prisma/client'", "module-missing"},
	{"no file of variables", Run, "[dotenv] No .env file found; using environment LOG_LEVEL", ""},
	{"a variable without a name before it", Run, "Error: missing required environment variable: SESSION_SECRET", "env-missing"},
	{"workers that were ended", Run, "Killed 3 stale workers", ""},
	{"a file of pip", Build, "OSError: [Errno 13] Permission denied: '/usr/local/lib/python3.11/site-packages/x'", "denied"},
	{"a registry that denies", Build, "ERROR: failed to push ghcr.io/ada/x: denied: permission_denied: write_package", "access-denied"},
	{"a flag in the words of the step", Build, "The command '/bin/sh -c pnpm install --frozen-lockfile' returned a non-zero code: 1", ""},

	{"a shell without a name", Build, "process \"/bin/sh -c x\" did not complete successfully: exit code: 127", "command-missing"},
	{"a program without its right", Build, "process \"/bin/sh -c x\" did not complete successfully: exit code: 126", "not-executable"},
	{"a code of Node alone", Run, "  code: 'ENOTFOUND',", "name-unknown"},
	{"a code of npm alone", Build, "npm error code ETIMEDOUT", "unreachable"},
	{"pip that lists versions", Exec, "ERROR: Could not find a version that satisfies the requirement flask==9 (from versions: 1.0, 2.0)", "no-version"},
	{"a port in one's own container", Run, "OSError: [Errno 98] Address already in use", "port-in-use"},

	{"engine 28", Start, "driver failed programming external connectivity on endpoint shop-web-1 (1f): Bind for 127.0.0.1:3000 failed: port is already allocated", "port-taken"},
	{"a missing file", Start, `invalid mount config for type "bind": bind source path does not exist: /home/ada/token`, "mount-missing"},
	{"a directory onto a file", Start, runc + `error mounting "/shop/nginx.conf" to rootfs at "/etc/nginx/nginx.conf": mount src=/shop/nginx.conf, dst=/etc/nginx/nginx.conf, flags=MS_BIND|MS_REC: not a directory: Are you trying to mount a directory onto a file (or vice-versa)?`, "mount-kind"},
	{"no program", Start, runc + `exec: "foo": executable file not found in $PATH`, "command-missing"},
	{"no program at a path", Start, runc + `exec: "./foo": stat ./foo: no such file or directory`, "command-missing"},
	{"no program below a file", Start, runc + `exec: "/etc/passwd/foo": stat /etc/passwd/foo: not a directory: Are you trying to mount`, "command-missing"},
	{"no program, as crun says it", Start, "OCI runtime exec failed: executable file `foo` not found in $PATH: No such file or directory", "command-missing"},
	{"a directory that one may not enter", Start, runc + `chdir to cwd ("/root/x") set in config.json failed: permission denied`, "runtime-refused"},
	{"a directory", Start, runc + `exec: "/tmp": is a directory: permission denied`, "not-executable"},
	{"another processor", Start, runc + `exec /foo: exec format error`, "wrong-architecture"},
	{"no interpreter", Start, runc + `exec /entry.sh: no such file or directory: unknown`, "entry-missing"},
	{"no directory", Start, runc + `chdir to cwd ("/no") set in config.json failed: no such file or directory`, "workdir-missing"},
	{"no user", Start, "Error response from daemon: unable to find user me: no matching entries in passwd file", "user-unknown"},
	{"new words", Start, runc + "something new", "runtime-refused"},

	{"Vite behind a name", Answer, `Blocked request. This host ("shop.example") is not allowed.`, "allowed-host"},
	{"a frontend of 20.10", Builder, "failed to solve with frontend gateway.v0: pull access denied, repository does not exist: docker/dockerfile:9", "fetch-failed"},
	{"BusyBox", Exec, "nc: bad address 'nowhere'", "name-unknown"},

	{"nothing to push", Push, "An image does not exist locally with the tag: r.example/x", "not-local"},
	{"the limit", Pull, "toomanyrequests: You have reached your unauthenticated pull rate limit.", "rate-limit"},
	{"an unknown authority", Pull, `Get "https://r.example/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority`, "certificate"},
	{"no TLS", Pull, "http: server gave HTTP response to HTTPS client", "certificate"},
	{"not for this machine", Pull, "no matching manifest for linux/arm64/v8 in the manifest list entries: no match for platform in manifest: not found", "platform"},
	{"no such host", Pull, "dial tcp: lookup registry.invalid on 10.0.0.1:53: no such host", "registry-unreachable"},
	{"no answer", Pull, "net/http: request canceled (Client.Timeout exceeded while awaiting headers)", "registry-unreachable"},
	{"a token that ran out", PullLogin, "denied: Your authorization token has expired.", "login-refused"},
	{"a wrong password", PullLogin, "unauthorized: authentication required", "login-refused"},
	{"no login", Pull, "no basic auth credentials", "login-needed"},
	{"private or unknown", Pull, "denied: requested access to the resource is denied", "login-needed"},
	{"private or unknown, with a login", PullLogin, "denied: requested access to the resource is denied", "forbidden"},
	{"a push without a login", Push, "denied: requested access to the resource is denied", "login-needed"},
	{"a push to another's", PushLogin, "denied: requested access to the resource is denied", "forbidden"},
	{"no such tag", Pull, "manifest unknown: manifest unknown", "image-unknown"},
	{"no such repository", PushLogin, "name unknown: The repository with name 'shop/web' does not exist", "image-unknown"},
	{"a server error", Pull, "received unexpected HTTP status: 503 Service Unavailable", "registry-broken"},
}

// runc is how the words of runc begin.
const runc = "OCI runtime exec failed: exec failed: unable to start container process: "

// TestBundledLocation takes no other indented word for a file.
func TestBundledLocation(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"    self.connection = self.get_new_connection(x)": "",
		"  10.0.0.5:5432 refused":                          "",
		"  src/App.js:3:7":                                 "src/App.js",
	} {
		file := ""
		if groups := bundledLocation([]string{line}, 0); groups != nil {
			file = groups[1]
		}
		if file != want {
			t.Errorf("%q: %q, want %q", line, file, want)
		}
	}
}

func TestExplainLines(t *testing.T) {
	t.Parallel()
	for _, test := range said {
		if cause := Explain(test.scope, strings.Split(test.text, "\n"), 0, nil); cause.Reason != test.want {
			t.Errorf("%s: got %q (%s), want %q", test.name, cause.Reason, cause.Sentence, test.want)
		}
	}
}

// TestHealthyLogs: in what programs print that work, no line is a cause. One that was
// would be shown as the reason of a failure that it has nothing to do with.
func TestHealthyLogs(t *testing.T) {
	t.Parallel()
	logs := read(t, filepath.Join("testdata", "healthy"))
	if len(logs) == 0 {
		t.Error("there are no healthy logs")
	}
	for name, text := range logs {
		for _, line := range logLines(text) {
			if cause := Explain(Run|Exec|Build|Source|Watcher, []string{line}, 0, nil); cause.Reason != "" && cause.Reason != Compiling {
				t.Errorf("%s: %q is taken for %s: %s", name, line, cause.Reason, cause.Sentence)
			}
		}
	}
}

func TestExplainExitCode(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]string{0: "", 1: "", 126: "not-executable", 127: "command-missing"} {
		if cause := Explain(Exec, []string{"bye"}, code, nil); cause.Reason != want {
			t.Errorf("exit code %d: got %q, want %q", code, cause.Reason, want)
		}
	}
}

func FuzzExplain(f *testing.F) {
	f.Add("Traceback (most recent call last):\n  File \"/a.py\", line 1, in <module>\nKeyError: 'HOME_URL'", 1)
	f.Add("sh: 1: vite: not found", 127)
	f.Fuzz(func(t *testing.T, text string, exit int) {
		cause := Explain(Build|Run|Exec|Start|Pull, logLines(text), exit, nil)
		if (cause.Reason == "") != (cause.Sentence == "") {
			t.Errorf("a cause without words: %+v", cause)
		}
		if strings.Contains(cause.Sentence, "\n") {
			t.Errorf("a sentence of two lines: %q", cause.Sentence)
		}
	})
}

// logLines are the lines of a log as the callers give them: not empty, without carriage
// returns and colours.
func logLines(text string) []string {
	var lines []string
	for line := range strings.Lines(colour.ReplaceAllString(text, "")) {
		if line = strings.TrimRight(line, "\r\n\t "); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

var colour = regexp.MustCompile(`\x1b\[[0-9;]*m`)
