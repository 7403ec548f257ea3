package php

import (
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// builtIn are the extensions that the official image has: https://hub.docker.com/_/php
var builtIn = strings.Fields("core ctype curl date dom fileinfo filter ftp hash iconv json libxml mbstring mysqlnd openssl pcre pdo pdo_sqlite phar posix random " +
	"readline reflection session simplexml sodium spl sqlite3 standard tokenizer xml xmlreader xmlwriter zlib")

// shows are extensions by what shows them in a source or an env file.
var shows = []struct {
	extension string
	pattern   *lazyregexp.Regexp
}{
	{"mysqli", lazyregexp.New(`\bmysqli_\w+\(|\bnew\s+\\?mysqli\b|=>\s*["']mysqli["']`)},
	{"pdo_mysql", lazyregexp.New(`["']mysql:|\bmysql://|(?m)^DB_CONNECTION=["']?(?:mysql|mariadb)\b|\bDB_CONNECTION["']\s*,\s*["'](?:mysql|mariadb)\b`)},
	{"pdo_pgsql", lazyregexp.New(`["']pgsql:|\bpostgres(?:ql)?://|(?m)^DB_CONNECTION=["']?pgsql\b|\bDB_CONNECTION["']\s*,\s*["']pgsql\b`)},
	{"pgsql", lazyregexp.New(`\bpg_connect\(`)},
	{"redis", lazyregexp.New(`\bnew\s+\\?Redis\b|(?m)^REDIS_CLIENT=["']?phpredis`)},
	{"memcached", lazyregexp.New(`\bnew\s+\\?Memcached\b`)},
	{"mongodb", lazyregexp.New(`\bMongoDB\\(?:Client|Driver)\b`)},
	{"gd", lazyregexp.New(`\bimagecreate\w*\(|\bimagejpeg\(`)},
	{"intl", lazyregexp.New(`\bnew\s+\\?(?:NumberFormatter|IntlDateFormatter|Collator)\b`)},
	{"zip", lazyregexp.New(`\bnew\s+\\?ZipArchive\b`)},
	{"bcmath", lazyregexp.New(`\bbc(?:add|sub|mul|div|comp|pow)\(`)},
}

// maxFiles bounds the sources that are read for extensions.
const maxFiles = 400

// codeIgniter is in the directory that holds CodeIgniter itself: version 3 comes without Composer.
const codeIgniter = "core/CodeIgniter.php"

// sources are the texts of the app's sources and env files.
func sources(a *stack.App) (texts []string) {
	served := path.Join(a.Dir, documentRoot(a))
	runs := func(f *tree.Directory) bool {
		return f.Path == served || !tree.IsAside(f.Path) && !a.Tree.Has(path.Join(f.Path, codeIgniter))
	}
	for _, f := range a.Tree.Below(a.Dir, runs) {
		for _, name := range f.Names {
			env := f.Path == a.Dir && strings.HasPrefix(name, ".env")
			if len(texts) < maxFiles && (env || path.Ext(name) == ".php") {
				texts = append(texts, a.Tree.Text(path.Join(f.Path, name)))
			}
		}
	}
	return texts
}

// readSources settles the extensions that the image lacks: those that packages ask for, and those
// that sources and env files show, sorted. It settles as well whether MySQL is sought by a socket.
func readSources(a *stack.App) {
	names := append(required(a.Tree.Text(path.Join(a.Dir, "composer.json"))), required(a.Tree.LockText(path.Join(a.Dir, "composer.lock")))...)
	texts := sources(a)
	if a.Module == "." {
		a.Package = calledAs(a, texts)
	}
	for _, text := range texts {
		if socket.MatchString(text) && stack.HasOne(text, "mysql", "MYSQL") {
			a.Packages.Run = []string{relay}
		}
		for _, s := range shows {
			if s.pattern.MatchString(text) {
				names = append(names, s.extension)
			}
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(builtIn, name) || !extensionName.MatchString(name) })
	slices.Sort(names)
	a.Packages.System = slices.Compact(names)
}

var extensionName = lazyregexp.New(`^[a-z][a-z0-9_]{1,30}$`)

// required are the extensions that a composer.json or a composer.lock asks for.
func required(text string) []string {
	type wants struct {
		Require map[string]json.RawMessage `json:"require"`
	}
	var manifest struct {
		wants
		Packages []wants `json:"packages"`
	}
	if json.Unmarshal([]byte(text), &manifest) != nil {
		return nil // a broken manifest names nothing
	}
	var names []string
	for _, w := range append(manifest.Packages, manifest.wants) {
		for name := range w.Require {
			if extension, ok := strings.CutPrefix(strings.ToLower(name), "ext-"); ok {
				names = append(names, strings.ReplaceAll(extension, "-", "_"))
			}
		}
	}
	return names
}

func image(version string) untrusted.Inert { return tagged(version, "-cli") }

// tagged is the official image of a version in one of its variants.
func tagged(version string, variant untrusted.Inert) untrusted.Inert {
	tag, whole := stack.ImageTag(version)
	switch {
	case tag == "":
		return tagged(releases[0], variant)
	case whole:
		return "php:" + tag
	}
	return "php:" + tag + variant
}

// copies are the files that say which packages there are.
func copies(q *untrusted.Quoter, s stack.Service) []untrusted.Inert {
	if s.Packages.Manifest == "" {
		return nil
	}
	return []untrusted.Inert{q.Copy("composer.json", "composer.lock*", "symfony.lock*", "./")}
}

// installation is how the packages get into the image.
type installation struct {
	Apache     untrusted.Inert // the image of production
	Extensions untrusted.Inert // those that are added, for sh
	Root       string          // the directory that is served, in the image
	Guarded    bool            // it is the source's own, with files that are not for browsers
	EnvFiles   bool            // the framework does not start without its .env, which holds no secrets
	Above      untrusted.Inert // the name under which its pages call each other; empty for none
	Relay      untrusted.Inert // the package of the program that stands in for MySQL's socket; empty for none
}

func install(q *untrusted.Quoter, s stack.Service, _ *stack.Stack) any {
	v := installation{Apache: tagged(s.Runtime.Version, "-apache"), Root: path.Join(s.Workdir(), s.Module), Guarded: path.Clean(s.Module) == ".", EnvFiles: s.Framework == "Symfony"}
	if len(s.Packages.System) > 0 {
		v.Extensions = q.Shell(s.Packages.System...)
	}
	if s.Package != "" {
		v.Above = q.Shell(s.Package)
	}
	if len(s.Packages.Run) > 0 {
		v.Relay = q.Shell(s.Packages.Run...)
	}
	return v
}

// keeps are the packages, which lie in the source.
func keeps(s stack.Service) []string {
	if s.Packages.Manifest == "" {
		return nil
	}
	return []string{path.Join(s.Member(), "vendor")}
}

// serve is PHP's own server for development: https://www.php.net/manual/features.commandline.webserver.php.
func serve(a *stack.App) []string {
	command := []string{"php", "-S", "0.0.0.0:" + strconv.Itoa(a.Port.Number), "-t", a.Module}
	if path.Clean(a.Module) == "." {
		command = append(command, "/usr/local/lib/router.php")
	}
	if a.Package != "" {
		command[4] = htdocs
	}
	if len(a.Packages.Run) == 0 {
		return command
	}
	const at = "/tmp/mysql.sock"
	command = slices.Insert(command, 1, "-d", "mysqli.default_socket="+at, "-d", "pdo_mysql.default_socket="+at)
	return []string{"sh", "-c", relay + " UNIX-LISTEN:" + at + ",fork TCP:127.0.0.1:3306 & exec " + strings.Join(command, " ")}
}

// htdocs holds a link to the source under the name by which its pages call each other.
const htdocs = "/srv/www"

// called is where pages name the directory below XAMPP's htdocs that they were written in.
var called = lazyregexp.New(`(?:(?:href|src|action)=["']|\bLocation:\s*|DOCUMENT_ROOT["']\]\s*\.\s*["']|https?://(?:localhost|127\.0\.0\.1)(?::\d+)?)/([A-Za-z][\w-]*)/([^"'?#\s<>]+)|` +
	`(?i:\b(?:base|root|site|url|app)_?(?:url|path|root)["'\]]*\s*[=,]\s*["']\s*(?:https?://(?:localhost|127\.0\.0\.1)(?::\d+)?)?)/([A-Za-z][\w-]*)/?["']`)

// calledAs is the name of a directory that is not there, below which pages call files that are; empty
// for none.
func calledAs(a *stack.App, texts []string) string {
	there := func(name string) bool { return a.Tree.Exists(path.Join(a.Dir, name)) }
	for _, text := range texts {
		for _, m := range called.FindAllStringSubmatch(text, 20) {
			if name := m[1] + m[3]; !there(name) && (m[2] == "" || there(m[2])) {
				return name
			}
		}
	}
	return ""
}

// relay passes on what PHP writes into MySQL's socket, which is in no container but MySQL's.
const relay = "socat"

// socket is code that means the socket by "localhost": https://www.php.net/manual/mysqli.quickstart.connections.php
var socket = lazyregexp.New(`\bmysqli_connect\(\s*["']localhost["']|\bnew\s+\\?mysqli\(\s*["']localhost["']|["']mysql:host=localhost\b|["']host(?:name)?["']\s*=>\s*["']localhost["']|` +
	`(?i)(?:\$\w*(?:host|server)\w*\s*=|\bdefine\(\s*["']\w+["']\s*,|\bconst\s+\w+\s*=)\s*["']localhost["']`)

// apache serves production.
var apache = []string{"apache2-foreground"}
