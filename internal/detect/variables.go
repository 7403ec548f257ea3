package detect

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/detect/filenames"
	"github.com/devup-cli/devup/internal/detect/runfiles"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/secret"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/dataservice"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/tree"
)

// usesIn are the variables that a source file of a service reads: as its language reads them, or
// the first that has such files.
func usesIn(own *stack.Language, source tree.File) []stack.Use {
	if !stack.HasOne(source.Text, "env", "ENV", "viper.", "Environment", "config(", "Settings", "OrThrow", "onfig", "oi.", " z.", "etVar(", "${") {
		return nil
	}
	for _, language := range append([]*stack.Language{own}, stacks.Languages()...) {
		if language.Uses != nil && slices.Contains(language.Extensions, path.Ext(source.Path)) {
			return language.Uses(source)
		}
	}
	return nil
}

// readsOf are the variables that a service's sources read.
func readsOf(c *candidate) []stack.Use {
	var uses []stack.Use
	for _, source := range append(slices.Clip(c.Configs), c.Sources...) {
		uses = append(uses, usesIn(c.Stack.Language, source)...)
	}
	if unset := c.Stack.Language.Unset; unset != nil {
		uses = append(uses, unset(c.App)...)
	}
	return uses
}

// fromEnvs are the variables that the service's env files name. A file above a page's directory
// has those of servers, too.
func (c environment) fromEnvs() []stack.Use {
	var uses []stack.Use
	above := func(env runfiles.EnvFile) bool {
		return slices.ContainsFunc(c.outer, func(o runfiles.EnvFile) bool { return o.Path == env.Path })
	}
	for _, env := range append(slices.Clip(c.envs), c.outer...) {
		for _, entry := range env.Entries {
			if (c.Frontend && above(env) || c.assets) && !c.reads(entry.Name) && !c.hasPrefix(entry.Name) {
				continue
			}
			uses = append(uses, stack.Use{Name: entry.Name, Value: entry.Value, Set: env.Loaded && entry.Value != "", Where: tree.At(env.Path, entry.Line, entry.Name)})
		}
	}
	return uses
}

