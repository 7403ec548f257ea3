package sqlfile

import (
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/devup-cli/devup/internal/tree"
)

// servers are as the table of data services has them.
var servers = map[string]Server{"postgres": {Foreign: OfMySQL}, "mysql": {Foreign: OfPostgres, Many: true}}

func TestSeeds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"CREATE TABLE x (id int);":                                  "postgres mysql",
		"CREATE TABLE x (id SERIAL);":                               "postgres",
		"CREATE TABLE `x` (id int) ENGINE=InnoDB;":                  "mysql",
		"CREATE DATABASE shop;\nUSE shop;\nCREATE TABLE x (y int);": "mysql",
		"CREATE DATABASE shop;\n\\c shop\nCREATE TABLE x (y int);":  "postgres",
		"CREATE TABLE x (id INTEGER PRIMARY KEY AUTOINCREMENT);":    "",
		"SELECT * FROM x;":                                          "",
		"DROP TABLE IF EXISTS x;\nCREATE TABLE x (id SERIAL);":      "postgres",
		"CREATE TABLE y (id SERIAL);\nDROP TABLE y;":                "postgres",
	} {
		var got []string
		for _, name := range []string{"postgres", "mysql"} {
			if servers[name].loads(text) {
				got = append(got, name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q is for %q, want %q", text, got, want)
		}
	}
}

func TestStopsAt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"DROP TABLE public.x;\nCREATE TABLE x (id SERIAL);":                            "it drops public.x, which does not exist",
		"ALTER TABLE ONLY x DROP CONSTRAINT y;\nCREATE TABLE x (id SERIAL);":           "it drops y, which does not exist",
		"DROP TABLE IF EXISTS x;\nCREATE TABLE x (id SERIAL);":                         "",
		"CREATE TABLE y (id SERIAL);\nDROP TABLE y;\nCREATE TABLE y (id SERIAL);":      "",
		"CREATE TABLE x(id SERIAL);\n-- for tests\ncreate  table x(id SERIAL);":        "it makes x twice",
		"CREATE TABLE a.x (id SERIAL);\nCREATE TABLE b.x (id SERIAL);":                 "",
		"CREATE TABLE IF NOT EXISTS x (y int);\nCREATE TABLE IF NOT EXISTS x (y int);": "",
	} {
		if got := stopsAt(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestSeedsTake: the database that files name, and whether they make it themselves.
func TestSeedsTake(t *testing.T) {
	t.Parallel()
	const table = "\nCREATE TABLE x (y int);"
	for _, c := range []struct{ service, known, text, want string }{
		{"mysql", "", "CREATE DATABASE IF NOT EXISTS `to-do`;\nUSE `to-do`;" + table, "to-do"},
		{"mysql", "to-do", "CREATE DATABASE /*!32312 IF NOT EXISTS*/ `to-do` /*!40100 DEFAULT */;\nUSE `to-do`;" + table, "to-do"},
		{"mysql", "", "create database shop;\nuse shop;" + table, "shop makes"},
		{"mysql", "", "drop database if exists shop;\ncreate database shop;\nuse shop;" + table, "shop"},
		{"mysql", "", "CREATE SCHEMA IF NOT EXISTS `mydb` DEFAULT CHARACTER SET utf8 ;\nUSE `mydb` ;" + table, "mydb"},
		{"mysql", "shop", "create database other;\nuse other;" + table, "not taken"},
		{"mysql", "", "create database shop;" + table, "not taken"},
		{"mysql", "", "create database if not exists shop;" + table, "shop"},
		{"mysql", "", table, ""},
		{"postgres", "", "CREATE DATABASE shop;\n\\c shop" + table, "shop makes"},
		{"postgres", "", "CREATE DATABASE shop;" + table, "not taken"},
		{"postgres", "", "CREATE SCHEMA shop;" + table, ""},
	} {
		seeds := Seeds{Database: c.known}
		got := "not taken"
		if seeds.take(servers[c.service], c.text) {
			if got = seeds.Database; seeds.Makes {
				got += " makes"
			}
		}
		if got != c.want {
			t.Errorf("%s %q: %q, want %q", c.service, c.text, got, c.want)
		}
	}
}

// TestFind: which files are loaded, in which order, and what they need.
func TestFind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, files, want string }{
		{
			"a dump that calls a sequence and a view tables",
			"-- schema.sql --\nCREATE TABLE public.users (id integer);\nCREATE SEQUENCE public.users_id_seq AS integer;\nALTER TABLE public.users_id_seq OWNER TO anna;\n" +
				"CREATE VIEW public.adults AS SELECT 1;\nALTER TABLE public.adults OWNER TO anna;\n", "schema.sql of anna",
		},
		{
			"words of a comment are no table",
			"-- schema.sql --\nCREATE UNLOGGED TABLE a (id serial);\n-- what references it is below\nCREATE TABLE b (id int references a(id));\n", "schema.sql",
		},
		{
			"words of rows are no table",
			"-- schema.sql --\nCREATE TABLE posts (id serial, body text);\nCOPY public.posts (id, body) FROM stdin;\n1\tit references something\n\\.\nINSERT INTO posts VALUES (2, 'we insert into it''s place, with references to more');\n", "schema.sql",
		},
		{"a directory in capitals", "-- DB/shop.sql --\nCREATE TABLE a (id serial);\n", "DB/shop.sql"},
		{
			"a file that is left out makes no database",
			"-- a_schema.sql --\nCREATE DATABASE shop;\n\\c shop\nCREATE TABLE likes (id int references nothing(id));\n-- b_schema.sql --\nCREATE TABLE users (id int);\n", "b_schema.sql",
		},
		{
			"nor does one that two users own",
			"-- a_schema.sql --\nCREATE DATABASE shop;\n\\c shop\nCREATE TABLE a (id int);\nALTER TABLE a OWNER TO anna;\nALTER TABLE a OWNER TO ben;\n" +
				"-- b_schema.sql --\nCREATE TABLE users (id int);\n", "b_schema.sql",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{}
			for _, f := range txtar.Parse([]byte(c.files)).Files {
				files[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			root, err := tree.Walk(files, tree.Files{Interesting: func(string) bool { return true }, Manifest: func(string) bool { return false }})
			if err != nil {
				t.Fatal(err)
			}
			seeds := Find(root, []string{"."}, "", servers["postgres"])
			got := strings.Join(seeds.Files, " ")
			if seeds.Owner != "" {
				got += " of " + seeds.Owner
			}
			if seeds.Database != "" || seeds.Makes {
				got += " in " + seeds.Database
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// FuzzLoads: no text makes reading it fail.
func FuzzLoads(f *testing.F) {
	f.Add("CREATE DATABASE shop;\nUSE shop;\nCREATE TABLE x (y int);")
	f.Fuzz(func(_ *testing.T, text string) {
		for _, s := range servers {
			s.loads(text)
			(&Seeds{}).take(s, text)
			refersOnlyTo(text, nil)
		}
	})
}
