package npm

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/dataservice"
	"github.com/devup-cli/devup/internal/tree"
)

// migrations is a tool that brings a database up to date.
type migrations struct {
	packages  []string           // any of them shows it
	applies   *lazyregexp.Regexp // of a script: it applies what is pending, without a question
	command   []string           // the same without a script; nil where the project alone knows how
	evidence  []string           // files and directories of which one shows that the project has migrations
	config    []string           // its settings files; nil where they do not say where the migrations are
	directory *lazyregexp.Regexp // in such a file: where they are
	usual     string             // where they are else, next to the settings file
	option    string             // names a settings file in another directory
	push      *lazyregexp.Regexp // of a script: it makes the tables without migrations
	pushing   []string           // the same without a script
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
		packages:  []string{"drizzle-kit"},
		applies:   lazyregexp.New(`\bdrizzle-kit migrate\b|\b(?:tsx|node|bun)(?: run)?(?: -\S+)* \S*migrate\.[cm]?[jt]s\b`),
		command:   []string{"drizzle-kit", "migrate"},
		evidence:  []string{"drizzle/meta", "migrations/meta", "src/drizzle/meta", "src/db/migrations/meta", "drizzle/migrations/meta", "db/migrations/meta"},
		config:    drizzleConfigs,
		directory: lazyregexp.New(`\bout["']?:\s*([^\n]+)`),
		usual:     "drizzle",
		push:      lazyregexp.New(`\bdrizzle-kit push\b`),
		pushing:   []string{"drizzle-kit", "push"},
	},
	{
		packages: []string{"sequelize-cli"},
		applies:  lazyregexp.New(`\bsequelize(?:-cli)? db:migrate(?:\s|$)`),
		command:  []string{"sequelize-cli", "db:migrate"},
		evidence: []string{".sequelizerc", "migrations"},
	},
	{ // the program is installed for the user's account, as its documentation once had it
		packages: []string{"sequelize"},
		applies:  lazyregexp.New(`\bsequelize(?:-cli)? db:migrate(?:\s|$)`),
		command:  []string{"npx", "--yes", "sequelize-cli@6", "db:migrate"},
		config:   []string{".sequelizerc", "config/config.json", "config/config.js"},
		evidence: []string{"migrations"},
	},
	{
		packages:  []string{"knex"},
		applies:   lazyregexp.New(`\bknex\b.* migrate:latest\b`),
		command:   []string{"knex", "migrate:latest"},
		config:    knexfiles,
		directory: lazyregexp.New(`\bmigrations:\s*\{[^{}]*?\bdirectory:\s*([^\n]+)`),
		usual:     "migrations",
		option:    "--knexfile",
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

var knexfiles = func() (all []string) {
	for _, dir := range []string{"", "server", "src", "db", "database", "server/db", "server/database", "src/db", "src/database", "server/src", "config"} {
		for _, ending := range []string{"js", "cjs", "mjs", "ts"} {
			all = append(all, path.Join(dir, "knexfile."+ending))
		}
	}
	return all
}()

var drizzleConfigs = []string{"drizzle.config.ts", "drizzle.config.js", "drizzle.config.mjs", "drizzle.config.mts", "drizzle.config.json"}

var (
	// undoes are scripts that remove data, or that a user has to answer.
	undoes = lazyregexp.New(`\b(?:reset|revert|rollback|undo|drop|fresh|down|dev|create|generate|make)\b|db:migrate:|--force-reset|--accept-data-loss|--watch`)
	seeds  = lazyregexp.New(`^(?:db[:-])?seed(?:[:-](?:db|run|all|dev))?$`)
)

// migrate sets the commands that bring the service's database up to date and fill it. What the
// service does not have itself, a member of the workspace that it imports may have.
func (v *project) migrate() {
	a := v.App
	migrateByTool(v)
	if a.Migrate == nil {
		v.migratePrisma()
	}
	if a.Migrate == nil {
		migrateByHand(v)
	}
	if a.Migrate != nil || v.own.NeedsOneOf("mongoose", "mongodb") != "" { // else data fits no tables
		a.Seed = v.seed()
	}
	for _, member := range a.Packages.Linked {
		if a.Migrate != nil && a.Seed.Command != nil {
			return
		}
		migrateIn(v, member)
	}
}

// migrateByTool sets the command of a tool that the package has.
func migrateByTool(v *project) {
	for _, tool := range tools {
		if v.own.NeedsOneOf(tool.packages...) == "" {
			continue
		}
		if v.Migrate = v.migrateWith(tool); v.Migrate != nil {
			return
		}
	}
}

// migrateIn takes the commands of a member, which run in its directory.
func migrateIn(v *project, member string) {
	app := *v.App
	app.Dir, app.Migrate = path.Join(v.dir, member), nil
	other := *v
	other.App, other.own = &app, v.packages[member]
	if migrateByTool(&other); app.Migrate == nil {
		migrateByHand(&other)
	}
	isPrisma := app.Migrate == nil && v.Migrate != nil && other.prismaAt(member, other.own).schema != ""
	if app.Migrate == nil && !isPrisma {
		return
	}
	if v.Migrate == nil {
		v.Migrate = inDirectory(v.Dir, app.Dir, app.Migrate)
	}
	if seed := other.seed(); v.Seed.Command == nil && seed.Command != nil {
		v.Seed = stack.Seed{Command: inDirectory(v.Dir, app.Dir, seed.Command), Once: seed.Once}
	}
}

// migrateWith is the command of a tool; nil where it has nothing to do.
func (v *project) migrateWith(tool migrations) []string {
	config, has, lacks := v.migrationsOf(tool)
	if ofWorkers.MatchString(config) {
		return migrateD1(v)
	}
	name := v.scriptThat(tool.applies)
	push := ""
	if tool.push != nil {
		push = v.scriptThat(tool.push)
	}
	switch {
	case name != "" && !lacks:
		return runningScript(v.Packages.Manager, name)
	case push != "":
		return runningScript(v.Packages.Manager, push, unasked(config)...)
	case has && tool.command != nil && tool.command[0] == "npx":
		return tool.command
	case has && tool.command != nil:
		command := tool.command
		if file := firstOf(v, tool.config); tool.option != "" && path.Dir(file) != "." {
			command = append(slices.Clip(command), tool.option, file)
		}
		return running(v.Packages.Manager, command...)
	case lacks && tool.pushing != nil:
		return running(v.Packages.Manager, append(slices.Clip(tool.pushing), unasked(config)...)...)
	}
	return nil
}

var (
	// ofWorkers is the setting of Drizzle for a database that only Cloudflare has.
	ofWorkers = lazyregexp.New(`\bdriver:\s*["'](?:d1-http|durable-sqlite)["']`)
	nameOfD1  = lazyregexp.New(`\bdatabase_name"?\s*[:=]\s*"([\w-]+)"`)
)

// migrateD1 applies the migrations to the copy of the database that Wrangler has for development.
func migrateD1(v *project) []string {
	for _, name := range []string{"wrangler.jsonc", "wrangler.json", "wrangler.toml"} {
		if match := nameOfD1.FindStringSubmatch(v.Tree.Text(path.Join(v.Dir, name))); match != nil {
			return running(v.Packages.Manager, "wrangler", "d1", "migrations", "apply", match[1], "--local")
		}
	}
	return nil
}

// asks is a setting of Drizzle by which it asks before it makes a table, too.
var asks = lazyregexp.New(`\bstrict:\s*true\b`)

// unasked are the flags with which Drizzle does not ask, which a container cannot answer.
func unasked(config string) []string {
	if asks.MatchString(config) {
		return []string{"--force"}
	}
	return nil
}

// migrationsOf is the text of the tool's settings file, and whether the project has migrations
// or certainly lacks them.
func (v *project) migrationsOf(tool migrations) (config string, has, lacks bool) {
	exists := func(name string) bool { return v.Tree.Exists(path.Join(v.Dir, name)) }
	has = slices.ContainsFunc(tool.evidence, exists)
	if tool.config == nil {
		return "", has, false
	}
	file := firstOf(v, tool.config)
	if file == "" {
		return "", has && tool.directory != nil, false
	}
	config = v.Tree.Text(path.Join(v.Dir, file))
	if has || tool.directory == nil {
		return config, has, false
	}
	dir := tool.usual
	if match := tool.directory.FindStringSubmatch(config); match != nil {
		dir = pathIn(match[1])
	}
	if dir == "" { // only the program knows
		return config, true, false
	}
	has = exists(path.Join(path.Dir(file), dir))
	return config, has, !has
}

var pathPart = lazyregexp.New("[\"'`](?:\\$\\{__dirname\\})?([\\w./-]+)[\"'`]")

// pathIn is the path that an expression says by literals alone, as in
// path.join(__dirname, "db", "migrations"); empty where it says none.
func pathIn(expression string) string {
	if strings.Contains(expression, "[") {
		return ""
	}
	end := ","
	if strings.Contains(expression, "(") {
		end = ")"
	}
	expression, _, _ = strings.Cut(expression, end)
	dir := ""
	for _, match := range pathPart.FindAllStringSubmatch(expression, -1) {
		dir = path.Join(dir, match[1])
	}
	return strings.TrimPrefix(dir, "/")
}

// runningScript runs a script of the package, with more arguments.
func runningScript(manager, name string, arguments ...string) []string {
	command := []string{manager, "run", name}
	if len(arguments) > 0 && command[0] == "npm" {
		command = append(command, "--") // the others hand arguments on as they are
	}
	return append(command, arguments...)
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

var (
	// byHand are the names of scripts with which people make the tables by code of their own.
	byHand = lazyregexp.New(`^(?:migrat(?:e|ions?)(?:[:_-](?:up|run|latest|db|database))?|db[:_-]?(?:migrat(?:e|ions?)(?:[:_-](?:up|run|latest))?|init|setup|sync|schema|(?:create[:_-])?tables)|(?:init|setup|sync|create)[:_-]?(?:db|database|tables|schema))$`)
	// runsFile is a script that runs one file of the source.
	runsFile = lazyregexp.New(`^(?:npx )?(?:node|tsx|ts-node|ts-node-esm|bun)(?: run)?(?:(?: -r| --require| --import| --loader) \S+| -\S+)* ([\w./-]+)$`)
	removes  = lazyregexp.New(`(?i)\bdrop\s+(?:table|database|schema)\b|\btruncate\b|\bforce\s*:\s*true\b|\bdelete\s+from\b`)
)

// migrateByHand runs the file of the project's own that makes the tables, unless it removes any.
func migrateByHand(v *project) {
	if v.own.NeedsOneOf(append(dataservice.SQLPackages("node"), "sqlite3", "better-sqlite3", "sequelize", "knex")...) == "" {
		return
	}
	for _, name := range v.own.scriptNames() {
		match := runsFile.FindStringSubmatch(strings.TrimSpace(v.own.Scripts[name]))
		if match == nil || !byHand.MatchString(name) || runsBuilt(match[0]) {
			continue
		}
		for _, ending := range []string{"", ".js", ".ts"} {
			file := path.Join(v.Dir, match[1]+ending)
			if text := v.Tree.Text(file); text != "" && !removes.MatchString(text) {
				v.Migrate = runningScript(v.Packages.Manager, name)
				return
			}
		}
	}
}

// inDirectory runs a command in another directory of the repository, seen from the first one.
func inDirectory(from, to string, command []string) []string {
	return append([]string{"sh", "-c", `cd "$0" && exec "$@"`, tree.From(from, to)}, command...)
}
