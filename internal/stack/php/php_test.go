package php

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

func app(t *testing.T, files map[string]string) *stack.App {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	walked, err := tree.Walk(fsys, tree.Files{Interesting: func(string) bool { return true }, Manifest: func(string) bool { return false }})
	if err != nil {
		t.Fatal(err)
	}
	return &stack.App{Tree: walked, Service: stack.Service{Dir: "."}}
}

// TestVersion: the newest PHP that the list of packages admits, and that the framework runs on.
func TestVersion(t *testing.T) {
	t.Parallel()
	for manifest, want := range map[string]string{
		`{"require":{"php":"^8.2"}}`:                                    "8.4",
		`{"require":{"php":">=7.1 <8.3"}}`:                              "8.2",
		`{"require":{"php":"^7.3|^8.0","laravel/framework":"^8.75"}}`:   "8.1",
		`{"require":{"php":"^7.2.5","laravel/framework":"^7.29"}}`:      "7.4",
		`{"require":{"laravel/framework":"^10.0"}}`:                     "8.3",
		`{"require":{"php":["broken"],"symfony/framework-bundle":"5"}}`: "8.2",
		`{`: "8.4",
	} {
		if got, _ := version(app(t, map[string]string{"composer.json": manifest})); got != want {
			t.Errorf("%s: PHP %s, want %s", manifest, got, want)
		}
	}
}

// TestExtensions: what the official image lacks, by packages, sources and env files.
func TestExtensions(t *testing.T) {
	t.Parallel()
	a := app(t, map[string]string{
		"composer.json":       `{"require":{"ext-json":"*","ext-intl":"*","ext-x$(id)":"*"}}`,
		"composer.lock":       `{"packages":[{"require":{"ext-gd":"*"}}]}`,
		"db.php":              `<?php $db = new mysqli("db"); $other = new PDO("mysql:host=db");`,
		".env.example":        "DATABASE_URL=postgresql://db/app\n",
		"tests/memcached.php": `<?php new Memcached();`,
	})
	readSources(a)
	got := a.Packages.System
	if want := []string{"gd", "intl", "mysqli", "pdo_mysql", "pdo_pgsql"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestUses: the variables that PHP reads; what a server fills in is none.
func TestUses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]stack.Use{
		`env('APP_KEY')`:               {Name: "APP_KEY"},
		`env("DB_HOST", "localhost")`:  {Name: "DB_HOST", Value: "localhost", Set: true},
		`env('DEBUG', (bool) false)`:   {Name: "DEBUG", Set: true},
		`getenv('MAIL_FROM') ?: 'x'`:   {Name: "MAIL_FROM"},
		`$_ENV['API_KEY'] ?? 'none'`:   {Name: "API_KEY", Value: "none", Set: true},
		`$_SERVER['REQUEST_URI']`:      {},
		`$_SERVER["DATABASE_URL"]`:     {Name: "DATABASE_URL"},
		`$request->env('X') . unset()`: {Name: "X"},
	} {
		found := append(uses(tree.File{Path: "a.php", Text: text}), stack.Use{})
		found[0].Where = tree.Evidence{}
		if got := found[0]; got.Name != want.Name || got.Value != want.Value || got.Set != want.Set {
			t.Errorf("%s: got %+v, want %+v", text, got, want)
		}
	}
}

func FuzzRequired(f *testing.F) {
	f.Add(`{"require":{"ext-intl":"*"},"packages":[{"require":{"ext-gd":"*"}}]}`)
	f.Fuzz(func(_ *testing.T, text string) { required(text) })
}

// TestSocket: where MySQL is sought by a socket file, the development server has one.
func TestSocket(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`mysqli_connect("localhost", "root", "")`:                                    true,
		`new PDO("mysql:host=localhost;dbname=a")`:                                   true,
		`$servername = "localhost"; $c = new mysqli($servername)`:                    true,
		`define('DB_NAME', 'localhost'); mysqli_connect(DB_NAME)`:                    true,
		`$db['default'] = array('hostname' => 'localhost', 'dbdriver' => 'mysqli');`: true,
		`define('DB_HOST', '127.0.0.1'); mysqli_connect(DB_HOST)`:                    false,
		`$host = "localhost"; $db = pg_connect("host=$host dbname=shop")`:            false,
	} {
		a := app(t, map[string]string{"db.php": "<?php " + text})
		a.Port.Number, a.Module = 8000, "public"
		readSources(a)
		if command := strings.Join(serve(a), " "); strings.Contains(command, "mysqli.default_socket=") != want {
			t.Errorf("%s: %s, want a socket: %v", text, command, want)
		}
	}
}

// TestCalledAs: the directory of XAMPP that pages were written in, by which they call each other.
func TestCalledAs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`<link href="/restaurant/assets/style.css">`:                    "restaurant",
		`header("Location: /restaurant/login.php");`:                    "restaurant",
		`include $_SERVER['DOCUMENT_ROOT'] . '/restaurant/login.php';`:  "restaurant",
		`$config['base_url'] = 'http://localhost:8080/crud-ci/';`:       "crud-ci",
		`define('URL_ROOT', 'http://localhost/shareposts');`:            "shareposts",
		`<link href="/assets/style.css">`:                               "",
		`<a href="/articles/42">`:                                       "",
		`$answer = file_get_contents("http://localhost:5000/predict");`: "",
	} {
		a := app(t, map[string]string{"index.php": "<?php " + text, "login.php": "<?php", "assets/style.css": "a {}"})
		a.Port.Number, a.Module = 8000, "."
		readSources(a)
		if a.Package != want || slices.Contains(serve(a), htdocs) != (want != "") {
			t.Errorf("%s: called %q by %q, want %q", text, a.Package, serve(a), want)
		}
	}
}

// TestServersOfPages: code that answers with pages.
func TestServersOfPages(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"<h1><?= $title ?></h1>": true, "return view('a')": true, "echo json_encode($x);": false} {
		if got := Language.RendersPages.MatchString(text); got != want {
			t.Errorf("%q renders: %v, want %v", text, got, want)
		}
	}
}
