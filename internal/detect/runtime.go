package detect

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

// The versions for a service that asks for none, as of November 2026: Node 24
// is the LTS line, and Python 3.13 is the newest that practically all wheels exist for.
const (
	newestNode   = "24"
	newestPython = "3.13"
)

// nodeLines and pythonLines are what a range is answered with, newest first:
// Node's LTS lines, and the Python releases that images are kept for.
var (
	nodeLines   = []string{"24", "22", "20", "18", "16", "14"}
	pythonLines = []string{"3.13", "3.12", "3.11", "3.10", "3.9", "3.8"}
)

// decideRuntime is the language version: what the repository says, else the
// newest that the dependencies bear.
func (s *scan) decideRuntime(c *candidate) Runtime {
	r := Runtime{Language: c.Runtime.Language}
	if r.Language == "python" {
		r.Version, r.Evidence = s.pythonVersion(c)
		return r
	}
	r.Version, r.Evidence = s.nodeVersion(c)
	if why, old := needsOldOpenSSL(c.node); old && major(r.Version) >= 17 {
		r.Flags = "--openssl-legacy-provider"
		r.Evidence.Text += "; " + why + " needs the OpenSSL legacy provider from Node 17 on"
	}
	return r
}

func (s *scan) nodeVersion(c *candidate) (string, Evidence) {
	if c.docker != nil {
		if version, e, found := c.docker.runtime("node"); found {
			return version, e
		}
	}
	for _, file := range s.versionFiles(c, "nodejs", ".nvmrc", ".node-version", ".tool-versions") {
		if version := nodeRelease(file.Text); version != "" {
			return version, file
		}
	}
	if version := nodeRelease(c.node.Volta["node"]); version != "" {
		return version, c.node.at("volta", "volta node "+version)
	}
	packages := []*nodePackage{c.node}
	if root, member := s.workspaceOf(c.Dir); member {
		packages = append(packages, root.manifest)
	}
	for _, p := range packages {
		wanted := p.Engines["node"]
		if version := newestWithin(wanted, nodeLines); version != "" {
			if limit, why := nodeLimit(c.node); limit < major(version) && satisfies(strconv.Itoa(limit), wanted) {
				return strconv.Itoa(limit), why
			}
			return version, p.at("engines", "engines.node "+wanted)
		}
	}
	if limit, why := nodeLimit(c.node); limit < major(newestNode) {
		return strconv.Itoa(limit), why
	}
	return newestNode, Evidence{Text: "the newest LTS of Node"}
}

// versionFiles are the version files of a tool in the order in which they count,
// each with the version that it names as its text.
func (s *scan) versionFiles(c *candidate, tool string, names ...string) []Evidence {
	var found []Evidence
	for _, dir := range s.upwards(c) {
		for _, name := range names {
			if full := path.Join(dir, name); s.tree.Folder(dir).Has(name) {
				found = append(found, tree.At(full, 1, versionFileText(s.tree.Text(full), tool)))
			}
		}
	}
	return found
}

// upwards are the service's folder and the root, where tools look for version files.
func (s *scan) upwards(c *candidate) []string {
	if c.Dir == "." {
		return []string{"."}
	}
	return []string{c.Dir, "."}
}

// versionFileText is the version in a file that holds one, or the tool's line
// of a .tool-versions.
func versionFileText(text, tool string) string {
	var first string
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || strings.HasPrefix(fields[0], "#"):
		case len(fields) > 1 && fields[0] == tool:
			return fields[1]
		case len(fields) == 1 && first == "":
			first = fields[0]
		}
	}
	return first
}

// ltsNames are the names that nvm knows the LTS lines by.
var ltsNames = map[string]string{
	"lts/*": newestNode, "lts/krypton": "24", "lts/jod": "22", "lts/iron": "20", "lts/hydrogen": "18", "lts/gallium": "16", "lts/fermium": "14",
}

var plainVersion = lazyregexp.New(`^v?(\d{1,2}(?:\.\d{1,3}){0,2})(?:\.[xX*])*$`)

// nodeRelease is the version as an image tag has it; empty for "node" and what
// else names no version.
func nodeRelease(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	if version, ok := ltsNames[text]; ok {
		return version
	}
	if match := plainVersion.FindStringSubmatch(text); match != nil && major(match[1]) >= 4 {
		return match[1]
	}
	return ""
}

func (s *scan) pythonVersion(c *candidate) (string, Evidence) {
	if c.docker != nil {
		if version, e, found := c.docker.runtime("python"); found {
			return version, e
		}
	}
	for _, file := range s.versionFiles(c, "python", ".python-version", "runtime.txt", ".tool-versions") {
		match := plainVersion.FindStringSubmatch(strings.TrimPrefix(file.Text, "python-"))
		if match != nil && strings.HasPrefix(match[1], "3.") {
			return match[1], file
		}
	}
	limit, why := pythonLimit(c.python.needs)
	if needs := c.python.needs; needs != nil && needs.python != "" {
		if version := newestWithin(needs.python, pythonLines); version != "" {
			if limit != "" && minor(limit) < minor(version) && satisfies(limit, needs.python) {
				return limit, why
			}
			return version, Evidence{File: needs.manifest, Text: "python " + needs.python}
		}
	}
	if limit != "" {
		return limit, why
	}
	return newestPython, Evidence{Text: "the newest Python that packages are built for"}
}

