package python

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/stack/python/pip"
)

// TestSystem: the packages of Debian that those of Python need, to be compiled and to run.
func TestSystem(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, files, python, build, run string }{
		{"nothing", "flask\n", "3.13", "", ""},
		{"a client of MySQL", "flask\nmysqlclient==2.2.7\n", "3.13", "build-essential default-libmysqlclient-dev pkg-config", "libmariadb3"},
		{"a client of MySQL by an extension", "flask-mysqldb\n", "3.13", "build-essential default-libmysqlclient-dev pkg-config", "libmariadb3"},
		{"Tk, by an import", "flask\n-- x.py --\nfrom turtle import title\n", "3.13", "", "libtk8.6"},
		{"psycopg2", "psycopg2==2.9.9\n", "3.8", "build-essential libpq-dev", "libpq5"},
		{"psycopg2 with its library", "psycopg2-binary\n", "3.13", "", ""},
		{"psycopg", "psycopg==3.1.18\n", "3.13", "", "libpq5"},
		{"psycopg with its library", "psycopg[binary,pool]\n", "3.13", "", ""},
		{"psycopg with its library by name", "psycopg\npsycopg-binary\n", "3.13", "", ""},
		{"lxml with a wheel", "lxml==4.9.2\n", "3.11", "", ""},
		{"lxml without a wheel", "lxml==4.9.2\n", "3.12", "build-essential libxml2-dev libxslt1-dev", "libxml2 libxslt1.1"},
		{"a package without a wheel", "numpy==1.19.5\n", "3.12", "build-essential", ""},
		{"libraries that are loaded", "opencv-python\npython_magic\n", "3.13", "", "libgl1 libglib2.0-0 libmagic1"},
		{"directories and images", "python-ldap\npycairo\n", "3.13", "build-essential libcairo2-dev libldap-dev libsasl2-dev pkg-config", "libcairo2 libldap-2.5-0 libsasl2-2"},
		{"a package from git", "x @ git+https://example.com/x\n", "3.13", "git", ""},
		{"GeoDjango", "django\n-- manage.py --\nDJANGO_SETTINGS_MODULE\n-- s/settings.py --\n'django.contrib.gis'\n", "3.13", "", "gdal-bin libgdal32 libgeos-c1v5 libproj25"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := appIn(t, "-- app.py --\napp = Flask(1)\n-- requirements.txt --\n"+test.files, ".")
			if strings.Contains(test.files, "manage.py") {
				a.Entry = "manage.py"
			}
			a.Runtime.Version = test.python
			pip.System(a)
			if build, run := strings.Join(a.Packages.Build, " "), strings.Join(a.Packages.Run, " "); build != test.build || run != test.run {
				t.Errorf("build %q, run %q; want %q, %q", build, run, test.build, test.run)
			}
		})
	}
}

// TestAccompanyResolved: a tool that resolves a list takes the newest SQLAlchemy, so that the
// driver of that one is added, and no version is forbidden.
func TestAccompanyResolved(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, files, missing string }{
		{"unlocked", "-- pyproject.toml --\n[project]\ndependencies = [\"flask\", \"sqlalchemy\", \"psycopg2-binary\", \"passlib[bcrypt]\"]\n", "psycopg[binary]"},
		{"unlocked, with both drivers", "-- pyproject.toml --\n[project]\ndependencies = [\"flask\", \"sqlalchemy\", \"psycopg2-binary\", \"psycopg[binary]\"]\n", ""},
		{"unlocked, without the driver", "-- pyproject.toml --\n[project]\ndependencies = [\"flask\", \"pymysql\"]\n", "cryptography"},
		{"locked", "-- Pipfile --\n[packages]\nflask = \"*\"\nsqlalchemy = \"*\"\npsycopg2 = \"*\"\n-- Pipfile.lock --\n{\"default\": {\"flask\": {\"version\": \"==2.3\"}, \"sqlalchemy\": {\"version\": \"==2.0.1\"}, \"psycopg2\": {\"version\": \"==2.9\"}}}\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := appIn(t, test.files+"-- app.py --\nfrom flask import Flask\napp = Flask(1)\n", ".")
			accompany(a, pip.Read(a.Tree, "."))
			if missing := strings.Join(a.Packages.Missing, " "); missing != test.missing {
				t.Errorf("missing %q, want %q", missing, test.missing)
			}
		})
	}
}

// TestAccompany: what pip is told besides the list, so that old packages fit together.
func TestAccompany(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, list, missing, builders string }{
		{"nothing", "flask\n", "", ""},
		{"Flask 1", "flask==1.1.2\n", "itsdangerous<2.1 jinja2<3.1 markupsafe<2.1 werkzeug<2.1", ""},
		{"Flask 1, all pinned", "flask==1.1.2\nitsdangerous==1.1\njinja2==2.11\nmarkupsafe==1.1\nwerkzeug==1.0\n", "", ""},
		{"Flask 2.2", "flask==2.2.2\nwerkzeug\n", "werkzeug<3", ""},
		{"Flask-Login 0.5", "flask==2.0.2\nFlask-Login==0.5.0\n", "werkzeug<2.1", ""},
		{"an extension", "flask\nflask-sqlalchemy==2.5.1\n", "sqlalchemy<2", ""},
		{"an extension that says it", "flask\nflask-sqlalchemy==2.5.1\nsqlalchemy<2\n", "", ""},
		{"PostgreSQL by SQLAlchemy", "flask-sqlalchemy==3.1.1\npsycopg2-binary==2.9.9\n", "sqlalchemy<2.1", ""},
		{"PostgreSQL by SQLAlchemy from a version on", "sqlalchemy>=2.0\npsycopg2\n", "sqlalchemy<2.1", ""},
		{"PostgreSQL by a newer SQLAlchemy", "sqlalchemy>=2.1\npsycopg2\n", "", ""},
		{"PostgreSQL by SQLAlchemy, pinned", "sqlalchemy==2.0.23\npsycopg2-binary\n", "", ""},
		{"PostgreSQL without SQLAlchemy", "flask\npsycopg2-binary\n", "", ""},
		{"MySQL 8", "flask\npymysql\n", "cryptography", ""},
		{"MySQL 8, whole", "flask\npymysql\ncryptography\n", "", ""},
		{"passwords", "flask\npasslib[bcrypt]\n", "bcrypt<5", ""},
		{"passwords without bcrypt", "flask\npasslib\n", "", ""},
		{"an older queue", "flask\ncelery==5.3.4\n", "kombu<5.5 packaging", ""},
		{"a queue", "flask\ncelery\n", "packaging", ""},
		{"an older release of the queue", "flask\ncelery~=5.2.7\n", "kombu<5.5 packaging", ""},
		{"a newer one, too", "flask\ncelery~=5.2\n", "packaging", ""},
		{"2to3", "flask\ncelery==3.1.25\n", "kombu<5.5 packaging", "setuptools<58"},
		{"a package that no wheel fits", "flask\nPyYAML==5.4.1\n", "", "cython<3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := appIn(t, "-- app.py --\napp = Flask(1)\n-- requirements.txt --\n"+test.list, ".")
			a.Runtime.Version = "3.11"
			accompany(a, pip.Read(a.Tree, "."))
			if missing, builders := strings.Join(a.Packages.Missing, " "), strings.Join(a.Packages.Builders, " "); missing != test.missing || builders != test.builders {
				t.Errorf("missing %q, builders %q; want %q, %q", missing, builders, test.missing, test.builders)
			}
		})
	}
}
