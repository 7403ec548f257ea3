package npm

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

var (
	prismaConfigs = []string{"prisma.config.ts", "prisma.config.js", "prisma.config.mjs", "prisma.config.mts", ".config/prisma.ts"}
	prismaSchema  = lazyregexp.New(`\bschema:\s*(?:path\.join\()?["'` + "`" + `]([\w./-]+)["'` + "`" + `](?:,\s*["']([\w./-]+)["'])?`)
	prismaOutput  = lazyregexp.New(`(?m)^\s*output\s*=\s*"([^"\n]+)"`)
	prismaMongo   = lazyregexp.New(`provider\s*=\s*"mongodb"`)
	prismaReads   = lazyregexp.New(`\benv(?:<[^>]*>)?\(["'](\w+)["']\)|process\.env\.(\w+)|process\.env\[["'](\w+)["']\]`)
)

// prismaIn is a directory that Prisma generates a client for.
type prismaIn struct {
	dir    string // below the build context
	schema string // a file or directory, below dir
	config string // its settings file below dir, or empty
	text   string // of the schema
}

// prismas are those directories: the service's own, and the members that it imports. The
// client must be generated in the image, because an installation alone knows no schema.
func (v *project) prismas(p stack.Packages) []prismaIn {
	dirs := append([]string{"", v.member()}, p.Linked...)
	var found []prismaIn
	for _, dir := range sortedSet(dirs) {
		m := v.packages[dir]
		if m == nil || m.NeedsOneOf("prisma", "@prisma/client") == "" && v.own.NeedsOneOf("@prisma/client") == "" {
			continue
		}
		if in := v.prismaAt(dir, m); in.schema != "" {
			found = append(found, in)
		}
	}
	return found
}

// prismaAt looks for the schema of a directory; the result has none where there is none.
func (v *project) prismaAt(dir string, m *Manifest) prismaIn {
	in, at := prismaIn{dir: dir}, path.Join(v.dir, dir)
	exists := func(name string) bool { return v.Tree.Exists(path.Join(at, name)) }
	if i := slices.IndexFunc(prismaConfigs, exists); i >= 0 {
		in.config = prismaConfigs[i]
	}
	names := []string{m.Prisma["schema"], "", "prisma/schema.prisma", "schema.prisma", "prisma/schema", "src/prisma/schema.prisma", "db/schema.prisma"}
	if match := prismaSchema.FindStringSubmatch(v.Tree.Text(path.Join(at, in.config))); in.config != "" && match != nil {
		names[1] = path.Join(match[1], match[2])
	}
	for _, name := range names {
		if name = path.Clean(name); name != "." && !strings.HasPrefix(name, "..") && exists(name) {
			in.schema = name
			break
		}
	}
	in.text = v.Tree.Text(path.Join(at, in.schema))
	if path.Ext(in.schema) == "" {
		in.text = v.Tree.Text(path.Join(at, in.schema, "schema.prisma"))
	}
	return in
}

// prisma has the client of a Prisma schema generated where the packages are installed.
func (v *project) prisma(p *stack.Packages) {
	for _, in := range v.prismas(*p) {
		early := in.schema
		if first, _, nested := strings.Cut(in.schema, "/"); nested {
			early = first
			if first == "src" || first == "db" {
				early = path.Dir(in.schema)
			}
		}
		dir := path.Join(v.below(*p), in.dir)
		v.early(p, path.Join(in.dir, early))
		if in.config != "" {
			v.early(p, path.Join(in.dir, in.config))
		}
		p.After = append(p.After, stack.Step{Dir: dir, Command: v.generate(*p, in)})
		if match := prismaOutput.FindStringSubmatch(in.text); match != nil && !strings.Contains(match[1], "node_modules") {
			from := path.Dir(in.schema)
			if path.Ext(in.schema) == "" {
				from = in.schema
			}
			if output := path.Join(dir, from, match[1]); !strings.HasPrefix(output, "..") && output != "." {
				p.Generated = append(p.Generated, output)
			}
		}
		_, development := v.packages[in.dir].DevDependencies["prisma"]
		p.Whole = p.Whole || development
	}
}

// generate is the command that generates the client. It connects to nothing, but a
// settings file stops it where a variable is not set.
func (v *project) generate(p stack.Packages, in prismaIn) []string {
	command := v.prismaCommand(p, in, "generate")
	if in.config == "" {
		return command
	}
	unset := map[string]bool{}
	for _, match := range prismaReads.FindAllStringSubmatch(v.Tree.Text(path.Join(v.dir, in.dir, in.config)), -1) {
		unset[match[1]+match[2]+match[3]+"=none"] = true
	}
	if len(unset) == 0 {
		return command
	}
	return slices.Concat([]string{"env"}, slices.Sorted(maps.Keys(unset)), command)
}

// prismaCommand runs Prisma in the directory of its package.
func (v *project) prismaCommand(p stack.Packages, in prismaIn, words ...string) []string {
	program := "prisma"
	if v.packages[in.dir].NeedsOneOf("prisma") == "" && v.own.NeedsOneOf("prisma") == "" && v.packages[""].NeedsOneOf("prisma") == "" {
		client, _ := v.lock.seenBy(v.packages[in.dir], "@prisma/client")
		if version := stack.PlainVersion(client); version != "" {
			program += "@" + version // the newest may not know the client's form
		}
		return append([]string{"npx", "--yes", program}, words...)
	}
	command := running(p.Manager, append([]string{program}, words...)...)
	standard := in.config != "" || v.packages[in.dir].Prisma["schema"] != "" || in.schema == "prisma/schema.prisma" || in.schema == "schema.prisma"
	if !standard {
		command = append(command, "--schema", in.schema)
	}
	return command
}

// migratePrisma applies the migrations that Prisma finds next to its schema; where there are
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