// hasPrefix says whether a variable is one for the service's pages by its name.
func (c *candidate) hasPrefix(name string) bool {
	return slices.ContainsFunc(c.Stack.Prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// fromCompose are the variables that a compose file sets, of those that the service reads.
func (c environment) fromCompose() []stack.Use {
	if c.compose == nil {
		return nil
	}
	var uses []stack.Use
	for _, name := range slices.Sorted(maps.Keys(c.compose.Env)) {
		value := c.compose.Env[name]
		if slices.ContainsFunc(slices.Concat(c.read, c.fromEnvs()), func(u stack.Use) bool { return u.Name == name }) {
			uses = append(uses, stack.Use{Name: name, Value: value.Text, Set: value.Set, Where: tree.At(c.compose.File, value.Line, name)})
		}
	}
	return uses
}

// provided is a variable with what devup gives it where nothing else does.
func (c *candidate) provided(v Variable) Variable {
	v.Required = v.Required && !v.Default && v.Sibling == ""
	v.Generate = c.generated(v)
	if v.Default || v.Sibling != "" || v.Generate != "" || c.Compose != "" || c.Frontend {
		v.Usual = ""
	}
	return v
}

// generated is the kind of secret that is generated for a variable of a server.
func (c *candidate) generated(v Variable) secret.Kind {
	if v.Default || v.Sibling != "" || c.Frontend && !c.Stack.ServerSide || c.Compose != "" {
		return ""
	}
	kind := secret.KindFor(v.Name)
	if kind == "" && v.Secret && signsWith(c, v.Name) {
		kind = "hex"
	}
	return kind
}

// signed is a token that a program signs, with the variable that it does it by. What is only
// checked, a third party may have signed.
var signed = lazyregexp.New(`\bsign\((?:[^();]|\([^()]*\)){0,160}?\bprocess\.env\.(\w+)`)

// signsWith says whether a program signs its tokens with a variable, whatever it is called: no third
// party gives it then.
func signsWith(c *candidate, name string) bool {
	return slices.ContainsFunc(c.Sources, func(source tree.File) bool {
		return strings.Contains(source.Text, "process.env."+name) && slices.ContainsFunc(signed.FindAllStringSubmatch(source.Text, 20), func(m []string) bool { return m[1] == name })
	})
}

// decideVariables are the variables that the service reads or that its env
// files name, by name.
func decideVariables(all services, c *candidate) []Variable {
	uses := slices.Concat(c.read, environment{c}.fromEnvs(), environment{c}.fromCompose())
	byName := gathered(uses)
	values, example := map[string][]string{}, map[string]string{}
	readers := map[string][]string{} // the source files that read a variable
	for _, u := range uses {
		values[u.Name] = append(values[u.Name], u.Value)
		switch {
		case filenames.IsCode(u.Where.File):
			readers[u.Name] = append(readers[u.Name], u.Where.File)
		case plainValue.MatchString(u.Value):
			example[u.Name] = u.Value
		}
	}
	var variables []Variable
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		v := byName[name]
		if v.Usual != "" {
			v.Usual = cmp.Or(example[name], v.Usual)
		}
		v.Usual = cmp.Or(v.Usual, shownValue(c, v, uses))
		wire(all, c, v, values[name])
		v.Inside, v.Unread = callsInside(all, c, v, readers[name]), !c.reads(name)
		variables = append(variables, c.provided(*v))
	}
	decideEnvFiles(c, variables)
	environment{c}.tellPort()
	if i := slices.IndexFunc(variables, func(v Variable) bool { return v.Name == c.PortName }); i >= 0 {
		variables[i].Default, variables[i].Required = true, false
	}
	slices.SortFunc(variables, func(a, b Variable) int { return strings.Compare(a.Name, b.Name) })
	return variables
}

// gathered are the variables of uses, by name.
func gathered(uses []stack.Use) map[string]*Variable {
	byName := map[string]*Variable{}
	defaults := defaultsOf(uses)
	for _, u := range uses {
		if stacks.IsSetting(u.Name) && (!u.Required || stack.UsualValue(u) == "") {
			continue
		}
		v := byName[u.Name]
		if v == nil {
			v = &Variable{Name: u.Name, Secret: looksSecret(u.Name), Evidence: u.Where, Default: defaults[u.Name]}
			byName[u.Name] = v
		}
		v.Secret = v.Secret || credentials.MatchString(u.Value)
		v.List = v.List || u.List
		if u.Required && !v.Required {
			v.Required, v.Evidence = true, u.Where
		}
		v.StandIn = cmp.Or(v.StandIn, stack.StandIn(u))
		v.Usual = cmp.Or(v.Usual, stack.UsualValue(u))
	}
	return byName
}

// plainValue is a value of an env file that is no placeholder: a number, or a word such as 15m.
var plainValue = lazyregexp.New(`^\d{1,9}[a-z]{0,8}$|^(?:true|false|HS\d{3}|[rR]S\d{3})$`)

// defaultsOf are the variables that have a value where nothing sets them: a file that is loaded
// has one, or the code does and no other place ends the program all the same.
func defaultsOf(uses []stack.Use) map[string]bool {
	inFile, inCode, checked := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, u := range uses {
		inFile[u.Name] = inFile[u.Name] || u.Set && !filenames.IsCode(u.Where.File)
		inCode[u.Name] = inCode[u.Name] || u.Set
		checked[u.Name] = checked[u.Name] || u.Checked
	}
	for name := range inCode {
		inCode[name] = inFile[name] || inCode[name] && !checked[name]
	}
	return inCode
}

// credentials are a password within a URL.
var credentials = lazyregexp.New(`://[^/\s:@]*:[^/\s@]+@`)

var (
	secretWords = lazyregexp.New(`(?i)(?:^|_)(?:SECRET|SECRETS|TOKEN|PASSWORD|PASSWD|PASS|PWD|KEY|APIKEY|CREDENTIALS?|DSN|SALT)(?:_|$)|SECRET|PASSWORD|APIKEY`)
	// A connection string carries its password inside of it.
	connections = lazyregexp.New(`(?i)(?:DATABASE|POSTGRES|POSTGRESQL|MYSQL|MONGO|MONGODB|REDIS|AMQP|RABBITMQ|DB|SQLALCHEMY_DATABASE|CONNECTION)_?(?:URL|URI|STRING)`)
)

func looksSecret(name string) bool {
	return secretWords.MatchString(name) || connections.MatchString(name)
}

// urlOfSQLite is a file as a service's packages take it in a variable for the URL of an SQLite
// database: Prisma and libSQL, Diesel, and sqlx. Empty for others.
func urlOfSQLite(c *candidate, seen dataservice.Seen) string {
	lists := func(names ...string) bool {
		return slices.ContainsFunc(seen.Manifests, func(f tree.File) bool { return stack.HasOne(f.Text, names...) })
	}
	switch {
	case c.Stack.Language.Name == "node" && lists(`"prisma"`, `"@prisma/client"`, `"@libsql/client"`):
		return "file:./" + sqliteFile
	case c.Stack.Language.Name != "rust":
		return ""
	case lists("diesel"):
		return sqliteFile
	}
	return "sqlite://" + sqliteFile + "?mode=rwc" // makes it where there is none
}

// sqliteFile is the file of an SQLite database that nothing names.
const sqliteFile = "dev.db"

// nameSQLite gives variables with the URL of an SQLite database that nothing sets a file.
func nameSQLite(c *candidate, seen dataservice.Seen) {
	url := urlOfSQLite(c, seen)
	if url == "" {
		return
	}
	for _, named := range dataservice.SQLiteURLs(seen) {
		if !c.reads(named.Name) && !slices.ContainsFunc(c.Variables, func(v Variable) bool { return v.Name == named.Name }) {
			c.variable(named.Name, named.Values[0].At).Default = false // only the schema reads it
		}
		if v := c.variable(named.Name, named.Values[0].At); !v.Default && v.Sibling == "" {
			v.Required, v.Usual = false, url
		}
	}
}

// leaveUnserved says which database a service needs that devup has none of.
func leaveUnserved(c *candidate, seen dataservice.Seen) {
	title, e := dataservice.Unserved(seen)
	if title == "" {
		return
	}
	e.Text = fmt.Sprintf("needs %s, of which devup has no service", title)
	c.Remark(e, "add a service with its image to devup.yaml, or set the URL to a server that you have")
}

// leaveCloud says that a database is the provider's, which others may use, too: nothing migrates it
// unasked.
func leaveCloud(c *candidate, seen dataservice.Seen) {
	e := dataservice.CloudOnly(seen)
	if e.File == "" {
		return
	}
	e.Text += " reaches Neon's own servers alone, which no PostgreSQL here answers"
	c.Remark(e, "set the URL of a database at Neon in .env")
	c.Migrate, c.MigrateFiles, c.Seed = nil, nil, stack.Seed{}
}

// isOtherSchema says whether a file is a whole schema of Prisma next to the one that its commands
// take, as one for production is.
func (s dataServices) isOtherSchema(name string) bool {
	main := path.Join(path.Dir(name), "schema.prisma")
	return path.Ext(name) == ".prisma" && name != main && s.tree.Exists(main) && strings.Contains(s.tree.Text(name), "datasource ")
}

// standingIn is the value of a variable. What a committed file has on the internet counts as an
// example: a clone has the login of another user there, changes the data of others, and mostly
// reaches nothing any more.
func standingIn(c *candidate, name string, value dataservice.Value) dataservice.Value {
	example, ok := dataservice.Stripped(name, value.Text)
	if !ok || value.From == dataservice.Example || !c.Tree.IsTracked(value.At.File) {
		return value
	}
	if c.spared == nil {
		c.spared = map[string]Evidence{}
	}
	c.spared[name] = value.At
	return dataservice.Value{Text: example, From: dataservice.Example, At: value.At}
}
