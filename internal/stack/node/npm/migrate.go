package npm

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// migrations is a tool that brings a database up to date.
type migrations struct {
	packages []string           // any of them shows it
	applies  *lazyregexp.Regexp // of a script: it applies what is pending, without a question
	command  []string           // the same without a script; nil where the project alone knows how
	evidence []string           // files and directories of which one shows that the project has migrations
}

// tools are those of Node. Sources: https://orm.drizzle.team/docs/kit-overview,
// https://sequelize.org/docs/v6/other-topics/migrations, https://knexjs.org/guide/migrations.html,
// https://typeorm.io/docs/advanced-topics/migrations, https://mikro-orm.io/docs/migrations.
// Those that ask, or that lose data, are none: prisma migrate dev, db push with --accept-data-loss.
var tools = []migrations{
	{
		packages: []string{"prisma", "@prisma/client"},
		applies:  lazyregexp.New(`\bprisma\b.*\bmigrate deploy\b`),
	},
	{
		packages: []string{"drizzle-kit"},
		applies:  lazyregexp.New(`\bdrizzle-kit (?:migrate|push)\b|\b(?:tsx|node|bun)(?: run)?(?: -\S+)* \S*migrate\.[cm]?[jt]s\b`),
		command:  []string{"drizzle-kit", "migrate"},
		evidence: []string{"drizzle/meta", "migrations/meta", "src/drizzle/meta", "src/db/migrations/meta", "drizzle/migrations/meta", "db/migrations/meta"},
	},
	{
		packages: []string{"sequelize-cli"},
		applies:  lazyregexp.New(`\bsequelize(?:-cli)? db:migrate(?:\s|$)`),
		command:  []string{"sequelize-cli", "db:migrate"},
		evidence: []string{".sequelizerc", "migrations"},
	},
	{
		packages: []string{"knex"},
		applies:  lazyregexp.New(`\bknex\b.* migrate:latest\b`),
		command:  []string{"knex", "migrate:latest"},
		evidence: []string{"knexfile.js", "knexfile.cjs", "knexfile.mjs", "knexfile.ts"},
	},
	{
		packages: []string{"typeorm"},
		applies:  lazyregexp.New(`\btypeorm\b.*\bmigration:run\b`),
	},
	{
		packages: []string{"@mikro-orm/core", "@mikro-orm/migrations"},
		applies:  lazyregexp.New(`\bmikro-orm\b.* migration:up\b`),
		command:  []string{"mikro-orm", "migration:up"},
		evidence: []string{"migrations", "src/migrations"},
	},
	{
		packages: []string{"node-pg-migrate"},
		applies:  lazyregexp.New(`\bnode-pg-migrate\b.* up\b`),
		command:  []string{"node-pg-migrate", "up"},
		evidence: []string{"migrations"},
	},
	{
		packages: []string{"db-migrate"},
		applies:  lazyregexp.New(`\bdb-migrate up\b`),
		command:  []string{"db-migrate", "up"},
		evidence: []string{"migrations"},
	},
}

var (
	// undoes are scripts that remove data, or that somebody has to answer.
	undoes = lazyregexp.New(`\b(?:reset|revert|rollback|undo|drop|fresh|down|dev|create|generate|make)\b|db:migrate:|--force-reset|--accept-data-loss|--watch`)
	seeds  = lazyregexp.New(`^(?:db[:-])?seed(?:[:-](?:db|run|all|dev))?$`)
)

// migrate sets the commands that bring the service's database up to date and fill it.
func (v *project) migrate() {
	a := v.App
	for _, tool := range tools {
		if v.own.NeedsOneOf(tool.packages...) == "" {
			continue
		}
		if name := v.scriptThat(tool.applies); name != "" {
			a.Migrate = []string{a.Packages.Manager, "run", name}
		} else if first := slices.IndexFunc(tool.evidence, func(name string) bool { return v.Tree.Exists(path.Join(a.Dir, name)) }); first >= 0 {
			a.Migrate = running(a.Packages.Manager, tool.command...)
		}
		if a.Migrate != nil {
			break
		}
	}
	if a.Migrate == nil {
		v.migratePrisma()
	}
	if a.Migrate != nil || v.own.NeedsOneOf("mongoose", "mongodb") != "" { // else data fits no tables
		a.Seed = v.seed()
	}
}

