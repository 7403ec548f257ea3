// Package php has the stacks of PHP, one a file, and what they share.
package php

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/versions"
	"github.com/devup-cli/devup/internal/tree"
)

// Language is what all stacks of PHP share.
var Language = stack.Language{
	Name:         "php",
	Manifests:    []string{"composer.json"},
	Files:        []string{"composer.lock", "artisan", "symfony.lock"},
	Locks:        []string{"composer.lock"},
	Extensions:   []string{".php"},
	Versions:     releases,
	Search:       search,
	Describe:     describe,
	Version:      version,
	Uses:         uses,
	VersionRange: wants,
	Image:        image,
	Copies:       copies,
	Install:      install,
	KeptDirs:     keeps,
	Getenv:       func(name, _ string) string { return `getenv("` + name + `")` },
	Bundled:      codeIgniter,
	RendersPages: lazyregexp.New(`<(?:html|body|h1|form)\b|\bview\(|->render\(`),
	LoadsEnvFile: lazyregexp.New(`\blaravel/(?:lumen-)?framework\b|\bsymfony/(?:dotenv|runtime)\b|phpdotenv|\bcodeigniter4/framework\b`),
	AllowsCORS:   lazyregexp.New(`Access-Control-Allow-Origin|nelmio_cors|HandleCors`),
}

// wants is what a composer.json says of a package.
func wants(read func(string) string, name string) (versions string, found bool) {
	return stack.WantedInJSON(read("composer.json"), name, "require", "require-dev")
}

// wanted is what the app's composer.json says of a package.
func wanted(a *stack.App, name string) (versions string, found bool) {
	if !a.Directory().Has("composer.json") {
		return "", false
	}
	return wants(func(file string) string { return a.Tree.Text(path.Join(a.Dir, file)) }, name)
}

// search finds the directories with a front page, the outermost first: those below belong to it.
func search(t *tree.Tree, stacks []*stack.Stack) []*stack.App {
	var found []*stack.App
	for _, dir := range t.Paths {
		within := func(a *stack.App) bool { return tree.IsBelow(a.Dir, dir) }
		if tree.IsBelowAside(dir) || slices.ContainsFunc(found, within) {
			continue
		}
		a := &stack.App{Tree: t, Service: stack.Service{Dir: dir}}
		switch f := t.Directory(dir); {
		case a.Recognise(stacks):
			found = append(found, a)
		case f.Has("composer.json") && stack.Explains(f):
			t.Reject(dir, "a PHP package without an index.php: no server", tree.Evidence{File: path.Join(dir, "composer.json")})
		}
	}
	return found
}

// needs finds a package in the composer.json.
func needs(name string) func(*stack.App) bool {
	return func(a *stack.App) bool {
		if _, ok := wanted(a, name); !ok || documentRoot(a) == "" {
			return false
		}
		file := tree.File{Path: path.Join(a.Dir, "composer.json"), Text: a.Tree.Text(path.Join(a.Dir, "composer.json"))}
		a.FoundAt = file.At(max(0, strings.Index(file.Text, `"`+name+`"`)), name)
		return true
	}
}

// documentRoots are where frameworks and people keep the front page, best first.
var documentRoots = []string{"public", "web", "www", "htdocs", "public_html", "webroot", "."}

// documentRoot is the directory, relative to the app's, that is served; empty for none.
func documentRoot(a *stack.App) string {
	for _, dir := range documentRoots {
		if a.Tree.Has(path.Join(a.Dir, dir, "index.php")) {
			return dir
		}
	}
	return ""
}

func describe(a *stack.App) {
	if a.Module = documentRoot(a); a.Module == "" {
		a.Module = "."
	}
	f := a.Directory()
	if f.Has("composer.json") {
		a.Packages.Manager, a.Packages.Manifest = "composer", "composer.json"
		if f.Has("composer.lock") {
			a.Packages.Lock = "composer.lock"
		}
	}
	readSources(a)
	if a.FoundAt != (tree.Evidence{}) {
		a.Note(a.FoundAt)
	}
	if a.Stack.Describe != nil {
		a.Stack.Describe(a)
	}
}

// releases are the versions that images are kept for, newest first.
var releases = []string{"8.4", "8.3", "8.2", "8.1", "8.0", "7.4", "7.3", "7.2"}

// newest are the newest PHP that a release of a framework runs on without complaints:
// https://laravel.com/docs/releases#support-policy, https://symfony.com/releases
var newest = []struct {
	pkg, versions, php string
}{
	{"laravel/framework", "8", "8.1"},
	{"laravel/framework", "9", "8.2"},
	{"laravel/framework", "10", "8.3"},
	{"laravel/framework", "7", "7.4"},
	{"laravel/framework", "6", "7.4"},
	{"symfony/framework-bundle", "4", "7.4"},
	{"symfony/framework-bundle", "5", "8.2"},
}

var firstNumber = lazyregexp.New(`\d+`)

