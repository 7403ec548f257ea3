package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/detect/runfiles"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/tree"
)

// environment decides which env files a service loads, and what they hold for it.
type environment struct{ *candidate }

// envFileAbove is the env file of a directory above the service's that its sources load, or
// the example of one.
func (c environment) envFileAbove() []runfiles.EnvFile {
	for _, dir := range c.envDirsAbove() {
		envs := runfiles.EnvFilesIn(c.Tree, dir)
		if own := slices.IndexFunc(envs, func(e runfiles.EnvFile) bool { return path.Base(e.Path) == ".env" }); own >= 0 {
			return envs[own : own+1]
		}
		if example := exampleIn(envs); example != nil {
			return []runfiles.EnvFile{*example}
		}
	}
	if len(c.envs) > 0 {
		return nil
	}
	for dir := c.Dir; dir != "."; { // one that all services share, for Docker Compose or a script
		dir = path.Dir(dir)
		for _, env := range runfiles.EnvFilesIn(c.Tree, dir) {
			if (path.Base(env.Path) == ".env" || madeOf(env.Path) != "") && c.demands(env) {
				return []runfiles.EnvFile{env}
			}
		}
	}
	return nil
}

// demands says whether an env file names a variable without which the service does not start.
func (c environment) demands(env runfiles.EnvFile) bool {
	return slices.ContainsFunc(c.read, func(u stack.Use) bool {
		return u.Required && slices.ContainsFunc(env.Entries, func(e runfiles.EnvEntry) bool { return e.Name == u.Name })
	})
}

// decideEnvFiles are the env files that the service loads and that a fresh clone or its
// container lacks: one above its directory, and those of which there is only an example, where
// that has what the service reads and nothing else sets. What an example gives, is set then.
// A compose file says all that itself.
func decideEnvFiles(c *candidate, variables []Variable) {
	environment{c}.decideEmptyEnv()
	if c.Compose != "" {
		return
	}
	if example := exampleIn(c.envs); example != nil && (environment{c}).takes(*example, variables) {
		c.EnvFiles = append(c.EnvFiles, stack.EnvFile{Path: madeOf(example.Path), Example: example.Path, Pass: !environment{c}.loadsEnvFiles()})
	}
	for _, env := range c.outer {
		if !env.Loaded && (environment{c}).takes(env, variables) {
			c.EnvFiles = append(c.EnvFiles, stack.EnvFile{Path: madeOf(env.Path), Example: env.Path, Pass: true})
		} else if env.Loaded && slices.ContainsFunc(env.Entries, func(e runfiles.EnvEntry) bool { return c.reads(e.Name) }) {
			c.EnvFiles = append(c.EnvFiles, stack.EnvFile{Path: env.Path, Pass: true})
			environment{c}.keepPort(env)
		}
	}
}

// decideEmptyEnv says whether the service ends where its directory has no .env, which a clone
// lacks.
func (c environment) decideEmptyEnv() {
	demands := c.Stack.Language.NeedsEnvFile
	if demands == nil {
		return
	}
	for _, source := range c.Sources {
		if at := demands.FindStringIndex(source.Text); at != nil {
			c.EmptyEnv = true
			c.Note(source.At(at[0], "ends where there is no .env"))
			return
		}
	}
}

// takes marks the variables that an example gives a value, and says whether one of them needs
// it.
func (c environment) takes(example runfiles.EnvFile, variables []Variable) (needed bool) {
	for i := range variables {
		v := &variables[i]
		needed = needed || example.Value(v.Name) != "" && !v.Default && !v.Wired() && v.Generate == "" && v.Usual == "" && c.reads(v.Name)
	}
	if needed {
		c.keepPort(example)
	}
	for i := range variables {
		v := &variables[i]
		if named := slices.ContainsFunc(example.Entries, func(e runfiles.EnvEntry) bool { return e.Name == v.Name }); !needed || !named {
			continue
		}
		if value := c.parsed(v.Name); value != "" && example.Value(v.Name) == "" && !v.Wired() {
			v.Default, v.Usual = false, value
		}
		if example.Value(v.Name) != "" || c.emptyDoes(v.Name) {
			v.Required = v.Required && v.Generate != "" // a placeholder will do, too
		}
		if example.Value(v.Name) != "" {
			v.Default = v.Default || !example.Open[v.Name]
		}
	}
	return needed
}

// parsed is the default in the code of a variable that it reads as a number or as true or false,
// which an empty line of a copied example would replace by what is neither; empty for others.
func (c environment) parsed(name string) string {
	for _, u := range c.read {
		if u.Name == name && (u.Number || u.Bool) {
			return u.Value
		}
	}
	return ""
}

// tellPort has the service told its port where the source has no default for it. The images of
// our Dockerfiles set PORT themselves.
func (c environment) tellPort() {
	if c.Frontend || c.Compose != "" || c.Port.Number == 0 {
		return
	}
	for _, name := range stacks.PortVariables() {
		told := name == "PORT" && c.Dockerfile == "" || slices.ContainsFunc(c.read, func(u stack.Use) bool { return u.Name == name && u.Set })
		loaded := c.loadsEnvFiles() && slices.ContainsFunc(c.envs, func(e runfiles.EnvFile) bool { return e.Loaded && e.Value(name) != "" })
		if c.PortName == "" && c.reads(name) && !told && !loaded {
			c.PortName = name
		}
	}
}

// emptyDoes says whether the service starts with an empty value in a variable.
func (c environment) emptyDoes(name string) bool {
	return !slices.ContainsFunc(c.read, func(u stack.Use) bool { return u.Name == name && u.Required && !u.Empty })
}

