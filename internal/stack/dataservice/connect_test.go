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
		var got []string
		for _, c := range Clues(tree.File{Path: "x.php", Text: "<?php\n" + text + ";\n"}, nil) {
			line := fmt.Sprintf("%s %s %s:%s/%s", c.Service, c.Address.Host, c.Address.User, c.Address.Password, c.Address.Name)
			if c.Fixed {
				line += " fixed"
			}
			got = append(got, line)
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s\n got %q\nwant %q", text, strings.Join(got, "; "), want)
		}
	}
}
