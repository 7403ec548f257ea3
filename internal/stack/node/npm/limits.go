package npm

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/versions"
	"github.com/devup-cli/devup/internal/tree"
)

// nodeLimits are dependencies that a newer Node breaks, each with the version of it that no
// longer has the limit and the newest LTS line that it works with. The locked version
// counts, else the lowest of the range that package.json gives.
//
// What is built on webpack 4, or on 5 below 5.61, hashes with MD4, which the OpenSSL 3 of Node 17
// and later refuses (https://github.com/webpack/webpack/issues/14532). Node 16 runs it as
// it is; the other way, Node's --openssl-legacy-provider, is taken where the repository asks for
// a newer Node. 16 is the default because the native packages of that age have builds for it.
//
// Other sources: https://angular.dev/reference/versions,
// https://github.com/sass/node-sass#node-version-support-policy,
// https://github.com/WiseLibs/better-sqlite3/releases (issues 637, 796, 1000, 1185, 1384),
// https://github.com/TryGhost/node-sqlite3/releases, https://github.com/kelektiv/node.bcrypt.js#version-compatibility,
// https://github.com/Automattic/node-canvas/releases, https://github.com/lovell/sharp/blob/main/docs,
// https://github.com/brianc/node-postgres/issues/2180, https://github.com/laverdet/node-fibers, https://github.com/gulpjs/gulp/issues/2324.
var nodeLimits = []struct {
	dependency, below string
	node              int
	md4               bool // the reason is the hash
}{
	{"react-scripts", "5", 16, true},
	{"@vue/cli-service", "5", 16, true},
	{"webpack", "5.61", 16, true},
	{"nuxt", "3", 16, true},
	{"nuxt-edge", "3", 16, true},
	{"gatsby", "4", 16, true},
	{"next", "12", 16, true},
	{"vuepress", "2", 16, true},
	{"@quasar/app", "4", 16, true},
	{"umi", "4", 16, true},
	{"razzle", "5", 16, true},
	{"preact-cli", "4", 16, true},
	{"laravel-mix", "6", 16, true},
	{"@angular/core", "12", 14, true},
	{"@angular/core", "15", 16, true},
	{"@angular/core", "16", 18, false},
	{"@angular/core", "18", 20, false},
	{"@angular/core", "20", 22, false},
	{"parcel-bundler", "2", 16, false},
	{"gulp", "4", 10, false},
	{"node-sass", "4.12", 10, false},
	{"node-sass", "4.14", 12, false},
	{"node-sass", "6", 14, false},
	{"node-sass", "8", 16, false},
	{"node-sass", "9", 18, false},
	{"node-sass", "10", 20, false},
	{"better-sqlite3", "7.4.1", 14, false},
	{"better-sqlite3", "7.6", 16, false},
	{"better-sqlite3", "8.4", 18, false},
	{"better-sqlite3", "11", 20, false},
	{"better-sqlite3", "12.1", 22, false},
	{"sqlite3", "4.1", 10, false},
	{"sqlite3", "4.2", 12, false},
	{"sqlite3", "5", 14, false},
	{"bcrypt", "3.0.6", 10, false},
	{"bcrypt", "5", 14, false},
	{"canvas", "2.7", 12, false},
	{"canvas", "2.10", 16, false},
	{"canvas", "2.11", 18, false},
	{"canvas", "3", 20, false},
	{"sharp", "0.25", 12, false},
	{"pg", "8.0.3", 12, false}, // never answers on 14 and later
	{"grpc", "2", 14, false},
	{"fibers", "6", 14, false},
	{"strapi", "4", 14, false},
}

// nodeLimit is the newest Node that all dependencies work with, and the one that decides it.
func nodeLimit(a *stack.App, p *Manifest) (int, tree.Evidence) {
	l := lockOf(a)
	limit, why := limitOf(p, l)
	if declared := l.engineLimit(p); declared > 0 && declared < limit {
		return declared, tree.Evidence{File: p.Path, Text: fmt.Sprintf("the newest Node that all its packages declare is %d", declared)}
	}
	return limit, why
}

// lockOf is the lock file that an app's packages are installed by.
func lockOf(a *stack.App) lock {
	if a.Packages.Lock == "" || a.Packages.Stale {
		return lock{}
	}
	return readLock(a.Tree, path.Join(cmp.Or(a.Packages.Workspace, a.Dir), a.Packages.Lock))
}

func limitOf(p *Manifest, l lock) (int, tree.Evidence) {
	limit, why := versions.Major(newest), tree.Evidence{}
	for _, old := range nodeLimits {
		version := numberOf(p, l, old.dependency)
		if version == nil || old.node >= limit || !versions.Less(version, versions.Numbers(old.below)) {
			continue
		}
		limit = old.node
		name := old.dependency + " " + shown(version)
		why = p.At(old.dependency, fmt.Sprintf("%s works up to Node %d", name, old.node))
		if old.md4 && old.node == 16 {
			why.Text = name + " hashes with MD4, which Node 17 and later refuse; Node 16 chosen, the last that runs it without a flag"
		}
	}
	return limit, why
}

// needsOldOpenSSL names the dependency that hashes with MD4.
func needsOldOpenSSL(p *Manifest, l lock) (string, bool) {
	for _, old := range nodeLimits {
		if version := numberOf(p, l, old.dependency); old.md4 && old.node <= 16 && version != nil && versions.Less(version, versions.Numbers(old.below)) {
			return old.dependency + " " + shown(version), true
		}
	}
	return "", false
}

var number = lazyregexp.New(`\d+(?:\.\d+)*`)

// numberOf is the version of a dependency; nil where it is missing or says no number. Without a lock file the first number of a
// range stands for what npm would take, which is the newest within it: "^4" is of no minor version.
func numberOf(p *Manifest, l lock, name string) []int {
	wanted, asked := p.Needs(name)
	if !asked {
		return nil
	}
	locked, _ := l.seenBy(p, name)
	if locked = number.FindString(locked); locked != "" {
		return versions.Numbers(locked)
	}
	numbers := versions.Numbers(number.FindString(wanted))
	if len(numbers) == 0 || numbers[0] == 0 && len(numbers) == 1 {
		return nil
	}
	const any = 1 << 10 // the newest of what the range leaves open
	switch wanted = strings.TrimSpace(wanted); {
	case strings.HasPrefix(wanted, ">"):
		return nil // no range of old versions
	case strings.HasPrefix(wanted, "^") && numbers[0] > 0:
		return []int{numbers[0], any}
	case strings.HasPrefix(wanted, "~") && len(numbers) > 1, strings.HasPrefix(wanted, "^") && len(numbers) > 1:
		return []int{numbers[0], numbers[1], any}
	case len(numbers) == 1:
		return []int{numbers[0], any}
	}
	return numbers
}

// shown is a version with as many numbers as it has.
func shown(version []int) string {
	var parts []string
	for _, n := range version {
		if n < 1<<10 {
			parts = append(parts, strconv.Itoa(n))
		}
	}
	return strings.Join(parts, ".")
}

// engineLimit is the newest line that every package that p asks for declares; 0 where the lock
// file says nothing of that, or where none is.
func (l *lock) engineLimit(p *Manifest) int {
	newestOf := slices.IndexFunc(NodeLines, func(line string) bool {
		for _, some := range []Texts{p.Dependencies, p.DevDependencies} {
			for name := range some {
				if _, wanted := l.seenBy(p, name); aVersion.MatchString(wanted) && !versions.Satisfies(line, wanted) {
					return false
				}
			}
		}
		return true
	})
	if newestOf <= 0 {
		return 0
	}
	return versions.Major(NodeLines[newestOf])
}
