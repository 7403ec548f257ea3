package python

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/python/pip"
	"github.com/devup-cli/devup/internal/stack/versions"
	"github.com/devup-cli/devup/internal/tree"
)

// companion is a package below a version that fails with newer releases of another one,
// although its own metadata admits them.
type companion struct {
	name  string
	below []int  // nil for all versions
	needs string // of the other one: "werkzeug<3"; or one that it imports and does not require
	in    string // packages that bring the other one, of which there must be one; empty where the package itself does
}

// companions are told to pip where the list leaves the version of the other one open, as
// lists that people write by hand do.
var companions = []companion{
	{"flask", []int{2, 0}, "jinja2<3.1", ""}, // jinja2.escape
	{"flask", []int{2, 0}, "werkzeug<2.1", ""},
	{"flask", []int{2, 0}, "itsdangerous<2.1", ""},
	{"flask", []int{2, 0}, "markupsafe<2.1", ""},
	{"flask-login", []int{0, 6}, "werkzeug<2.1", ""}, // safe_str_cmp
	{"flask", []int{2, 3}, "werkzeug<3", ""},         // werkzeug.urls.url_quote
	{"flask-login", []int{0, 6, 3}, "werkzeug<3", ""},
	{"flask-restplus", nil, "werkzeug<1", ""},
	{"flask-sqlalchemy", []int{3, 0}, "sqlalchemy<2", ""}, // sqlalchemy.__all__
	{"flask-socketio", []int{5, 0}, "python-socketio<5", ""},
	{"flask-socketio", []int{5, 0}, "python-engineio<4", ""},
	{"jinja2", []int{3, 0}, "markupsafe<2.1", ""}, // markupsafe.soft_unicode
	{"databases", []int{0, 8}, "sqlalchemy<2", ""},
	{"pandas", []int{2, 2, 2}, "numpy<2", ""},
	{"matplotlib", []int{3, 8, 4}, "numpy<2", ""},
	{"opencv-python", []int{4, 10}, "numpy<2", ""},
	{"scikit-learn", []int{1, 4, 2}, "numpy<2", ""},
	{"pyarrow", []int{16, 1}, "numpy<2", ""},
	{"openai", []int{1, 55, 3}, "httpx<0.28", ""}, // proxies of httpx.Client
	{"anthropic", []int{0, 40}, "httpx<0.28", ""},
	{"gradio", []int{5, 0}, "huggingface-hub<1", ""},
	{"streamlit", []int{1, 22}, "altair<5", ""},
	{"streamlit", []int{1, 12}, "protobuf<4", ""},
	{"djangorestframework-simplejwt", []int{5, 3, 1}, "setuptools<81", ""}, // pkg_resources
	{"apscheduler", []int{3, 11}, "setuptools<81", ""},
	{"drf-yasg", []int{1, 21, 8}, "setuptools<81", ""},
	{"celery", []int{5, 5}, "kombu<5.5", ""},          // newer ones ask for redis 6.1
	{"celery", nil, "packaging", ""},                  // kombu 5.7 imports it for Redis and does not require it
	{"psycopg2", nil, "sqlalchemy<2.1", bringAlchemy}, // whose postgresql:// is psycopg 3
	{"psycopg2-binary", nil, "sqlalchemy<2.1", bringAlchemy},
	{"pymysql", nil, "cryptography", ""}, // for the passwords of MySQL 8
	{"aiomysql", nil, "cryptography", ""},
	{"flask-mysql", nil, "cryptography", ""},
	{"passlib", nil, "bcrypt<5", ""}, // its test password is longer than bcrypt takes
}

// bringAlchemy are packages that bring SQLAlchemy.
const bringAlchemy = "sqlalchemy sqlmodel flask-sqlalchemy flask-migrate flask-alembic alembic flask-appbuilder geoalchemy2"

