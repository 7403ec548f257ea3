// Package ruby has the stacks of Ruby, one a file, and what they share.
package ruby

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Language is what all stacks of Ruby share.
var Language = stack.Language{
	Name:          "ruby",
	Manifests:     []string{"Gemfile"},
	Files:         []string{"Gemfile.lock", ".ruby-version", "config.ru"},
	Locks:         []string{"Gemfile.lock"},
	Extensions:    []string{".rb", ".ru"},
	Versions:      []string{newest},
	Search:        search,
	Describe:      describe,
	Version:       version,
	LoopbackOnly:  hidden,
	Uses:          uses,
	VersionRange:  wants,
	Image:         image,
	Copies:        copies,
	Install:       install,
	Getenv:        func(name, or string) string { return `ENV.fetch("` + name + `", "` + or + `")` },
	RendersPages:  lazyregexp.New(`(?m)^\s*(?:erb|haml|slim)[ (]:|\brender\b`),
	ForProduction: lazyregexp.New(`designed for production, not development|\bRAILS_ENV=["']?production\b`), // as Rails 7.1 and newer write it
	LoadsEnvFile:  lazyregexp.New(`\bdotenv\b`),
	AllowsCORS:    lazyregexp.New(`Rack::Cors|Access-Control-Allow-Origin`),
	Ports: []*lazyregexp.Regexp{
		lazyregexp.New(`(?m)^\s*set\s*\(?:port,\s*(?:ENV[^\n]*?\|\|\s*)?["']?(\d{2,5})\b`),
		lazyregexp.New(`(?m)^\s*port\s+ENV\.fetch\(\s*["']PORT["']\s*\)?\s*(?:,|\{)\s*["']?(\d{2,5})\b`),
		lazyregexp.New(`(?m)^\s*port\s+(\d{2,5})\b`),
	},
}

// wants is what a Gemfile says of a gem.
func wants(read func(string) string, name string) (versions string, found bool) {
	return stack.Match(read("Gemfile"), `(?m)^\s*gem\s*\(?\s*["']`+regexp.QuoteMeta(name)+`["'](?:\s*,\s*["']([^"']*)["'])?`)
}

// gem says whether the app's Gemfile names a gem.
func gem(a *stack.App, name string) bool {
	_, found := wants(func(file string) string { return a.Tree.Text(path.Join(a.Dir, file)) }, name)
	return found
}

// search finds the directories with a server; Gemfiles of tools have none, and some servers no Gemfile.
func search(t *tree.Tree, stacks []*stack.Stack) []*stack.App {
	var found []*stack.App
	for _, dir := range t.Paths {
		f := t.Directory(dir)
		if f.First(slices.Concat(entries, []string{"Gemfile", configRu})...) == "" || tree.IsBelowAside(dir) || !f.Has("Gemfile") && belongs(t, dir) {
			continue
		}
		a := &stack.App{Tree: t, Service: stack.Service{Dir: dir}}
		if a.Recognise(stacks) {
			found = append(found, a)
		} else if f.First("Gemfile", configRu) != "" && stack.Explains(f) {
			t.Reject(dir, "a Gemfile for tools: no config.ru, so no Ruby server", tree.Evidence{File: path.Join(dir, "Gemfile")})
		}
	}
	return found
}

// belongs says whether a directory is part of an application above it, which has the Gemfile.
func belongs(t *tree.Tree, dir string) bool {
	for dir != "." {
		dir = path.Dir(dir)
		if t.Directory(dir).Has("Gemfile") {
			return true
		}
	}
	return false
}

func describe(a *stack.App) {
	if f := a.Directory(); f.Has("Gemfile") {
		a.Packages.Manager, a.Packages.Manifest = "bundler", "Gemfile"
		if f.Has("Gemfile.lock") {
			a.Packages.Lock = "Gemfile.lock"
		}
		if local.MatchString(a.Tree.Text(path.Join(a.Dir, "Gemfile"))) {
			a.Packages.Early = []string{"."}
		}
	}
	a.Packages.System = system(a)
	if a.FoundAt != (tree.Evidence{}) {
		a.Note(a.FoundAt)
	}
	if a.Stack.Describe != nil {
		a.Stack.Describe(a)
	}
}

// local is a Gemfile that takes gems from the source.
var local = lazyregexp.New(`(?m)^\s*gemspec\b|\bpath(?::|\s*=>)\s*["']|^\s*(?:instance_eval|eval_gemfile)\b`)

// libraries are packages of Debian by the gem that loads them, or needs them for its
// compilation, beyond those of the full image.
var libraries = []struct{ gem, debian string }{
	{"image_processing", "libvips42"},
	{"ruby-vips", "libvips42"},
	{"execjs", "nodejs"},
	{"uglifier", "nodejs"},
	{"coffee-rails", "nodejs"},
	{"terser", "nodejs"},
	{"autoprefixer-rails", "nodejs"},
	{"react-rails", "nodejs"},
	{"webpacker", "nodejs"},
	{"charlock_holmes", "libicu-dev"},
	{"rugged", "cmake"},
	{"wkhtmltopdf-binary", "libxrender1"},
	{"mini_magick", "imagemagick"},
	{"tiny_tds", "freetds-dev"},
	{"ruby-oci8", "libaio1"},
	{"idn-ruby", "libidn-dev"},
}

