package rust

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// migrator is a tool that makes the tables of a crate's database.
type migrator struct {
	crate   string             // that a program which uses it depends on
	tool    string             // the crate of the tool itself
	usual   string             // the version of the tool where the manifest names none
	shows   *lazyregexp.Regexp // a file of its migrations
	applies *lazyregexp.Regexp // code of a program that does it by itself
	// features are those of the tool, by the kind of database; others have none.
	features map[string]string
	command  func(dir, url string) string
}

const diesel = "diesel"

// sqlite is the kind of database that is a file of the service itself.
const sqlite = "sqlite"

// migrators are the tools that apply SQL files. Sources:
// https://github.com/launchbadge/sqlx/blob/main/sqlx-cli/README.md, https://diesel.rs/guides/getting-started.
var migrators = []migrator{
	{
		crate: diesel, tool: "diesel_cli", usual: "2", shows: lazyregexp.New(`^up\.sql$`),
		applies:  lazyregexp.New(`\brun_pending_migrations\b|\bembed_migrations!`),
		features: map[string]string{"postgres": "postgres", "mysql": "mysql", "mariadb": "mysql", sqlite: "sqlite"},
		// Without the project's settings: by them, the tool writes src/schema.rs again, as its own version would.
		command: func(dir, url string) string {
			return `DIESEL_CONFIG_FILE=/dev/null diesel migration run --migration-dir ` + dir + at(url)
		},
	},
	{
		crate: "sqlx", tool: "sqlx-cli", usual: "0.8", shows: lazyregexp.New(`^\d+_.*\.sql$`),
		applies:  lazyregexp.New(`\bmigrate!|\bMigrator::new\b`),
		features: map[string]string{"postgres": "rustls,postgres", "mysql": "rustls,mysql", "mariadb": "rustls,mysql", sqlite: "rustls,sqlite"},
		command: func(dir, url string) string {
			if url == "" {
				return `sqlx database setup --source ` + dir // makes the file, too
			}
			return `sqlx migrate run --source ` + dir + at(url)
		},
	},
}

// at is the option of a tool for the database in a variable. With none, the tools take DATABASE_URL, of
// the environment or of .env.
func at(url string) string {
	if url == "" {
		return ""
	}
	return ` --database-url "$` + url + `"`
}

// variableOf is the variable with the URL of a database; empty for a file of SQLite, which is the
// program's own business.
func variableOf(kind string, url func() string) string {
	if kind == sqlite {
		return ""
	}
	return url()
}

// migration applies the migrations of the crate's workspace, where no program does it by
// itself.
func migration(a *stack.App, kind string) *stack.Migration {
	c := crateOf(a.Tree, a.Dir)
	if c == nil {
		return nil
	}
	if m := ofSeaORM(a, kind); m != nil {
		return m
	}
	for _, m := range migrators {
		if _, uses := c.Dependencies[m.crate]; !uses || m.features[kind] == "" {
			continue
		}
		dir := a.MigrationsWith(m.files)
		if dir == "" {
			continue
		}
		if at, applies := stack.Applies(a.Sources, m.applies); applies {
			a.Note(at)
			return nil
		}
		if m.crate == diesel {
			dir = path.Dir(dir) // each migration is a directory
		}
		return &stack.Migration{
			Dir:     path.Join(a.Dir, dir),
			Tools:   [][]string{{"cargo", "install", m.tool, "--version", "^" + m.version(a), "--no-default-features", "--features", m.features[kind], "--root", "/tools"}},
			Command: func(url func() string) []string { return []string{"sh", "-c", m.command(dir, variableOf(kind, url))} },
		}
	}
	return nil
}

// files says whether a file is of the migrations: also those of sqlx lie in a directory whose
// name says so.
func (m migrator) files(dir *tree.Directory, name string) bool {
	within := dir.Path
	if m.crate == diesel {
		within = path.Dir(within)
	}
	return m.shows.MatchString(name) && strings.Contains(within, "migration")
}

// version is that of the tool which fits the manifest: both are released together.
func (m migrator) version(a *stack.App) string {
	for _, dir := range []string{a.Dir, workspaceOf(a.Tree, a.Dir)} {
		found, ok := wants(func(name string) string { return a.Tree.Text(path.Join(dir, name)) }, m.crate)
		switch major, minor, exact := stack.Parts(strings.TrimLeft(found, "^~=> ")); {
		case ok && major > 0:
			return strconv.Itoa(major)
		case ok && exact:
			return fmt.Sprintf("%d.%d", major, minor)
		}
	}
	return m.usual
}

var (
	seaMigrator = lazyregexp.New(`\bcli::run_cli\(`)
	seaApplies  = lazyregexp.New(`\bMigrator::(?:up|fresh|refresh|reset)\(`)
)

// ofSeaORM is the crate of migrations that SeaORM's tool makes, which is a program:
// https://www.sea-ql.org/SeaORM/docs/migration/running-migration.
func ofSeaORM(a *stack.App, kind string) *stack.Migration {
	for _, dir := range []string{path.Join(a.Dir, "migration"), path.Join(workspaceOf(a.Tree, a.Dir), "migration")} {
		if !seaMigrator.MatchString(a.Tree.Text(path.Join(dir, "src/main.rs"))) || !a.Tree.Has(path.Join(dir, "Cargo.toml")) {
			continue
		}
		if at, applies := stack.Applies(a.Sources, seaApplies); applies {
			a.Note(at)
			return nil
		}
		manifest := path.Join(tree.From(a.Dir, dir), "Cargo.toml")
		return &stack.Migration{
			Dir: dir,
			Command: func(url func() string) []string {
				return []string{"sh", "-c", `cargo run --quiet --manifest-path ` + manifest + ` -- up` + at(variableOf(kind, url))}
			},
		}
	}
	return nil
}