// keepPort has the service told its port where an env file would say another one.
func (c environment) keepPort(env runfiles.EnvFile) {
	for _, name := range stacks.PortVariables() {
		if n, ok := stack.PortNumber(env.Value(name)); ok && n != c.Port.Number && c.reads(name) {
			c.PortName = name
			return
		}
	}
}

// reads says whether the service's sources read a variable.
func (c *candidate) reads(name string) bool {
	return slices.ContainsFunc(c.read, func(u stack.Use) bool { return u.Name == name })
}

// exampleIn is the first of the files that shows what belongs in one that does not exist; nil
// where one of them is loaded, or none shows it.
func exampleIn(envs []runfiles.EnvFile) *runfiles.EnvFile {
	for i := range envs {
		if envs[i].Loaded {
			return nil
		}
		if made := madeOf(envs[i].Path); made != "" && stacks.IsEnvFile(path.Base(made)) {
			return &envs[i]
		}
	}
	return nil
}

var exampleNames = lazyregexp.New(`^(?:(\.?env(?:\.local|\.development|\.dev)?)[._-](?:ex[ae]mple|e[xj]emplo|sample|template|dist|tmpl|default)s?|\.?(?:example|sample|template)\.env)$`)

// madeOf is the env file that an example is one of, in the same directory; empty where the
// name is not an example's.
func madeOf(example string) string {
	match := exampleNames.FindStringSubmatch(path.Base(example))
	if match == nil || strings.ContainsAny(example, "$\r\n") { // what cannot be copied by name
		return ""
	}
	name := strings.TrimPrefix(match[1], ".")
	if name == "" || name == "env.dev" {
		name = "env"
	}
	return path.Join(path.Dir(example), "."+name)
}

// copiesFor are the files of settings that a clone lacks, that a source of the service names, and that
// an example next to them shows.
func copiesFor(c *candidate, files []string) []stack.EnvFile {
	var copies []stack.EnvFile
	for _, example := range files {
		name := runfiles.ShownBy(path.Base(example))
		if name == "" || tree.IsTest(path.Base(example)) {
			continue
		}
		stem := strings.TrimSuffix(name, path.Ext(name))
		if to := path.Join(path.Dir(example), name); !c.Tree.Exists(to) && slices.ContainsFunc(c.Sources, func(source tree.File) bool { return source.Path != example && namesFile(source.Text, name, stem) }) {
			copies = append(copies, stack.EnvFile{Path: to, Example: example})
		}
	}
	return copies
}

// namesFile says whether a source imports a file, or has its name in quotes.
func namesFile(text, name, stem string) bool {
	return stack.HasOne(text, "/"+name+`"`, "/"+name+"'", `"`+name+`"`, "'"+name+"'", "/"+stem+`"`, "/"+stem+"'", "\nimport "+stem+"\n", "from "+stem+" import", "from ."+stem+" import", "from . import "+stem+"\n")
}

// loadsEnvFiles says whether the service loads the env files of its directory by itself.
func (c environment) loadsEnvFiles() bool {
	loads := c.Stack.Language.LoadsEnvFile
	if c.Frontend || len(c.Stack.Prefixes) > 0 {
		return true
	}
	return loads != nil && c.mentions(loads)
}

// mentions says whether a source or a manifest of the service matches.
func (c environment) mentions(loads *lazyregexp.Regexp) bool {
	return slices.ContainsFunc(c.Sources, func(source tree.File) bool { return loads.MatchString(source.Text) }) ||
		slices.ContainsFunc(c.Stack.Language.Manifests, func(name string) bool { return loads.MatchString(c.Tree.Text(path.Join(c.Dir, name))) })
}

var (
	fromFile = lazyregexp.New(`__dirname|__file__|import\.meta|BASE_DIR|basedir|ROOT`)
	stepsUp  = lazyregexp.New(`\.\.|\.parent\b|\bdirname\(|\.parents\[(\d)`)
)

// envDirsAbove are the directories above the service's in which its sources look for env
// files.
func (c environment) envDirsAbove() []string {
	loads := c.Stack.Language.LoadsParentEnvFile
	if loads == nil || c.Dir == "." {
		return nil
	}
	var dirs []string
	for _, source := range slices.Concat(c.Configs, c.Sources) {
		for _, match := range loads.FindAllString(source.Text, -1) {
			levels := c.levelsAbove(source.Path, match)
			if levels < 0 || levels == 0 && len(c.envs) > 0 {
				continue // what is in its own directory is found first
			}
			dir := c.Dir
			for up := 1; dir != "." && (levels == 0 || up <= levels); up++ {
				if dir = path.Dir(dir); levels == 0 || up == levels {
					dirs = append(dirs, dir)
				}
			}
		}
	}
	return dirs
}

// levelsAbove is how many directories above the service's a piece of code looks; 0 where it
// goes up until it finds something.
func (c environment) levelsAbove(file, code string) int {
	steps, found := 0, false
	for _, m := range stepsUp.FindAllStringSubmatch(code, -1) {
		if found = true; m[1] != "" {
			steps += int(m[1][0] - '0')
		}
		steps++
	}
	if !found {
		return 0
	}
	if fromFile.MatchString(code) {
		steps -= strings.Count(tree.Relative(c.Dir, file), "/")
		if strings.HasSuffix(file, ".py") {
			steps-- // the first parent of a file is its directory
		}
	}
	if steps <= 0 {
		return -1 // within the service
	}
	return steps
}
