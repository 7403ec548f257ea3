package egress

import (
	"encoding/json"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/untrusted"
)

// registryFiles are the files of a project that name registries, each with what finds their
// addresses in its text. A file may be matched by one pattern only.
var registryFiles = []struct {
	pattern string
	limit   int64
	find    func(text []byte) []string
}{
	{".npmrc", untrusted.MaxText, ofNPMRC},
	{".yarnrc", untrusted.MaxText, quotedAfter(`registry"?`)},
	{".yarnrc.yml", untrusted.MaxText, quotedAfter(`npmRegistryServer\s*:`)},
	{"bunfig.toml", untrusted.MaxText, everyAddress},
	{"package.json", untrusted.MaxText, ofPublishConfig},
	{"package-lock.json", untrusted.MaxLock, quotedAfter(`"resolved"\s*:`)},
	{"npm-shrinkwrap.json", untrusted.MaxLock, quotedAfter(`"resolved"\s*:`)},
	{"yarn.lock", untrusted.MaxLock, quotedAfter(`resolved`)},
	{"pnpm-lock.yaml", untrusted.MaxLock, quotedAfter(`tarball:`)},
	{"bun.lock", untrusted.MaxLock, everyAddress},
	{"requirements*.txt", untrusted.MaxText, everyAddress},
	{"requirements/*.txt", untrusted.MaxText, everyAddress},
	{"constraints*.txt", untrusted.MaxText, everyAddress},
	{"pip.conf", untrusted.MaxText, everyAddress},
	{"pyproject.toml", untrusted.MaxText, ofPyproject},
	{"poetry.toml", untrusted.MaxText, everyAddress},
	{"uv.toml", untrusted.MaxText, everyAddress},
	{"Pipfile", untrusted.MaxText, everyAddress},
	{"uv.lock", untrusted.MaxLock, quotedAfter(`(?:registry|url)\s*=`)},
	{"poetry.lock", untrusted.MaxLock, quotedAfter(`url\s*=`)},
	{"pdm.lock", untrusted.MaxLock, quotedAfter(`url\s*=`)},
	{"Pipfile.lock", untrusted.MaxLock, quotedAfter(`"url"\s*:`)},
}

// explicit are the files that choose registries, where the others show which were used.
var explicit = []string{".npmrc", ".yarnrc", ".yarnrc.yml", "bunfig.toml"}

// publicHosts serve everyone without a login. That a lock file names one is no reason to
// hand over a token for it, which is there to publish.
var publicHosts = []string{"registry.npmjs.org", "registry.yarnpkg.com", "pypi.org", "files.pythonhosted.org", "index.crates.io", "repo.maven.apache.org", "proxy.golang.org"}

// namedIn reports of a registry whether the files in the directories name it. They are read
// at the first question. What cannot be read names nothing.
func namedIn(dirs []fs.FS) func(registry string) bool {
	var addresses []string
	read := false
	return func(registry string) bool {
		if !read {
			read = true
			for _, dir := range dirs {
				addresses = append(addresses, namedBy(dir)...)
			}
		}
		return slices.ContainsFunc(addresses, func(address string) bool { return covers(registry, address) })
	}
}

// namedBy are the addresses of registries that the files of a directory name, each once.
func namedBy(dir fs.FS) []string {
	seen := map[string]bool{}
	var addresses []string
	for _, kind := range registryFiles {
		names, _ := fs.Glob(dir, kind.pattern) // the patterns are right
		for _, name := range names {
			text, err := untrusted.ReadFileFS(dir, name, kind.limit)
			if err != nil {
				continue
			}
			chosen := slices.Contains(explicit, path.Base(name))
			for _, address := range kind.find(text) {
				public, _ := withoutUser(address)
				at := location(public)
				host, _, _ := strings.Cut(at, "/")
				if !seen[at] && (chosen || !slices.Contains(publicHosts, host)) {
					seen[at] = true
					addresses = append(addresses, at)
				}
			}
		}
	}
	return addresses
}

var addressPattern = lazyregexp.New(`https?://[^\s"'<>,\]}]+`)

func everyAddress(text []byte) []string {
	return addressPattern.FindAllString(string(text), -1)
}

// quotedAfter finds the addresses that come after a key.
func quotedAfter(key string) func(text []byte) []string {
	pattern := lazyregexp.New(key + `\s*["']?(https?://[^\s"',}]+)`)
	return func(text []byte) []string {
		var addresses []string
		for _, found := range pattern.FindAllStringSubmatch(string(text), -1) {
			addresses = append(addresses, found[1])
		}
		return addresses
	}
}

func ofNPMRC(text []byte) []string {
	var addresses []string
	for _, line := range parseNPM(text) {
		if line.key == "registry" || strings.HasSuffix(line.key, ":registry") {
			addresses = append(addresses, line.value)
		}
	}
	return addresses
}

func ofPublishConfig(text []byte) []string {
	var manifest struct {
		PublishConfig map[string]any `json:"publishConfig"`
	}
	if json.Unmarshal(text, &manifest) != nil {
		return nil
	}
	var addresses []string
	for key, value := range manifest.PublishConfig {
		if address, ok := value.(string); ok && (key == "registry" || strings.HasSuffix(key, ":registry")) {
			addresses = append(addresses, address)
		}
	}
	return addresses
}

var pageOfProject = lazyregexp.New(`(?i)^\s*"?(homepage|repository|documentation|changelog|issues|source)"?\s*=`)

// ofPyproject finds the addresses in the sections of tools, apart from the project's pages.
func ofPyproject(text []byte) []string {
	var addresses []string
	tools := false
	for line := range strings.Lines(string(text)) {
		if header := strings.TrimLeft(line, " \t["); strings.HasPrefix(strings.TrimSpace(line), "[") && !strings.Contains(line, "://") {
			tools = strings.HasPrefix(header, "tool.") && !strings.HasPrefix(header, "tool.poetry.urls")
		}
		if tools && !pageOfProject.MatchString(line) {
			addresses = append(addresses, everyAddress([]byte(line))...)
		}
	}
	return addresses
}
