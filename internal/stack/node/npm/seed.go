package npm

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

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
	return seedByTool(v)
}

// seedByTool is the command of a tool that the package has seeds of.
func seedByTool(v *project) stack.Seed {
	for _, tool := range seeders {
		dir, command := tool.dir, tool.command
		if config := firstOf(v, knexfiles); tool.packages == "knex" && path.Dir(config) != "." {
			dir, command = path.Join(path.Dir(config), dir), append(slices.Clip(command), "--knexfile", config)
		}
		if files := stack.FilesIn(v.Tree, path.Join(v.Dir, dir), ".js", ".ts", ".cjs", ".mjs"); len(files) > 0 && v.own.NeedsOneOf(tool.packages) != "" {
			return stack.OnceFrom(v.Tree, running(v.Packages.Manager, command...), files...)
		}
	}
	return stack.Seed{}
}

// firstOf is the first file of a list that the package has; empty for none.
func firstOf(v *project, names []string) string {
	if i := slices.IndexFunc(names, func(name string) bool { return v.Tree.Exists(path.Join(v.Dir, name)) }); i >= 0 {
		return names[i]
	}
	return ""
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
