package pip

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// library is what a package of Python needs of Debian.
type library struct {
	build string // to compile it, besides a compiler
	run   string // when it runs
	// compiled says when it is compiled: always, or where no wheel fits.
	compiled compilation
}

type compilation int

const (
	never     compilation = iota // it only loads libraries
	always                       // it has no wheels for Linux
	sometimes                    // where there is no wheel for its version and that of Python
)

// libraries are packages of Python that need more than pip gets them, by the names of Debian 12.
var libraries = map[string]library{
	// databases
	"mysqlclient":   {"default-libmysqlclient-dev pkg-config", "libmariadb3", always},
	"flask-mysqldb": {"default-libmysqlclient-dev pkg-config", "libmariadb3", always}, // by mysqlclient
	"mariadb":       {"libmariadb-dev", "libmariadb3", always},
	"psycopg2":      {"libpq-dev", "libpq5", always},
	"psycopg-c":     {"libpq-dev", "libpq5", always},
	"psycopg":       {"", "libpq5", never}, // unless an extra brings it: bundled
	"pymssql":       {"freetds-dev libkrb5-dev", "", sometimes},
	"pyodbc":        {"unixodbc-dev", "unixodbc", sometimes},
	"pylibmc":       {"libmemcached-dev zlib1g-dev", "libmemcached11", sometimes},
	"gdal":          {"libgdal-dev", "gdal-bin libgdal32", always},
	"django-gis":    {"", "gdal-bin libgdal32 libgeos-c1v5 libproj25", never}, // django.contrib.gis
	// directories, signatures, networks
	"python-ldap": {"libldap-dev libsasl2-dev", "libldap-2.5-0 libsasl2-2", always},
	"xmlsec":      {"libxml2-dev libxmlsec1-dev libxmlsec1-openssl pkg-config", "libxmlsec1-openssl", always},
	"pycurl":      {"libcurl4-openssl-dev libssl-dev", "libcurl4", sometimes},
	"gssapi":      {"libkrb5-dev", "libgssapi-krb5-2", always},
	"pycrypto":    {"", "", always},
	"netifaces":   {"", "", always},
	"uwsgi":       {"", "", always},
	"m2crypto":    {"libssl-dev swig", "", always},
	// images, documents, sound
	"opencv-python":         {"", "libgl1 libglib2.0-0", never},
	"opencv-contrib-python": {"", "libgl1 libglib2.0-0", never},
	"pycairo":               {"libcairo2-dev pkg-config", "libcairo2", always},
	"cairocffi":             {"libffi-dev", "libcairo2", never},
	"cairosvg":              {"", "libcairo2", never},
	"weasyprint":            {"", "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libjpeg62-turbo libopenjp2-7 fonts-dejavu-core", never},
	"xhtml2pdf":             {"libcairo2-dev pkg-config", "libcairo2", always}, // by pycairo
	"pygraphviz":            {"libgraphviz-dev pkg-config", "graphviz", always},
	"graphviz":              {"", "graphviz", never},
	"pydot":                 {"", "graphviz", never},
	"python-magic":          {"", "libmagic1", never},
	"pytesseract":           {"", "tesseract-ocr", never},
	"pdf2image":             {"", "poppler-utils", never},
	"pdfkit":                {"", "wkhtmltopdf", never},
	"imgkit":                {"", "wkhtmltopdf", never},
	"wand":                  {"", "libmagickwand-6.q16-6", never},
	"pyzbar":                {"", "libzbar0", never},
	"pydub":                 {"", "ffmpeg", never},
	"ffmpeg-python":         {"", "ffmpeg", never},
	"openai-whisper":        {"", "ffmpeg", never},
	"pyaudio":               {"portaudio19-dev", "libportaudio2", always},
	"sounddevice":           {"", "libportaudio2", never},
	"lxml":                  {"libxml2-dev libxslt1-dev", "libxml2 libxslt1.1", sometimes},
	"pillow":                {"libjpeg62-turbo-dev zlib1g-dev libfreetype-dev", "libjpeg62-turbo libfreetype6", sometimes},
	// numbers, texts, tools
	"dlib":             {"cmake", "", always},
	"face-recognition": {"cmake", "", always}, // by dlib
	"pyicu":            {"libicu-dev pkg-config", "libicu72", always},
	"llama-cpp-python": {"cmake", "libgomp1", always},
	"lightgbm":         {"", "libgomp1", never},
	"fasttext":         {"", "", always},
	"gitpython":        {"", "git", never},
	"cffi":             {"libffi-dev", "", sometimes},
	"cryptography":     {"libffi-dev libssl-dev pkg-config", "", sometimes},
	"scipy":            {"gfortran libopenblas-dev pkg-config", "libopenblas0-pthread", sometimes},
	"pyyaml":           {"libyaml-dev", "", sometimes},
	"psutil":           {"", "", sometimes},
	"gevent":           {"libffi-dev", "", sometimes},
}

// System sets the packages of Debian that those of Python need: to be compiled, and to run.
func System(a *stack.App) {
	needs := Installed(a)
	locked := LockOf(a.Tree, needs)
	fits := func(name string) bool { return HasWheel(name, PinnedVersion(needs, locked, name), a.Runtime.Version) }
	compiler := slices.ContainsFunc(oldPython, func(old oldPackage) bool { return !fits(old.name) })
	var build, run []string
	for name, library := range libraries {
		if !needs.Needs(name) && locked.Versions[name] == "" || name == "psycopg" && bundled(needs, locked) {
			continue
		}
		compiled := library.compiled == always || library.compiled == sometimes && !fits(name)
		if compiled {
			compiler = true
			build = append(build, strings.Fields(library.build)...)
		}
		if compiled || library.compiled == never || name == "pyodbc" { // the wheels of others hold the libraries
			run = append(run, strings.Fields(library.run)...)
		}
	}
	if path.Base(a.Entry) == "manage.py" && slices.ContainsFunc(a.Sources, usesGIS) {
		run = append(run, strings.Fields(libraries["django-gis"].run)...)
	}
	if slices.ContainsFunc(a.Sources, func(s tree.File) bool { return importsTk.MatchString(s.Text) }) {
		run = append(run, "libtk8.6")
	}
	if compiler {
		build = append(build, "build-essential")
	}
	if needs.git {
		build = append(build, "git")
	}
	a.Packages.Build, a.Packages.Run = sorted(build), sorted(run)
}

// Installed are the packages that the list asks for, and those that it lacks.
func Installed(a *stack.App) *Requirements {
	needs := Read(a.Tree, a.Dir)
	if needs == nil {
		needs = &Requirements{Versions: map[string]string{}, Extras: map[string]string{}, Lines: map[string]int{}}
	}
	for _, name := range a.Packages.Missing {
		if match := RequirementLine.FindStringSubmatch(name); match != nil {
			needs.Add(match[1], match[2], "", 0)
		}
	}
	return needs
}

// bundled says whether psycopg is installed with libpq, or compiled against it.
func bundled(needs *Requirements, locked Lock) bool {
	return strings.Contains(needs.Extras["psycopg"], "binary") || needs.Needs("psycopg-binary") || locked.Versions["psycopg-binary"] != ""
}

func sorted(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// importsTk matches what loads Tk, which Python's slim images lack. Editors add such lines by
// themselves: `from turtle import title`.
var importsTk = lazyregexp.New(`(?m)^(?:from|import)[ \t]+(?:tkinter|turtle)\b`)

func usesGIS(source tree.File) bool { return strings.Contains(source.Text, "django.contrib.gis") }
