package pip

import (
	"fmt"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack/versions"
	"github.com/devup-cli/devup/internal/tree"
)

type oldPackage struct {
	name   string
	below  []int
	python string // the newest that it works with
}

// oldPython are packages below a version that have no wheels for newer Pythons, or that
// newer Pythons break.
var oldPython = []oldPackage{
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
	{"pytz", []int{2018}, "3.9"}, // collections.Mapping
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
	{"django", []int{2, 0}, "3.7"},
	{"django", []int{3, 1}, "3.9"},
	{"sqlalchemy", []int{2, 0, 31}, "3.12"}, // typing of 3.13
	{"pydantic", []int{1, 10, 17}, "3.11"},  // ForwardRef._evaluate of 3.12.4
	{"pydantic", []int{2, 8}, "3.12"},       // by its pydantic-core
	{"psycopg-binary", []int{3, 1, 10}, "3.11"},
	{"psycopg-binary", []int{3, 2, 2}, "3.12"},
	{"mysqlclient", []int{2, 1}, "3.10"},
	{"werkzeug", []int{2, 0}, "3.10"},
	{"flask", []int{1, 0}, "3.9"}, // collections.MutableMapping
	{"flask", []int{1, 1, 3}, "3.10"},
	{"celery", []int{4, 3}, "3.6"}, // a module called async
	{"celery", []int{5, 0}, "3.9"},
	{"tornado", []int{5, 0}, "3.6"},
	{"tornado", []int{6, 1}, "3.9"},
	{"grpcio", []int{1, 49}, "3.10"},
	{"grpcio", []int{1, 58}, "3.11"},
	{"grpcio", []int{1, 66, 2}, "3.12"},
	{"orjson", []int{3, 8}, "3.10"},
	{"orjson", []int{3, 9, 3}, "3.11"},
	{"orjson", []int{3, 10, 6}, "3.12"},
	{"matplotlib", []int{3, 6}, "3.10"},
	{"matplotlib", []int{3, 8}, "3.11"},
	{"matplotlib", []int{3, 9, 2}, "3.12"},
	{"scikit-learn", []int{1, 1, 3}, "3.10"},
	{"scikit-learn", []int{1, 3, 1}, "3.11"},
	{"scikit-learn", []int{1, 5, 2}, "3.12"},
	{"pyarrow", []int{10}, "3.10"},
	{"pyarrow", []int{14}, "3.11"},
	{"pyarrow", []int{17}, "3.12"},
	{"tensorflow", []int{2, 8}, "3.9"},
	{"tensorflow", []int{2, 12}, "3.10"},
	{"tensorflow", []int{2, 16}, "3.11"},
	{"tensorflow", []int{2, 20}, "3.12"},
	{"torch", []int{1, 13}, "3.10"},
	{"torch", []int{2, 2}, "3.11"},
	{"torch", []int{2, 5}, "3.12"},
	{"httptools", []int{0, 5}, "3.10"},
	{"httptools", []int{0, 6}, "3.11"},
	{"httptools", []int{0, 6, 2}, "3.12"},
	{"uvloop", []int{0, 17}, "3.10"},
	{"uvloop", []int{0, 18}, "3.11"},
	{"uvloop", []int{0, 21}, "3.12"},
	{"multidict", []int{6, 0, 3}, "3.10"},
	{"yarl", []int{1, 8, 2}, "3.10"},
	{"frozenlist", []int{1, 3, 2}, "3.10"},
	{"wrapt", []int{1, 14}, "3.10"},
	{"wrapt", []int{1, 15}, "3.10"},
	{"regex", []int{2022, 9}, "3.10"},
	{"tiktoken", []int{0, 5, 2}, "3.11"},
	{"tiktoken", []int{0, 8}, "3.12"},
	{"tokenizers", []int{0, 13, 2}, "3.10"},
	{"tokenizers", []int{0, 15}, "3.11"},
	{"shapely", []int{2, 0}, "3.10"},
	{"shapely", []int{2, 0, 2}, "3.11"},
	{"shapely", []int{2, 0, 6}, "3.12"},
}

// pinned is a version, or the first one of those that a compatible release may have.
var pinned = lazyregexp.New(`^(?:===?\s*(\d+(?:\.\d+)*)|~=\s*(\d+\.\d+\.\d+))`)

// PinnedVersion is the exact version of a package that is installed: that of the lock file,
// else the one that the list pins. It is empty where neither says one.
func PinnedVersion(needs *Requirements, locked Lock, name string) string {
	if version := locked.Versions[name]; version != "" {
		return version
	}
	if match := pinned.FindStringSubmatch(needs.Versions[name]); match != nil {
		return match[1] + match[2]
	}
	return ""
}

// LimitOf is the newest Python that the pinned packages work with, or empty.
func LimitOf(needs *Requirements, locked Lock) (string, tree.Evidence) {
	var limit string
	var why tree.Evidence
	if needs == nil {
		return "", why
	}
	for _, old := range oldPython {
		version := PinnedVersion(needs, locked, old.name)
		if version == "" || !versions.Less(versions.Numbers(version), old.below) || limit != "" && versions.Minor(old.python) >= versions.Minor(limit) {
			continue
		}
		limit = old.python
		file, line := needs.Manifest, needs.Lines[old.name]
		if locked.Versions[old.name] != "" {
			file, line = locked.file, 0
		}
		why = tree.At(file, line, fmt.Sprintf("%s %s works up to Python %s", old.name, version, old.python))
	}
	return limit, why
}

// HasWheel says whether a package has a wheel for a version of Python as far as the table of
// old packages knows.
func HasWheel(name, version, python string) bool {
	for _, old := range oldPython {
		if old.name == name && version != "" && versions.Less(versions.Numbers(version), old.below) && versions.Minor(old.python) < versions.Minor(python) {
			return false
		}
	}
	return true
}
