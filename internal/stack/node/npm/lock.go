package npm

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack/versions"
	"github.com/devup-cli/devup/internal/tree"
)

// locks are the lock files and whose they are, in the order of preference where
// several lie in a directory.
var locks = []struct{ file, manager string }{
	{"pnpm-lock.yaml", "pnpm"},
	{"yarn.lock", "yarn"},
	{"bun.lock", "bun"},
	{"bun.lockb", "bun"},
	{"package-lock.json", "npm"},
	{"npm-shrinkwrap.json", "npm"},
}

// LockFiles are the names of the lock files.
func LockFiles() []string {
	var names []string
	for _, l := range locks {
		names = append(names, l.file)
	}
	return names
}

// lock is what a lock file says. The zero value is one that says nothing, such as
// bun.lockb, which is binary.
type lock struct {
	form     string                   // its version: "1", "9.0"; "berry" for Yarn 2 and later
	asked    map[string]Texts         // the ranges that it was made for, by directory of the package; nil where it does not say
	ranges   map[string]bool          // "name@range" of each entry, where it says no more than that (Yarn)
	versions map[string]string        // of each package; the newest where it has several
	engines  map[string]string        // the range of Node that a package declares; nil where it does not say
	dir      string                   // where the file is
	nested   map[string]lockedPackage // what is not at the top, by its directory below dir (npm)
	peers    string                   // how npm has to treat conflicts of peers, as a flag; empty for the usual way
	broken   bool
}

// readLock reads the lock file of a directory.
func readLock(t *tree.Tree, name string) lock {
	l := lock{versions: map[string]string{}, dir: path.Dir(name)}
	switch path.Base(name) {
	case "package-lock.json", "npm-shrinkwrap.json":
		l.readNPM(t.LockText(name))
	case "yarn.lock":
		l.readYarn(t.LockText(name))
	case "pnpm-lock.yaml":
		l.readPnpm(t.LockText(name))
	case "bun.lock":
		l.readBun(t.LockText(name))
	}
	return l
}

// saw notes a version of a package, unless a newer one is noted.
func (l *lock) saw(name, version string) {
	if had := l.versions[name]; name != "" && (had == "" || versions.Less(versions.Numbers(had), versions.Numbers(version))) {
		l.versions[name] = version
	}
}

// seenBy is the version of a dependency that a package gets, and the range of Node that it
// declares: that in the package's own node_modules before any other.
func (l *lock) seenBy(p *Manifest, name string) (version, node string) {
	if p != nil {
		if own, found := l.nested[path.Join(tree.Relative(l.dir, path.Dir(p.Path)), "node_modules", name)]; found {
			return own.Version, own.Engines["node"]
		}
	}
	return l.versions[name], l.engines[name]
}

// behind says whether the manager would refuse the lock file, because a
// package.json asks for a package that it lacks or has for another range.
func (l *lock) behind(manifests map[string]*Manifest) bool {
	if l.broken {
		return true
	}
	own := map[string]bool{} // Yarn's file need not name the members of the workspace
	for _, p := range manifests {
		own[p.Name] = l.ranges != nil
	}
	for dir, p := range manifests {
		for _, wanted := range []Texts{p.Dependencies, p.DevDependencies} {
			for name, version := range wanted {
				if !own[name] && !l.holds(dir, name, version) {
					return true
				}
			}
		}
	}
	return false
}

// holds says whether the lock file was made for a range of a package.
func (l *lock) holds(dir, name, version string) bool {
	switch {
	case l.asked != nil:
		got, found := l.asked[dir][name]
		return found && got == version
	case l.ranges != nil:
		return strings.Contains(version, ":") || l.ranges[name+"@"+version] || l.ranges[name+"@npm:"+version]
	case l.form == "1": // npm 6 and older: what is installed, not what was asked for
		return l.versions[name] != ""
	}
	return true
}

// lockedPackage is an entry of npm's lock file.
type lockedPackage struct {
	Version  string `json:"version"`
	Link     bool   `json:"link"`
	Peer     bool   `json:"peer"`
	Optional bool   `json:"optional"`
	Peers    Texts  `json:"peerDependencies"`
	PeerMeta map[string]struct {
		Optional bool `json:"optional"`
	} `json:"peerDependenciesMeta"`
	Dependencies         Texts `json:"dependencies"`
	DevDependencies      Texts `json:"devDependencies"`
	OptionalDependencies Texts `json:"optionalDependencies"`
	Engines              Texts `json:"engines"`
}

func (l *lock) readNPM(text string) {
	var file struct {
		Version  json.Number              `json:"lockfileVersion"`
		Packages map[string]lockedPackage `json:"packages"`
		Old      map[string]struct {
			Version string `json:"version"`
		} `json:"dependencies"`
	}
	l.broken = json.Unmarshal([]byte(text), &file) != nil
	l.form = file.Version.String()
	if _, found := file.Packages[""]; !found {
		if l.form == "1" || len(file.Old) > 0 {
			l.form, l.peers = "1", legacyPeers // npm 6 knew no conflicts of peers
		}
		for name, old := range file.Old {
			l.saw(name, old.Version)
		}
		return
	}
	l.asked, l.engines, l.nested = map[string]Texts{}, map[string]string{}, map[string]lockedPackage{}
	for _, dir := range slices.Sorted(maps.Keys(file.Packages)) {
		p := file.Packages[dir]
		if at := strings.LastIndex(dir, "node_modules/"); at >= 0 {
			name := dir[at+len("node_modules/"):]
			_, atTop := file.Packages["node_modules/"+name]
			switch {
			case name == "": // no package
			case at == 0:
				l.versions[name], l.engines[name] = p.Version, p.Engines["node"]
			case !atTop:
				l.saw(name, p.Version)
				fallthrough
			default:
				l.nested[dir] = p
			}
			continue
		}
		l.asked[dir] = Texts{}
		for _, some := range []Texts{p.Dependencies, p.DevDependencies, p.OptionalDependencies} {
			maps.Copy(l.asked[dir], some)
		}
	}
	l.peers = peersFlag(file.Packages)
	l.broken = l.broken || incomplete(file.Packages)
}