// version is the newest that composer.json admits and the framework runs on.
func version(a *stack.App) (string, tree.Evidence) {
	for _, file := range a.VersionFiles("php", ".php-version", ".tool-versions") {
		if v := stack.PlainVersion(file.Text); v != "" {
			major, minor, _ := strings.Cut(v, ".")
			minor, _, _ = strings.Cut(minor, ".")
			return strings.TrimSuffix(major+"."+minor, "."), file
		}
	}
	possible, why := releases, tree.Evidence{Text: "the newest PHP"}
	for _, n := range newest {
		if v, ok := wanted(a, n.pkg); ok && firstNumber.FindString(v) == n.versions {
			possible = releases[slices.Index(releases, n.php):]
			why = tree.Evidence{File: path.Join(a.Dir, "composer.json"), Text: n.pkg + " " + n.versions}
		}
	}
	if asked, ok := wanted(a, "php"); ok && asked != "" {
		// One bar is the old form of two; a comma and a space both mean "and".
		if line := versions.NewestWithin(singleBar.ReplaceAllString(asked, "||"), possible); line != "" {
			file := tree.File{Path: path.Join(a.Dir, "composer.json"), Text: a.Tree.Text(path.Join(a.Dir, "composer.json"))}
			return line, file.At(max(0, strings.Index(file.Text, `"php"`)), "php "+asked)
		}
	}
	return possible[0], why
}

var singleBar = lazyregexp.New(`\|+`)

var reads = lazyregexp.New(`(?:\benv|\bgetenv)\(\s*["']([A-Za-z_]\w*)["']\s*(,\s*(?:["']([^"'\n]*)["']|[^)\n]*))?|\$_(?:ENV|SERVER)\[\s*["']([A-Z][A-Z0-9]*_[A-Z0-9_]*)["']\s*\](\s*\?\?\s*(?:["']([^"'\n]*)["'])?)?`)

// given are what a server of PHP fills $_SERVER with.
var given = lazyregexp.New(`^(?:HTTP|REQUEST|SERVER|REMOTE|SCRIPT|QUERY|PATH|PHP|DOCUMENT|CONTENT|GATEWAY|REDIRECT|AUTH)_`)

var (
	// https://laravel.com/api/12.x/Illuminate/Support/Env.html#method_getOrFail
	insists = lazyregexp.New(`\bEnv::getOrFail\(\s*["']([A-Za-z_]\w*)["']`)
	// https://github.com/vlucas/phpdotenv#requiring-variables-to-be-set
	demanded = lazyregexp.New(`->required\(\s*\[?([^\])]*)\]?\s*\)(\s*->notEmpty\(\))?`)
	quoted   = lazyregexp.New(`["']([A-Za-z_]\w*)["']`)
	throws   = lazyregexp.New(`^\s*(?:\?\?|\?:|\|\||or\b)\s*(?:throw\b|die\b|exit\b)`)
)

// checked are the variables without which a source ends the program.
func checked(source tree.File) []stack.Use {
	var found []stack.Use
	need := func(at int, name string, empty bool) {
		found = append(found, stack.Use{Name: name, Required: true, Checked: true, Empty: empty, Where: source.At(at, name)})
	}
	for _, m := range insists.FindAllStringSubmatchIndex(source.Text, -1) {
		need(m[0], stack.Group(source.Text, m, 1), true)
	}
	if !strings.Contains(source.Text, "env") { // ->required( is a word of validators too
		return found
	}
	for _, m := range demanded.FindAllStringSubmatchIndex(source.Text, -1) {
		for _, name := range quoted.FindAllStringSubmatch(stack.Group(source.Text, m, 1), -1) {
			if name[1] == strings.ToUpper(name[1]) {
				need(m[0], name[1], m[4] < 0)
			}
		}
	}
	return found
}

// laravelsOwn are variables of services that few projects use, which the settings of each project of
// Laravel read without a default; ofLaravel are the files of these settings.
var (
	laravelsOwn = lazyregexp.New(`^(?:AWS|MAIL|MAILGUN|POSTMARK|PUSHER|ABLY|REDIS|MEMCACHED|LOG|PAPERTRAIL|SQS|DYNAMODB|SESSION|DB|MYSQL_ATTR|SLACK_BOT|RESEND|VIEW|CACHE|QUEUE|BROADCAST)_`)
	ofLaravel   = lazyregexp.New(`(?:^|/)config/\w+\.php$`)
)

// uses are the variables that a source reads.
func uses(source tree.File) []stack.Use {
	var found []stack.Use
	for _, m := range reads.FindAllStringSubmatchIndex(source.Text, -1) {
		use := stack.Use{Name: stack.Group(source.Text, m, 1), Value: stack.Group(source.Text, m, 3), Set: m[4] >= 0}
		if use.Name == "" {
			use = stack.Use{Name: stack.Group(source.Text, m, 4), Value: stack.Group(source.Text, m, 6), Set: m[10] >= 0}
			if given.MatchString(use.Name) {
				continue
			}
		}
		use.Where = source.At(m[0], use.Name)
		use.Set = use.Set || ofLaravel.MatchString(source.Path) && laravelsOwn.MatchString(use.Name)
		if rest := strings.TrimPrefix(source.Text[m[1]:], ")"); throws.MatchString(rest) || use.Set && use.Value == "" && strings.HasPrefix(rest, "throw") {
			use.Set, use.Required, use.Checked = false, true, true
		}
		found = append(found, use)
	}
	return append(found, checked(source)...)
}
