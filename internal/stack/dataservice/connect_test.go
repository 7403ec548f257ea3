package dataservice

import (
	"fmt"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/tree"
)

// TestCluesOfPHP: what code of PHP that connects says, as [TestClues] has it.
func TestCluesOfPHP(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`new PDO("mysql:host=localhost;dbname=shop;charset=utf8", "root", "")`: "mysql localhost root:/shop fixed",
		`new \PDO('pgsql:host=db;port=5432;dbname=shop', getenv('U'), 'pw')`:   "postgres db :pw/shop fixed",
		`new PDO("pgsql:host=db port=5432 dbname=shop user=me password=pw")`:   "postgres db me:pw/shop fixed",
		`new PDO('sqlite:' . __DIR__ . '/notes.db')`:                           "sqlite  :/",
		`new PDO(sprintf('pgsql:host=%s', getenv('H')), 'me', getenv('P'))`:    "postgres  me:/",
		`new PDO($unknown)`: "",
		`mysqli_connect(getenv("H") ?: "localhost", "root", "", "shop")`:                              "mysql  root:/shop",
		`$h = "localhost"; $u = "me"; $d = 'shop'; new mysqli($h, $u, $p, $d)`:                        "mysql localhost me:/shop fixed",
		`define('H', '127.0.0.1'); const N = "shop"; mysqli_connect(H, USER, "pw", N)`:                "mysql 127.0.0.1 :pw/shop fixed",
		`$dsn = "mysql:host=" . H . ";dbname=" . N; define("H", 'db'); const N = 'n'; new PDO($dsn)`:  "mysql db :/n fixed",
		`$h = $_ENV["H"] ?? "localhost"; new PDO("mysql:host=$h;dbname={$n}", "me", "pw")`:            "mysql  me:pw/",
		`private $h = 'db'; private $n = 'shop'; new PDO("mysql:host={$this->h};dbname=" . $this->n)`: "mysql db :/shop fixed",
		`class PDO {}`: "",
	} {
		if got := written(Clues(tree.File{Path: "x.php", Text: "<?php\n" + text + ";\n"}, nil)); got != want {
			t.Errorf("%s\n got %q\nwant %q", text, got, want)
		}
	}
}

// FuzzConnectClues holds the reading of arguments against any text.
func FuzzConnectClues(f *testing.F) {
	f.Add(`'hostname' => 'localhost', 'dbdriver' => 'mysqli'`)
	f.Add(`['dsn' => 'mysql:host=localhost;dbname=shop', 'username' => 'ann', 'password' => ''`)
	f.Add(`$a = "$b"; $b = '$a' . C; new PDO("mysql:host=$a", self::$b, x(")"), [1]);`)
	f.Fuzz(func(_ *testing.T, text string) {
		connectClues(tree.File{Path: "x.php", Text: text}, nil)
		arrayClues(tree.File{Path: "x.php", Text: text})
		callClues(tree.File{Path: "x.php", Text: text})
	})
}

// TestConnectCluesAreBounded: names that stand for many others end.
func TestConnectCluesAreBounded(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 9 {
		fmt.Fprintf(&text, "$n%d = \"%s\";\n", i, strings.Repeat(fmt.Sprintf("$n%d", i+1), 100))
	}
	text.WriteString("$n9 = $n0; new mysqli($n0, $n1);\n")
	connectClues(tree.File{Path: "x.php", Text: text.String()}, nil)
}