// incomplete says whether packages of npm's lock file lack one that they depend on, such as
// the optional ones of another operating system, or peers of these: `npm ci` refuses that.
func incomplete(packages map[string]lockedPackage) bool {
	for dir, p := range packages {
		if !strings.Contains(dir, "node_modules/") || p.Link {
			continue
		}
		for _, needed := range []Texts{p.Dependencies, p.OptionalDependencies} {
			for name := range needed {
				if !finds(packages, dir+"/node_modules/", name, "") {
					return true
				}
			}
		}
		if slices.ContainsFunc(slices.Collect(maps.Keys(p.Peers)), func(name string) bool { return p.isLeftOut(packages, dir, name) }) {
			return true
		}
	}
	return false
}

// isLeftOut says whether npm left out a peer of an optional package, as it does on the systems that
// the package is not for.
func (p lockedPackage) isLeftOut(packages map[string]lockedPackage, dir, name string) bool {
	return p.Optional && !p.PeerMeta[name].Optional && !finds(packages, dir, name, "")
}

// readYarn reads the lines of a yarn.lock of either form: a line without indentation has the
// ranges that an entry answers, the next ones its version.
func (l *lock) readYarn(text string) {
	if !strings.Contains("\n"+text, "\n__metadata:") && !strings.Contains(text, "yarn lockfile v1") {
		return // it says nothing
	}
	l.ranges, l.form = map[string]bool{}, "1"
	name := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "__metadata:"):
			l.form = "berry"
		case line == "" || line[0] == '#':
		case line[0] != ' ':
			for entry := range strings.SplitSeq(strings.TrimSuffix(line, ":"), ",") {
				entry = strings.Trim(entry, ` "`)
				l.ranges[entry] = true
				name = nameOf(entry)
			}
		default:
			if version, found := strings.CutPrefix(strings.TrimSpace(line), "version"); found {
				l.saw(name, strings.Trim(version, `: "`))
			}
		}
	}
}

// nameOf is the package's name in "name@range".
func nameOf(entry string) string {
	if at := strings.LastIndex(entry[min(1, len(entry)):], "@"); at >= 0 {
		return entry[:at+1]
	}
	return entry
}

var pnpmPackage = lazyregexp.New(`^/?((?:@[^@/]+/)?[^@/]+)[@/](\d[^(_:]*)`)

// readPnpm reads the lines of a pnpm-lock.yaml, whose form pnpm alone decides. Up to the key
// packages it says what was asked for.
func (l *lock) readPnpm(text string) {
	l.asked = map[string]Texts{}
	var keys []string // of the levels above, each two blanks deeper
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		indented := strings.TrimLeft(line, " ")
		if indented == "" || indented[0] == '#' {
			continue
		}
		level := (len(line) - len(indented)) / 2
		key, value, _ := strings.Cut(indented, ": ")
		key, value = unquote(strings.TrimSuffix(key, ":")), unquote(value)
		keys = append(keys[:min(level, len(keys))], key)
		switch {
		case level == 0 && key == "lockfileVersion":
			l.form = value
		case level == 0 && key == "overrides":
			l.asked = nil // then the ranges are not those of package.json
		case keys[0] == "packages" || keys[0] == "snapshots":
			if match := pnpmPackage.FindStringSubmatch(key); match != nil && level == 1 {
				l.saw(match[1], match[2])
			}
		case l.asked != nil:
			l.askedOfPnpm(keys, value)
		}
	}
	if len(l.asked) == 0 {
		l.asked = nil
	}
}

// askedOfPnpm notes a range below "importers: {dir: …}", or at the root where the
// file is of one package.
func (l *lock) askedOfPnpm(keys []string, value string) {
	dir := ""
	if keys[0] == "importers" && len(keys) > 2 {
		dir, keys = keys[1], keys[2:]
	}
	if dir == "." {
		dir = ""
	}
	name := ""
	switch {
	case len(keys) == 2 && keys[0] == "specifiers":
		name = keys[1]
	case len(keys) == 3 && keys[2] == "specifier":
		name = keys[1]
	default:
		return
	}
	if l.asked[dir] == nil {
		l.asked[dir] = Texts{}
	}
	l.asked[dir][name] = value
}

func unquote(text string) string { return strings.Trim(strings.TrimSpace(text), `'"`) }

var trailingComma = lazyregexp.New(`,(\s*[}\]])`)

// readBun reads a bun.lock: JSON with commas behind the last items.
func (l *lock) readBun(text string) {
	var file struct {
		Workspaces map[string]lockedPackage     `json:"workspaces"`
		Packages   map[string][]json.RawMessage `json:"packages"`
	}
	if json.Unmarshal([]byte(trailingComma.ReplaceAllString(text, "$1")), &file) != nil {
		return
	}
	l.asked = map[string]Texts{}
	for dir, p := range file.Workspaces {
		l.asked[dir] = Texts{}
		for _, some := range []Texts{p.Dependencies, p.DevDependencies, p.OptionalDependencies} {
			maps.Copy(l.asked[dir], some)
		}
	}
	for name, entry := range file.Packages {
		if len(entry) > 0 {
			l.saw(name, strings.TrimPrefix(RawText(entry[0]), name+"@"))
		}
	}
}
