package diagnose

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/page"
)

// TestDiagnoseRealLogs runs over logs that the programs really printed in
// containers. Each file of testdata/logs has a row.
func TestDiagnoseRealLogs(t *testing.T) {
	t.Parallel()
	tests := []struct{ log, want, hint string }{
		{"bind-denied", "denied: the container's user may not use /data/uploads.txt (write.py:1)", "give the path to that user in the Dockerfile (chown), or mount a volume that it may write"},
		{"bind-readonly", "read-only: it writes to /data/uploads.txt, where only reading is allowed (write.py:1)", "leave out `:ro` or `read_only: true`, or mount a volume there"},
		{"lock-npm", "lock-file: the lock file does not match the list of packages beside it", "run the package manager's install (npm install, yarn, pnpm install, poetry lock, pipenv lock) in the service's folder, and commit the lock file"},
		{"sh-denied", "denied: the container's user may not use /data/log", "give the path to that user in the Dockerfile (chown), or mount a volume that it may write"},
		{"tls-node", "certificate: it does not trust the certificate of a server that it connects to, as where something on the way intercepts TLS", "mount the CA bundle, and name it in NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and REQUESTS_CA_BUNDLE of the service's environment"},
		{"tls-python", "certificate: it does not trust the certificate of a server that it connects to, as where something on the way intercepts TLS (tls.py:2)", "mount the CA bundle, and name it in NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and REQUESTS_CA_BUNDLE of the service's environment"},
		{"busybox-exec", "command-missing: the command gunicorn was not found in the image", "install gunicorn in the Dockerfile, or check the spelling"},
		{"tini-arch", "wrong-architecture: /a/arm cannot run on this machine: it was made for another processor, or lacks its #! line", "build the image on this machine, or set the service's platform"},
		{"tini-crlf", "entry-missing: /a/crlf.sh is not in the image, or its first line names a program that is not (Windows line ends do that too)", "check the path, and save the script with LF line ends"},
		{"tini-missing", "command-missing: the command flask was not found in the image", "install flask in the Dockerfile, or check the spelling"},
		{"tini-noexec", "not-executable: /a/noexec.sh is not executable", "run `chmod +x` on it, or start it through its interpreter"},
		{"crlf-1", "entry-missing: /a/entry.sh is not in the image, or its first line names a program that is not (Windows line ends do that too)", "check the path, and save the script with LF line ends"},
		{"crlf-2", "entry-missing: /a/entry.sh is not in the image, or its first line names a program that is not (Windows line ends do that too)", "check the path, and save the script with LF line ends"},
		{"crlf-3", "line-ends: /a/two.sh has Windows line ends (CRLF)", "save it with LF line ends, and add `*.sh text eol=lf` to .gitattributes"},
		{"exec-arch", "wrong-architecture: /a/arm cannot run on this machine: it was made for another processor, or lacks its #! line", "build the image on this machine, or set the service's platform"},
		{"node-conn", "connection-refused: it connects to port 5432 of its own container, where nothing listens", "inside a container localhost is the container: use the other service's name as the host"},
		{"node-cra", "packages-missing: react-scripts is not installed: the container has no node_modules of its own, or a bind mount hides it", "add an anonymous volume at the service's node_modules, or run npm install in its folder"},
		{"node-dns", "name-unknown: it cannot find the host mongo", "the services reach each other by their names in devup.yaml"},
		{"node-eacces", "denied: the container's user may not use /srv/cache (eacces.js:1)", "give the path to that user in the Dockerfile (chown), or mount a volume that it may write"},
		{"node-env", "env-missing: the variable JWT_SECRET is not set (env.js:1)", "set JWT_SECRET in the service's environment or in its env_file"},
		{"node-esm", "module-missing: Node finds no package named y", "add y to package.json and run `devup up` again"},
		{"node-heap", "heap: Node ran out of heap memory", "set NODE_OPTIONS=--max-old-space-size=4096 in the service's environment"},
		{"node-inuse", "port-in-use: it listens on port 3000 twice: another program in the container has it already (inuse.js:1)", "start only one server on 3000 in the service"},
		{"node-mjs", "file-missing: Node finds no file /frontend/routes/home.js", "check the path and the case of its letters; Linux tells Routes from routes"},
		{"node-nomod", "module-missing: Node finds no package named express (nomod.js:1)", "add express to package.json and run `devup up` again"},
		{"node-nopkg", "package-json: there is no package.json in the folder that it runs in", "check the WORKDIR and the volumes of the service"},
		{"node-noscript", "npm-script: package.json has no script named serve", "add a \"serve\" script to package.json, or change the service's command"},
		{"node-ossl", "openssl: this version of its build tools needs the old OpenSSL, which Node 17 and newer do not have", "set NODE_OPTIONS=--openssl-legacy-provider in the service's environment, or use Node 16"},
		{"node-syntax", "syntax: there is a syntax error: Unexpected token ';' (syntax.js:1)", ""},
		{"node-vite", "packages-missing: vite is not installed: the container has no node_modules of its own, or a bind mount hides it", "add an anonymous volume at the service's node_modules, or run npm install in its folder"},
		{"postgres-password", "postgres-password: PostgreSQL has no password for its first start", "set POSTGRES_PASSWORD in the service's environment"},
		{"python-attr", "import: Python cannot import Mapping from collections (app.py:1)", "check which version of collections requirements.txt asks for, and for modules that import each other"},
		{"python-aws", "aws-region: the AWS library knows no region (aws.py:2)", "set AWS_DEFAULT_REGION in the service's environment; any value does for a start"},
		{"python-creds", "aws-credentials: the AWS library finds no credentials (creds.py:2)", "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the service's environment"},
		{"python-dns", "name-unknown: it cannot find a host that it wants to connect to (app.py:2)", "the services reach each other by their names in devup.yaml"},
		{"python-five", "env-missing: the variable FRONTEND_URL is not set (app.py:6)", "set FRONTEND_URL in the service's environment or in its env_file"},
		{"python-flaskbroken", "module-missing: Python finds no module named nowhere (broken.py:2)", "check its spelling, or, if it is a package, add nowhere to requirements.txt and run `devup up` again"},
		{"python-flasknofile", "flask-app: FLASK_APP or --app names missing, where Flask finds no app", "name the file that makes the app, without .py"},
		{"python-gunibroken", "module-missing: Python finds no module named nowhere (broken.py:2)", "check its spelling, or, if it is a package, add nowhere to requirements.txt and run `devup up` again"},
		{"python-gunimissing", "app-missing: gunicorn finds no application in app.py", "name the variable that holds the app, as in `gunicorn app:app`"},
		{"python-inuse-os", "port-in-use: a port that it wants is already in use inside the container (app.py:3)", "start only one server on each port in the service"},
		{"python-inuse", "port-in-use: port 5000 is already in use inside the container", "start only one server on 5000 in the service"},
		{"python-keyerror", "env-missing: the variable DATABASE_URL is not set (app.py:3)", "set DATABASE_URL in the service's environment or in its env_file"},
		{"python-mod", "module-missing: Python finds no module named nothere", "check its spelling, or, if it is a package, add nothere to requirements.txt and run `devup up` again"},
		{"python-modnotfound", "module-missing: Python finds no module named flask_cors (app.py:1)", "check its spelling, or, if it is a package, add flask-cors to requirements.txt and run `devup up` again"},
		{"python-mon", "module-missing: Python finds no module named bson (mon.py:1)", "check its spelling, or, if it is a package, add pymongo to requirements.txt and run `devup up` again"},
		{"python-noapp", "flask-app: Flask finds no app.py or wsgi.py in the folder that it runs in", "set FLASK_APP to the file that makes the app"},
		{"python-nofile", "file-missing: there is no file config/settings.json in the container (app.py:1)", "check the path, the WORKDIR, .dockerignore and the volumes of the service"},
		{"python-noscript", "file-missing: there is no file /missing.py in the container", "check the path, the WORKDIR, .dockerignore and the volumes of the service"},
		{"python-perm", "denied: the container's user may not use /etc/shadow2 (app.py:1)", "give the path to that user in the Dockerfile (chown), or mount a volume that it may write"},
		{"python-pg", "library-missing: the image lacks the system library libpq.so.5 (pg.py:1)", "install it in the Dockerfile with apt-get, or use the package's binary build (psycopg2-binary)"},
		{"python-pgconn", "connection-refused: a connection that it made was refused (app.py:2)", "check that the other service runs; inside a container localhost is the container itself"},
		{"python-privport", "denied: the container's user lacks a permission, perhaps to listen on a port below 1024 (app.py:2)", ""},
		{"python-red", "module-missing: Python finds no module named packaging (red.py:1)", "check its spelling, or, if it is a package, add packaging to requirements.txt and run `devup up` again"},
		{"python-syntax", "syntax: there is a syntax error: invalid syntax (app.py:1)", ""},
		{"sh-arch", "wrong-architecture: /a/arm cannot run on this machine: it was made for another processor, or lacks its #! line", "build the image on this machine, or set the service's platform"},
	}
	logs := read(t, filepath.Join("testdata", "logs"))
	for _, test := range tests {
		text, there := logs[test.log+".log"]
		if !there {
			t.Errorf("there is no testdata/logs/%s.log", test.log)
		}
		delete(logs, test.log+".log")
		cause, found := Diagnose(logLines(text), 1)
		if got := cause.Code + ": " + cause.Sentence; !found || got != test.want {
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

// TestEveryReason holds the table to what shows that it works: a row has a log that
// it explains, and its reason stands in docs/troubleshooting.md, once, with no other.
func TestEveryReason(t *testing.T) {
	t.Parallel()
	reasons := []string{Memory, CrashLoop, SELinux}
	for r := range patterns {
		reasons = append(reasons, patterns[r].code)
	}
	slices.Sort(reasons)
	reasons = slices.Compact(reasons)
	if diff := cmp.Diff(reasons, page.Column(t, "../../docs/troubleshooting.md", "reason")); diff != "" {
		t.Errorf("reasons in patterns.go (-) and in docs/troubleshooting.md (+):\n%s", diff)
	}
	var logs [][]string
	for _, text := range read(t, "testdata/logs") {
		logs = append(logs, logLines(text))
	}
	for _, example := range said {
		logs = append(logs, strings.Split(example.log, "\n"))
	}
	shown := map[int]bool{}
	for _, lines := range logs {
		if cause, _ := Diagnose(lines, 0); len(cause.Lines) > 0 {
			last := cause.Lines[len(cause.Lines)-1]
			shown[slices.IndexFunc(patterns, func(p pattern) bool { return p.line.MatchString(last) })] = true
		}
	}
	for r, p := range patterns {
		if !shown[r] {
			t.Errorf("no log is explained by row %d: %s, %s", r, p.code, p.line)
		}
	}
}

// read gives the files of a folder by name.
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

// said are lines as programs print them, where no container of ours printed a whole
// log; want is the reason that they show, empty for none.
var said = []struct{ name, log, want string }{
	{"nothing known", "Server started\nGET / 200", ""},
	{"harmless words", "lookup table loaded\nusing no environment file\nDATABASE_URL is set", ""},
	{"carriage return of env", "/usr/bin/env: ‘bash\\r’: No such file or directory", "line-ends"},
	{"bad interpreter", "bash: ./entry.sh: /bin/sh^M: bad interpreter: No such file or directory", "line-ends"},
	{"werkzeug 3 with flask 2.1", "ImportError: cannot import name 'url_quote' from 'werkzeug.urls' (/usr/local/lib/python3.10/site-packages/werkzeug/urls.py)", "werkzeug"},
	{"pg_config", "Error: pg_config executable not found.", "pg-config"},
	{"old npm", "npm ERR! missing script: dev", "npm-script"},
	{"watchers", "Error: ENOSPC: System limit for number of file watchers reached, watch '/app/src'", "watchers"},
	{"disk", "OSError: [Errno 28] No space left on device", "disk-full"},
	{"create react app with proxy", " - options.allowedHosts[0] should be a non-empty string.", "allowed-host"},
	{"postgres refused", "connection to server at \"db\" (172.18.0.2), port 5432 failed: Connection refused", "connection-refused"},
	{"scoped package", "Error: Cannot find module '@aws-amplify/auth/lib'", "module-missing"},
	{"go resolver", "dial tcp: lookup db on 127.0.0.11:53: no such host", "name-unknown"},
	{"a root password", "2026-11-23 10:00:00+00:00 [ERROR] [Entrypoint]: Database is uninitialized and password option is not specified", "database-password"},
	{"a port for root", "Error: listen EACCES: permission denied 0.0.0.0:80", "denied"},
	{"killed by the kernel", "/app/start.sh: line 4:    12 Killed                  python3 import.py", "memory"},
	{"node on a read-only mount", "Error: EROFS: read-only file system, mkdir '/app/.next'", "read-only"},
	{"npm ci without a lock file", "npm error The `npm ci` command can only install with an existing package-lock.json or", "lock-file"},
	{"yarn", "error Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`.", "lock-file"},
	{"poetry", "pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to fix the lock file.", "lock-file"},
	{"pipenv", "Your Pipfile.lock (ab547e) is out of date. Expected: (9d352e).", "lock-file"},
	{"a module of macOS", "Error: /app/node_modules/bcrypt/lib/binding/napi-v3/bcrypt_lib.node: invalid ELF header", "native-module"},
	{"esbuild of macOS", "You installed esbuild for another platform than the one you're currently using.", "native-module"},
	{"rollup of macOS", "Error: Cannot find module @rollup/rollup-linux-x64-gnu. npm has a bug related to optional dependencies", "native-module"},
	{"prisma", "Error: @prisma/client did not initialize yet. Please run \"prisma generate\" and try to import it again.", "prisma"},
	{"Django's hosts", "Invalid HTTP_HOST header: '3000-ada-shop.ws-eu.gitpod.io'. You may need to add '3000-ada-shop.ws-eu.gitpod.io' to ALLOWED_HOSTS.", "allowed-host"},
	{"Rails' hosts", "[ActionDispatch::HostAuthorization::DefaultResponseApp] Blocked hosts: 3000-ada-shop.ws-eu.gitpod.io", "allowed-host"},
	{"Express and CORS", "Error: Not allowed by CORS", "cors"},
	{"a wrong password", "connection to server at \"db\" (172.18.0.2), port 5432 failed: FATAL:  password authentication failed for user \"ada\"", "database-login"},
	{"a wrong password of MySQL", "(1045, \"Access denied for user 'ada'@'172.18.0.3' (using password: YES)\")", "database-login"},
	{"no database", "connection to server at \"db\" (172.18.0.2), port 5432 failed: FATAL:  database \"shop\" does not exist", "database-missing"},
	{"no table", "psycopg2.errors.UndefinedTable: relation \"activities\" does not exist", "table-missing"},
	{"no table of SQLite", "sqlite3.OperationalError: no such table: activities", "table-missing"},
	{"a database that starts", "connection to server at \"db\" (172.18.0.2), port 5432 failed: FATAL:  the database system is starting up", "database-starting"},
	{"MySQL that starts", "sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (2003, \"Can't connect to MySQL server on 'db' ([Errno 111] Connection refused)\")", "connection-refused"},
	{"required variable", "panic: JWT_SECRET must be set", "env-missing"},
	{"environment variable missing", "Error: Environment variable not found: DATABASE_URL", "env-missing"},
	{"told to set a variable", "No MongoDB url provided. Make sure there is a MONGODB_URL environment variable set. See the README for more details.", "env-missing"},
	{"mongoose without an address", "Error: The `uri` parameter to `openUri()` must be a string, got \"undefined\". Make sure the first parameter to `mongoose.connect()` or `mongoose.createConnection()` is a string.", "env-missing"},
	{"data of another version", "DETAIL:  The data directory was initialized by PostgreSQL version 13, which is not compatible with this version 16.", "data-version"},
	{"reason before its effect", "ModuleNotFoundError: No module named 'jwt'\nsh: 1: react-scripts: not found", "packages-missing"},
	{"not executable", "sh: 1: ./entry.sh: Permission denied", "not-executable"},
	{"own exception", "app.errors.ConfigError: no table", "uncaught"},
}

func TestDiagnoseLines(t *testing.T) {
	t.Parallel()
	for _, test := range said {
		cause, found := Diagnose(strings.Split(test.log, "\n"), 0)
		if cause.Code != test.want || found != (test.want != "") {
			t.Errorf("%s: got %q (%s), want %q", test.name, cause.Code, cause.Sentence, test.want)
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
			if cause, found := Diagnose([]string{line}, 0); found {
				t.Errorf("%s: %q is taken for %s: %s", name, line, cause.Code, cause.Sentence)
			}
		}
	}
}

func TestDiagnoseByExitCode(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]string{0: "", 1: "", 126: "not-executable", 127: "command-missing"} {
		if cause, _ := Diagnose([]string{"bye"}, code); cause.Code != want {
			t.Errorf("exit code %d: got %q, want %q", code, cause.Code, want)
		}
	}
}

func FuzzDiagnose(f *testing.F) {
	f.Add("Traceback (most recent call last):\n  File \"/a.py\", line 1, in <module>\nKeyError: 'HOME_URL'", 1)
	f.Add("sh: 1: vite: not found", 127)
	f.Fuzz(func(t *testing.T, text string, exit int) {
		cause, found := Diagnose(logLines(text), exit)
		if found && (cause.Code == "" || cause.Sentence == "") {
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