// seed is what fills the database: a tool's own command, or a script.
func (v *project) seed() stack.Seed {
	command := v.own.Prisma["seed"]
	for _, name := range stack.FilesIn(v.Tree, v.Dir, ".ts", ".js", ".mjs", ".mts") {
		if m := prismaSeed.FindStringSubmatch(v.Tree.Text(name)); m != nil && strings.HasPrefix(path.Base(name), "prisma.config.") {
			command = m[1]
		}
	}
	if command != "" {
		return stack.OnceFrom(v.Tree, running(v.Packages.Manager, "prisma", "db", "seed"), v.filesOf(command)...)
	}
	for _, name := range v.own.scriptNames() {
		text := v.own.Scripts[name]
		if !seeds.MatchString(name) || undoes.MatchString(text) {
			continue
		}
		files := v.filesOf(text)
		for _, tool := range seeders {
			if tool.runs.MatchString(text) {
				files = stack.FilesIn(v.Tree, path.Join(v.Dir, tool.dir), ".js", ".ts", ".cjs", ".mjs")
			}
		}
		seed := stack.OnceFrom(v.Tree, []string{v.Packages.Manager, "run", name}, files...)
		isTool := slices.ContainsFunc(seeders, func(tool seeder) bool { return tool.runs.MatchString(text) })
		seed.Once = seed.Once && (isTool || slices.ContainsFunc(files, func(file string) bool { return ending.MatchString(v.Tree.Text(file)) }))
		return seed
	}
	for _, tool := range seeders {
		if files := stack.FilesIn(v.Tree, path.Join(v.Dir, tool.dir), ".js", ".ts", ".cjs", ".mjs"); len(files) > 0 && v.own.NeedsOneOf(tool.packages) != "" {
			return stack.OnceFrom(v.Tree, running(v.Packages.Manager, tool.command...), files...)
		}
	}
	return stack.Seed{}
}

// seeder is a tool with seeds of its own.
type seeder struct {
	packages string
	runs     *lazyregexp.Regexp // a script that calls it
	dir      string             // of its files, by default
	command  []string
}

var seeders = []seeder{
	{"sequelize-cli", lazyregexp.New(`\bsequelize(?:-cli)? db:seed:all\b`), "seeders", []string{"sequelize-cli", "db:seed:all"}},
	{"knex", lazyregexp.New(`\bknex\b.* seed:run\b`), "seeds", []string{"knex", "seed:run"}},
}

// prismaSeed is in prisma.config.ts: https://www.prisma.io/docs/orm/reference/prisma-config-reference#migrationsseed
var prismaSeed = lazyregexp.New(`\bseed:\s*["'\x60]([^"'\x60\n]+)`)

var (
	sourceFile = lazyregexp.New(`[\w./-]+\.[cm]?[jt]s\b`)
	// ending is code that lets a script end: an open connection keeps it running.
	ending = lazyregexp.New(`\bprocess\.exit\(|\bdisconnect\(|\.(?:close|end|destroy)\(\s*\)`)
)

// filesOf are the sources that a command line names.
func (v *project) filesOf(command string) []string {
	var files []string
	for _, name := range sourceFile.FindAllString(command, -1) {
		files = append(files, path.Join(v.Dir, name))
	}
	return files
}

// scriptThat is the first script that applies migrations and does nothing else that matters.
func (v *project) scriptThat(applies *lazyregexp.Regexp) string {
	for _, name := range v.own.scriptNames() {
		if text := v.own.Scripts[name]; applies.MatchString(text) && !undoes.MatchString(text) && !startsToo(name, text) && !runsBuilt(text) {
			return name
		}
	}
	return ""
}

var (
	// starting are the names of scripts that start the server too, or that run in a build.
	starting = lazyregexp.New(`^(?:(?:pre|post)?(?:start|dev|serve)(?:[:-].*)?|postinstall|(?:vercel-|heroku-post)?build)$`)
	starts   = lazyregexp.New(`\b(?:npm|pnpm|yarn|bun)(?: run)? (?:start|serve)\b`)
	built    = lazyregexp.New(`(?:^|[\s/=])(?:dist|build|out)/\S+\.[cm]?js\b`)
	builds   = lazyregexp.New(`\bbuild\s|\btsc\b`)
)

func startsToo(name, text string) bool { return starting.MatchString(name) || starts.MatchString(text) }

// runsBuilt says whether a script runs what only production has, and does not make it.
func runsBuilt(text string) bool { return built.MatchString(text) && !builds.MatchString(text) }

// migratePrisma applies the migrations that Prisma finds beside its schema; where there are
// none, it makes the tables of the schema, which it refuses where that loses data.
func (v *project) migratePrisma() {
	all := v.prismas(v.Packages)
	if len(all) == 0 {
		return
	}
	in := all[0]
	at := path.Join(v.dir, in.dir)
	words := []string{"db", "push"}
	if v.Tree.Exists(path.Join(at, path.Dir(in.schema), "migrations")) && !prismaMongo.MatchString(in.text) {
		words = []string{"migrate", "deploy"}
	}
	v.Migrate = v.prismaCommand(v.Packages, in, words...)
	if at != v.Dir {
		v.Migrate = inDirectory(v.Dir, at, v.Migrate)
	}
}

// inDirectory runs a command in another directory of the repository, seen from the first one.
func inDirectory(from, to string, command []string) []string {
	return append([]string{"sh", "-c", `cd "$0" && exec "$@"`, tree.From(from, to)}, command...)
}
