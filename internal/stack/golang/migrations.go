package golang

import (
	"path"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// migrator is a tool that applies SQL files.
type migrator struct {
	module  string // as go.mod names it
	version string // where go.mod does not, one that Go 1.21 builds
	program string // below the module
	shows   func(a *stack.App) func(*tree.Directory, string) bool
	applies *lazyregexp.Regexp // code of a program that does it by itself
	tags    map[string]string  // of its build, by the kind of database; it is not for others
	query   map[string]string  // what the database's address has to say, by the kind
	// command gives the command. The variable holds a URL, or for MySQL the address as its driver takes it.
	command func(kind, dir, variable string) string
}

// upFile is a step of golang-migrate: 000001_users.up.sql.
var upFile = lazyregexp.New(`^\d+_.*\.up\.sql$`)

// migrators are the tools. Sources: https://pressly.github.io/goose,
// https://github.com/golang-migrate/migrate/tree/master/cmd/migrate, https://github.com/amacneil/dbmate.
var migrators = []migrator{
	{
		module: "github.com/pressly/goose/v3", version: "v3.24.1", program: "cmd/goose",
		shows:   func(a *stack.App) func(*tree.Directory, string) bool { return a.SQLWith("-- +goose Up") },
		applies: lazyregexp.New(`\bgoose\.(?:Up\w*|Run\w*|NewProvider)\(`),
		tags: map[string]string{
			"postgres": "no_clickhouse,no_libsql,no_mssql,no_mysql,no_sqlite3,no_vertica,no_ydb",
			"mysql":    "no_clickhouse,no_libsql,no_mssql,no_postgres,no_sqlite3,no_vertica,no_ydb",
		},
		query: map[string]string{"mysql": "parseTime=true"},
		command: func(kind, dir, variable string) string {
			// By variables: the project may set these itself, and then goose takes no driver as a word.
			return "GOOSE_DRIVER=" + kind + ` GOOSE_DBSTRING="$` + variable + `" goose -dir ` + dir + " up"
		},
	},
	{
		module: "github.com/golang-migrate/migrate/v4", version: "v4.17.1", program: "cmd/migrate",
		shows:   func(*stack.App) func(*tree.Directory, string) bool { return stack.NamedLike(upFile) },
		applies: lazyregexp.New(`\bmigrate\.New(?:With\w+)?\(`),
		tags:    map[string]string{"postgres": "postgres", "mysql": "mysql"},
		query:   map[string]string{"postgres": withoutTLS, "mysql": "multiStatements=true"},
		command: func(kind, dir, variable string) string {
			if kind == "mysql" {
				return "migrate -path " + dir + ` -database "mysql://$` + variable + `" up`
			}
			return "migrate -path " + dir + ` -database "$` + variable + `" up`
		},
	},
	{
		module: "github.com/amacneil/dbmate/v2", version: "v2.16.0", program: ".",
		shows:   func(a *stack.App) func(*tree.Directory, string) bool { return a.SQLWith("-- migrate:up") },
		applies: lazyregexp.New(`\bdbmate\.New\(`),
		tags:    map[string]string{"postgres": ""},
		query:   map[string]string{"postgres": withoutTLS},
		command: func(_, dir, variable string) string {
			return `dbmate --url "$` + variable + `" --migrations-dir ` + dir + " --no-dump-schema up"
		},
	},
}

// withoutTLS is what lib/pq is to be told, which otherwise demands TLS.
const withoutTLS = "sslmode=disable"

// migration applies SQL files, where no program does it by itself.
func migration(a *stack.App, kind string) *stack.Migration {
	if kind == "mariadb" {
		kind = "mysql"
	}
	for _, m := range migrators {
		tags, knows := m.tags[kind]
		if !knows {
			continue
		}
		dir := a.MigrationsWith(m.shows(a))
		if dir == "" {
			continue
		}
		if at, applies := stack.Applies(reached(a.Tree, a.Dir, a.Entry), m.applies); applies {
			a.Note(at)
			return nil
		}
		install := []string{"go", "install"}
		if tags != "" {
			install = append(install, "-tags", tags)
		}
		return &stack.Migration{
			Dir:     path.Join(a.Dir, dir),
			Tools:   [][]string{append(install, path.Join(m.module, m.program)+"@"+m.pinned(a))},
			OfGo:    kind == "mysql",
			Query:   m.query[kind],
			Command: func(address func() string) []string { return []string{"sh", "-c", m.command(kind, dir, address())} },
		}
	}
	return nil
}

// pinned is the version of the tool that the module itself uses.
func (m migrator) pinned(a *stack.App) string {
	if f := module(a.Tree, a.Dir); f != nil {
		for _, r := range f.Require {
			if r.Mod.Path == m.module {
				return r.Mod.Version
			}
		}
	}
	return m.version
}