// oldNode are dependencies that a newer Node breaks. react-scripts 3 and 4 hash
// with MD4 (webpack 4), which the OpenSSL 3 of Node 17 and later refuses. Node
// 16 runs them as they are; the other way, Node's --openssl-legacy-provider, is
// taken where the repository asks for a newer Node. 16 is the default because
// the native packages of that age (node-sass) have builds for it and none for
// newer ones.
var oldNode = []struct {
	dependency string
	below      int // major version of the dependency that no longer needs it
	node       int // the newest Node it works with
}{
	{"react-scripts", 5, 16},
	{"@vue/cli-service", 5, 16},
	{"webpack", 5, 16},
	{"node-sass", 5, 14},
	{"node-sass", 7, 16},
	{"node-sass", 9, 18},
	{"node-sass", 10, 20},
}

func nodeLimit(p *nodePackage) (int, Evidence) {
	limit, why := major(newestNode), Evidence{}
	for _, old := range oldNode {
		version, needed := p.needs(old.dependency)
		if m := majorOfRange(version); needed && m > 0 && m < old.below && old.node < limit {
			limit = old.node
			why = p.at(old.dependency, fmt.Sprintf("%s %d works up to Node %d", old.dependency, m, old.node))
			if old.node == 16 && old.dependency != "node-sass" {
				why.Text = fmt.Sprintf("%s %d hashes with MD4, which Node 17 and later refuse; Node 16 chosen, the last that runs it without a flag", old.dependency, m)
			}
		}
	}
	return limit, why
}

// needsOldOpenSSL names the dependency that is built on webpack 4.
func needsOldOpenSSL(p *nodePackage) (string, bool) {
	for _, old := range oldNode[:3] {
		version, needed := p.needs(old.dependency)
		if m := majorOfRange(version); needed && m > 0 && m < old.below {
			return fmt.Sprintf("%s %d", old.dependency, m), true
		}
	}
	return "", false
}

var number = lazyregexp.New(`\d+`)

func majorOfRange(version string) int {
	n, err := strconv.Atoi(number.FindString(version))
	if err != nil {
		return 0
	}
	return n
}

// oldPython are pinned packages for which newer Pythons have no wheels, or
// which newer Pythons break.
var oldPython = []struct {
	name   string
	below  []int // version from which on it is no longer so
	python string
}{
	{"numpy", []int{1, 23}, "3.10"},
	{"numpy", []int{1, 26}, "3.11"},
	{"numpy", []int{2, 1}, "3.12"},
	{"pandas", []int{1, 5}, "3.10"},
	{"pandas", []int{2, 1, 1}, "3.11"},
	{"pandas", []int{2, 2, 3}, "3.12"},
	{"scipy", []int{1, 9, 2}, "3.10"},
	{"scipy", []int{1, 11, 3}, "3.11"},
	{"scipy", []int{1, 14, 1}, "3.12"},
	{"psycopg2-binary", []int{2, 9, 5}, "3.10"},
	{"psycopg2-binary", []int{2, 9, 9}, "3.11"},
	{"psycopg2-binary", []int{2, 9, 10}, "3.12"},
	{"sqlalchemy", []int{1, 4}, "3.9"},
	{"greenlet", []int{2}, "3.10"},
	{"greenlet", []int{3}, "3.11"},
	{"greenlet", []int{3, 1}, "3.12"},
	{"django", []int{4, 0}, "3.10"},
	{"django", []int{4, 2}, "3.11"},
	{"werkzeug", []int{1}, "3.9"},
	{"jinja2", []int{2, 11}, "3.9"},
	{"markupsafe", []int{2}, "3.9"},
	{"pydantic-core", []int{2, 20}, "3.12"},
	{"pydantic", []int{1, 10}, "3.10"},
	{"cffi", []int{1, 15, 1}, "3.10"},
	{"cffi", []int{1, 16}, "3.11"},
	{"cffi", []int{1, 17}, "3.12"},
	{"pillow", []int{9, 3}, "3.10"},
	{"pillow", []int{10, 1}, "3.11"},
	{"pillow", []int{10, 4}, "3.12"},
	{"pyyaml", []int{6}, "3.9"},
	{"pyyaml", []int{6, 0, 1}, "3.11"},
	{"pyyaml", []int{6, 0, 2}, "3.12"},
	{"aiohttp", []int{3, 8}, "3.10"},
	{"aiohttp", []int{3, 9}, "3.11"},
	{"aiohttp", []int{3, 10, 6}, "3.12"},
	{"asyncpg", []int{0, 29}, "3.11"},
	{"asyncpg", []int{0, 30}, "3.12"},
	{"lxml", []int{4, 9, 3}, "3.11"},
	{"lxml", []int{5, 3}, "3.12"},
	{"eventlet", []int{0, 35}, "3.11"},
	{"gevent", []int{23}, "3.11"},
	{"gevent", []int{24, 10}, "3.12"},
}

var pinned = lazyregexp.New(`^===?\s*(\d+(?:\.\d+)*)`)

// pythonLimit is the newest Python that the pinned packages bear, or empty.
func pythonLimit(needs *requirements) (string, Evidence) {
	var limit string
	var why Evidence
	if needs == nil {
		return "", why
	}
	for _, old := range oldPython {
		match := pinned.FindStringSubmatch(needs.versions[old.name])
		if match == nil || !less(numbers(match[1]), old.below) || limit != "" && minor(old.python) >= minor(limit) {
			continue
		}
		limit = old.python
		why = tree.At(needs.manifest, needs.lines[old.name], fmt.Sprintf("%s %s works up to Python %s", old.name, match[1], old.python))
	}
	return limit, why
}