// builders are packages below a version that do not build with newer releases of what
// builds them.
var builders = []companion{
	{"celery", []int{4, 0}, "setuptools<58", ""}, // use_2to3 in setup.py
	{"kombu", []int{4, 0}, "setuptools<58", ""},
	{"billiard", []int{3, 5}, "setuptools<58", ""},
	{"mongoengine", []int{0, 20}, "setuptools<58", ""},
	{"anyjson", nil, "setuptools<58", ""},
	{"demjson", nil, "setuptools<58", ""},
	{"suds-jurko", nil, "setuptools<58", ""},
	{"pyvcf", nil, "setuptools<58", ""},
	{"django-celery", nil, "setuptools<58", ""},
	{"pyyaml", []int{6, 0, 1}, "cython<3", ""}, // cython_sources; only without a wheel
}

// holds says whether what the companion says is so for what is installed. Where no version
// is known the newest is.
func (c companion) holds(needs *pip.Requirements, locked pip.Lock) bool {
	if !needs.Needs(c.name) && locked.Versions[c.name] == "" || c.in != "" && !needs.Needs(strings.Fields(c.in)...) {
		return false
	}
	if c.below == nil {
		return true
	}
	version := pip.PinnedVersion(needs, locked, c.name)
	return version != "" && versions.Less(versions.Numbers(version), c.below)
}

// accompany adds what keeps the packages of a list that no tool locked working together.
func accompany(a *stack.App, needs *pip.Requirements) {
	locked := pip.LockOf(a.Tree, needs)
	limitBuilders(a, needs, locked)
	var added []string
	for _, c := range companions {
		other, bound, limits := strings.Cut(c.needs, "<")
		if locked.Manager != "" && (limits || locked.Versions[other] != "") {
			continue // the lock file decides the versions
		}
		if c.name == "passlib" && !needs.Needs("bcrypt") && !strings.Contains(needs.Extras["passlib"], "bcrypt") {
			continue
		}
		if c.holds(needs, locked) && !isLimited(needs, other, bound) && !slices.ContainsFunc(added, func(name string) bool { return name == other || strings.HasPrefix(name, other+"<") }) {
			added = append(added, c.needs)
		}
	}
	if a.Packages.Manifest != "" && !strings.HasSuffix(a.Packages.Manifest, ".txt") {
		added = driverFor(needs, added)
	}
	if len(added) == 0 {
		return
	}
	a.Packages.Missing = append(a.Packages.Missing, added...)
	slices.Sort(a.Packages.Missing)
	why := tree.Evidence{Text: "the list of packages "}
	if a.Packages.Manifest != "" {
		why = tree.At(path.Join(a.Dir, a.Packages.Manifest), 0, "")
	}
	why.Text += "leaves open what its packages need: " + strings.Join(added, ", ")
	a.Note(why)
}

// limitBuilders keeps what builds packages of a list from source at versions that can.
func limitBuilders(a *stack.App, needs *pip.Requirements, locked pip.Lock) {
	for _, b := range builders {
		wheel := b.name == "pyyaml" && pip.HasWheel(b.name, pip.PinnedVersion(needs, locked, b.name), a.Runtime.Version)
		if b.holds(needs, locked) && !wheel && !slices.Contains(a.Packages.Builders, b.needs) {
			a.Packages.Builders = append(a.Packages.Builders, b.needs)
		}
	}
}

var lowest = lazyregexp.New(`>=?\s*([\d.]+)`)

// isLimited says whether a list decides itself which versions of a package there may be, of those
// below a bound, or without one whether it asks for it.
func isLimited(needs *pip.Requirements, name, bound string) bool {
	if bound == "" {
		return needs.Needs(name)
	}
	version := needs.Versions[name]
	if strings.ContainsAny(version, "<~") || strings.Contains(version, "==") {
		return true
	}
	low := lowest.FindStringSubmatch(version)
	return low != nil && !versions.Less(versions.Numbers(low[1]), versions.Numbers(bound))
}

// driverFor gives what helps a list that a tool resolves to the newest versions, which pip must
// not contradict: no limit, but the driver that SQLAlchemy 2.1 takes for postgresql://.
func driverFor(needs *pip.Requirements, added []string) []string {
	driver := slices.Contains(added, "sqlalchemy<2.1") && !needs.Needs("psycopg", "psycopg-binary")
	added = slices.DeleteFunc(added, func(name string) bool { return strings.Contains(name, "<") })
	if driver {
		added = append(added, "psycopg[binary]")
	}
	return added
}