// system are the packages of Debian that the image lacks, sorted.
func system(a *stack.App) []string {
	text := a.Tree.Text(path.Join(a.Dir, "Gemfile")) + a.Tree.LockText(path.Join(a.Dir, "Gemfile.lock"))
	var names []string
	for _, l := range libraries {
		if _, found := stack.Match(text, `(?m)^\s*(?:gem\s*\(?\s*["'])?(`+regexp.QuoteMeta(l.gem)+`)(?:["']|\s+\(|\s*$)`); found {
			names = append(names, l.debian)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// newest is the release for a project that asks for none.
const newest = "3.4"

var (
	inGemfile = lazyregexp.New(`(?m)^\s*ruby\s*\(?\s*["'](?:~>\s*|>=\s*)?(\d+\.\d+(?:\.\d+)?)["']`)
	inLock    = lazyregexp.New(`(?m)^RUBY VERSION\r?\n\s+ruby (\d+\.\d+\.\d+)`)
	named     = lazyregexp.New(`^(?:ruby-)?(\d+\.\d+(?:\.\d+)?)(?:-p\d+)?$`)
)

// version is what the Gemfile demands, to the last number: Bundler refuses any other.
func version(a *stack.App) (string, tree.Evidence) {
	for _, place := range []struct {
		name    string
		pattern *lazyregexp.Regexp
	}{{"Gemfile", inGemfile}, {"Gemfile.lock", inLock}} {
		file := tree.File{Path: path.Join(a.Dir, place.name), Text: a.Tree.LockText(path.Join(a.Dir, place.name))}
		if at := place.pattern.FindStringSubmatchIndex(file.Text); at != nil {
			asked := stack.Group(file.Text, at, 1)
			return asked, file.At(at[2], "ruby "+asked)
		}
	}
	for _, file := range a.VersionFiles("ruby", ".ruby-version", ".tool-versions") {
		if m := named.FindStringSubmatch(file.Text); m != nil {
			return m[1], file
		}
	}
	if release, ok := wants(func(file string) string { return a.Tree.Text(path.Join(a.Dir, file)) }, "rails"); ok {
		for _, old := range []struct{ rails, ruby string }{{"4", "2.6"}, {"5", "2.7"}, {"6", "3.0"}, {"7.0", "3.2"}} {
			if bare := strings.TrimLeft(release, "~>=^ "); bare == old.rails || strings.HasPrefix(bare, old.rails+".") {
				return old.ruby, tree.Evidence{File: path.Join(a.Dir, "Gemfile"), Text: "rails " + release}
			}
		}
	}
	if m := ofSinatra.FindStringSubmatch(a.Tree.LockText(path.Join(a.Dir, "Gemfile.lock"))); m != nil && bearers[m[1]] != "" {
		return bearers[m[1]], tree.Evidence{File: path.Join(a.Dir, "Gemfile.lock"), Text: "sinatra " + m[1]}
	}
	return newest, tree.Evidence{Text: "the newest Ruby"}
}

// bearers are the releases of Ruby by the release of Sinatra that a list pins, whose companions of its
// time do not compile on newer ones.
var (
	bearers   = map[string]string{"1": "2.6", "2": "2.7", "3": "3.2"}
	ofSinatra = lazyregexp.New(`(?m)^    sinatra \((\d+)\.`)
)

var reads = lazyregexp.New(`\bENV(?:\[\s*["']([A-Za-z_]\w*)["']\s*\](\s*\|\|\s*(?:["']([^"'\n]*)["'])?)?|\.fetch\(?\s*["']([A-Za-z_]\w*)["']\s*(\)?\s*\{\s*["']?([^"'}\n]*)|,\s*["']?([^"')\n]*))?)`)

// uses are the variables that a source reads; ENV.fetch without a default stops the program.
func uses(source tree.File) []stack.Use {
	var found []stack.Use
	for _, m := range reads.FindAllStringSubmatchIndex(source.Text, -1) {
		use := stack.Use{Name: stack.Group(source.Text, m, 1), Value: stack.Group(source.Text, m, 3), Set: m[4] >= 0}
		if use.Name == "" {
			value := stack.Group(source.Text, m, 6) + stack.Group(source.Text, m, 7)
			use = stack.Use{Name: stack.Group(source.Text, m, 4), Value: strings.TrimSpace(value), Set: m[10] >= 0, Required: m[10] < 0 && !elsewhere(source.Path)}
		}
		use.Where = source.At(m[0], use.Name)
		found = append(found, use)
	}
	return found
}

// elsewhere says whether Rails reads a file outside of development only.
func elsewhere(name string) bool {
	base := path.Base(name)
	return base == "production.rb" || base == "staging.rb" || base == "deploy.rb"
}

func image(version string) untrusted.Inert {
	if tag, _ := stack.ImageTag(version); tag != "" {
		return "ruby:" + tag
	}
	return "ruby:" + newest
}

// copies are the files that say which gems there are.
func copies(q *untrusted.Quoter, s stack.Service) []untrusted.Inert {
	switch {
	case s.Packages.Manifest == "":
		return nil
	case len(s.Packages.Early) > 0:
		return []untrusted.Inert{q.Copy(".", ".")}
	}
	return []untrusted.Inert{q.Copy("Gemfile", "Gemfile.lock*", ".ruby-version*", ".tool-versions*", "./")}
}

// installation is how the gems get into the image.
type installation struct {
	Debian  untrusted.Inert // packages of Debian, for sh; empty for none
	Missing untrusted.Inert // gems that the Gemfile does not name, for sh; empty for none
	Rails   bool
	Sources untrusted.Inert // the files whose edits restart the service, for find
}

func install(q *untrusted.Quoter, s stack.Service, _ *stack.Stack) any {
	v := installation{Rails: s.Framework == "Rails", Sources: `-name "*.rb" -o -name "*.ru" -o -name "*.erb" -o -name "*.yml"`}
	if len(s.Packages.System) > 0 {
		v.Debian = q.Shell(s.Packages.System...)
	}
	if len(s.Packages.Missing) > 0 {
		v.Missing = q.Shell(s.Packages.Missing...)
	}
	return v
}
