package java

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// Spring is an application of Spring Boot. Flyway and Liquibase run in it by themselves.
var Spring = stack.Stack{
	Name: "spring", Aliases: []string{"java"}, Title: "Spring Boot", Language: &Language, Port: 8080,
	Packages: []string{"spring-boot-starter-web", "spring-boot-starter-webflux"},
	Find:     findSpring,
	FindPort: findPort,
	Commands: commands,
	ForPort:  []string{"SERVER_PORT"},
	Settings: []string{"SPRING_PROFILES_ACTIVE", "SERVER_PORT", "SERVER_ADDRESS", "JAVA_TOOL_OPTIONS", "JAVA_OPTS", "MAVEN_OPTS"},
	Listen:   stack.Listen{Prints: lazyregexp.New(`Tomcat started on port|Netty started on port|Jetty started on port|Undertow started on port`), Hint: "set SERVER_ADDRESS: 0.0.0.0 and SERVER_PORT: \"%d\" under environment"},
	Proxy: []stack.Rule{
		{
			// server.forward-headers-strategy: https://docs.spring.io/spring-boot/how-to/webserver.html

			Variables: []stack.Setting{{Name: "SERVER_FORWARD_HEADERS_STRATEGY", Value: "framework"}},
		},
	},
	Failures: []stack.Failure{
		{
			Reason: "java-too-old", InBuild: true, Pattern: lazyregexp.New(`(?:error: release version|invalid target release:|invalid source release:|error: invalid source release:) ?(?P<wanted>[\d.]+)`),
			Sentence: "the build asks for Java $wanted, which the image is too old for", Hint: "put a newer Java into the tag of the image in the Dockerfile",
			Example: "[ERROR] Fatal error compiling: error: release version 25 not supported",
		},
		{
			Reason: "datasource-missing", Pattern: lazyregexp.New(`Failed to configure a DataSource: 'url' attribute is not specified`),
			Sentence: "Spring needs a database, and nothing says where it is", Hint: "set SPRING_DATASOURCE_URL under environment",
			Example: "Failed to configure a DataSource: 'url' attribute is not specified and no embedded datasource could be configured.",
		},
		{
			Reason: "flyway-differs", Pattern: lazyregexp.New(`FlywayValidateException|[Mm]igration checksum mismatch for migration version (?P<version>[\w.]+)`),
			Sentence: "the database has other migrations than the project", Hint: "delete the database's data with `devup down --volumes`, or its file, or repair Flyway's history",
			Example: "Caused by: org.flywaydb.core.api.exception.FlywayValidateException: Validate failed: Migrations have failed validation",
		},
		{
			Reason: "variable-missing", Pattern: lazyregexp.New(`Could not resolve placeholder '(?P<name>[^']+)' in value`),
			Sentence: "Spring needs the property $name, which nothing sets", Hint: "set $name under environment",
			Example: `Caused by: java.lang.IllegalArgumentException: Could not resolve placeholder 'JWT_SECRET' in value "${JWT_SECRET}"`,
		},
	},
}

var application = lazyregexp.New(`(?m)^[ \t]*@SpringBootApplication\b|\brunApplication<(\w+)>`)

// findSpring is for a module with an application's class, in a build that names Spring Boot.
func findSpring(a *stack.App) bool {
	named := false
	for _, dir := range []string{a.Dir, rootOf(a.Tree, a.Dir)} {
		for _, name := range manifests {
			text := a.Tree.Text(path.Join(dir, name))
			named = named || stack.HasOne(text, "spring-boot", "org.springframework.boot")
		}
	}
	if named {
		for _, source := range mainSources(a) {
			if at := application.FindStringIndex(source.Text); at != nil {
				a.Entry, a.FoundAt = tree.Relative(a.Dir, source.Path), source.At(at[0], "Spring Boot")
				describeSpring(a)
				return true
			}
		}
	}
	return false
}

func describeSpring(a *stack.App) {
	a.Packages, a.Ready = packagesOf(a), healthOf(a)
	if at := stack.HiddenIn(configs(a), loopback); at.File != "" {
		a.Listens = []stack.Setting{{Name: "SERVER_ADDRESS", Value: "0.0.0.0"}}
		a.Note(at)
	}
	a.Note(a.FoundAt)
	text := parent.ReplaceAllString(a.Tree.Text(path.Join(a.Dir, "pom.xml")), "")
	text += a.Tree.Text(path.Join(a.Dir, "settings.gradle")) + a.Tree.Text(path.Join(a.Dir, "settings.gradle.kts"))
	if match := projectName.FindStringSubmatch(text); match != nil {
		a.PackageName = match[1] + match[2]
	}
}

var (
	parent      = lazyregexp.New(`(?s)<parent>.*?</parent>`)
	projectName = lazyregexp.New(`<artifactId>([\w.-]+)</artifactId>|rootProject\.name\s*=\s*["']([\w.-]+)`)
)

// maxSources bounds how many sources of a module are opened to find its application.
const maxSources = 400

// mainSources are the sources of a module, without those of modules below it and tests.
func mainSources(a *stack.App) []tree.File {
	var sources []tree.File
	for _, f := range a.Tree.Below(a.Dir, func(f *tree.Directory) bool {
		return f.First(manifests...) == "" && !tree.IsAside(f.Path)
	}) {
		for _, name := range f.Names {
			if len(sources) < maxSources && slices.Contains([]string{".java", ".kt"}, path.Ext(name)) {
				sources = append(sources, a.Tree.Source(path.Join(f.Path, name)))
			}
		}
	}
	return sources
}

var loopback = lazyregexp.New(`(?m)^server\.address\s*[=:]\s*(?:127\.0\.0\.1|localhost)\b|^server:\s*\n(?:[ \t]+\S.*\n)*?[ \t]+address:\s*["']?(?:127\.0\.0\.1|localhost)\b`)

// configs are the files of settings of a module, those for development first.
func configs(a *stack.App) []tree.File {
	var files []tree.File
	dir := path.Join(a.Dir, "src/main/resources")
	for _, ending := range []string{".properties", ".yml", ".yaml"} {
		if name := path.Join(dir, "application"+ending); a.Tree.Has(name) {
			files = append(files, live(a.Tree, a.Tree.Source(name)))
		}
	}
	for _, profile := range activeIn(a.Tree, dir) {
		files = append(files, settingsOf(a.Tree, dir, profile)...)
	}
	return files
}

var (
	portProperty = lazyregexp.New(`(?m)^\s*server\.port\s*[=:]\s*["']?(?:\$\{[^:}\n]+:)?(\d{2,5})\b`)
	portYAML     = lazyregexp.New(`(?m)^server:[ \t]*\n(?:[ \t]+[^\n]*\n|[ \t]*\n)*?[ \t]+port:[ \t]*["']?(?:\$\{[^:}\n]+:)?(\d{2,5})\b`)
	pathProperty = lazyregexp.New(`(?m)^\s*(?:server\.servlet\.context-path|spring\.webflux\.base-path)\s*[=:]\s*["']?(/[\w/.-]+)`)
	pathYAML     = lazyregexp.New(`(?m)^\s+(?:context-path|base-path):[ \t]*["']?(/[\w/.-]+)`)
)

// findPort looks into the module's settings.
func findPort(a *stack.App) (stack.Port, bool) {
	for _, file := range configs(a) {
		for _, pattern := range []*lazyregexp.Regexp{portProperty, portYAML} {
			if at := pattern.FindStringSubmatchIndex(file.Text); at != nil {
				if n, ok := stack.PortNumber(stack.Group(file.Text, at, 1)); ok {
					return stack.PortAt(n, file.At(at[2], fmt.Sprintf("port %d", n))), true
				}
			}
		}
	}
	return stack.Port{}, false
}

var (
	environment  = lazyregexp.New(`\bSystem\.getenv\(\s*"([A-Z][A-Z0-9_]*)"`)
	placeholders = lazyregexp.New(`\$\{([A-Z][A-Z0-9_]*)(:([^}]*))?\}`)
)

// uses are the variables that a source or a file of settings reads.
func uses(source tree.File) []stack.Use {
	var found []stack.Use
	text := source.Text
	switch path.Ext(source.Path) {
	case ".java", ".kt":
		for _, at := range environment.FindAllStringSubmatchIndex(text, -1) {
			found = append(found, stack.Use{Name: stack.Group(text, at, 1), Where: source.At(at[0], stack.Group(text, at, 1))})
		}
	default:
		base := path.Base(source.Path)
		if !strings.HasPrefix(base, "application") && !strings.HasPrefix(base, "bootstrap") || strings.HasPrefix(base, "bootstrap-") {
			return nil
		}
	}
	for _, at := range placeholders.FindAllStringSubmatchIndex(text, -1) {
		name := stack.Group(text, at, 1)
		use := stack.Use{Name: name, Value: stack.Group(text, at, 3), Set: at[4] >= 0, Where: source.At(at[0], name)}
		found = append(found, demanded(use))
	}
	return found
}

// numbers are names of variables that a program reads as a number.
var numbers = lazyregexp.New(`EXPIR|TTL|LIFETIME|DURATION|TIMEOUT|MAX|MIN|LIMIT|SIZE|PORT$|_MS$|_SECONDS$|_DAYS$|_AGE$`)

// demanded is a placeholder, without whose value an application of Spring does not start:
// https://docs.spring.io/spring-framework/reference/core/beans/environment.html
func demanded(use stack.Use) stack.Use {
	use.Required = !use.Set
	use.Number = numbers.MatchString(use.Name)
	return use
}

// settingsText is that of all files of settings, as [plainKey] has it.
func settingsText(a *stack.App) string {
	var text strings.Builder
	for _, file := range append(configs(a), a.Sources...) {
		if path.Ext(file.Path) != ".java" && path.Ext(file.Path) != ".kt" {
			text.WriteString(plainKey(file.Text))
		}
	}
	return text.String()
}

// plainKey is a text with the names of properties as Spring compares them.
func plainKey(key string) string { return strings.ToLower(strings.ReplaceAll(key, "-", "")) }

var injected = lazyregexp.New(`@Value\(\s*"\$\{([a-z][\w.-]*)\}"`)

// unset are the variables for properties that sources want and that no file of settings has, as
// where application.properties is kept out of git. Spring takes a variable for each:
// https://docs.spring.io/spring-boot/reference/features/external-config.html
func unset(a *stack.App) []stack.Use {
	settings := settingsText(a)
	found := tablesUnsaid(a)
	for _, source := range a.Sources {
		for _, at := range injected.FindAllStringSubmatchIndex(source.Text, -1) {
			key := strings.ReplaceAll(stack.Group(source.Text, at, 1), "-", "")
			last := plainKey(key[strings.LastIndexByte(key, '.')+1:])
			isSet := stack.HasOne(settings, last+":", last+"=", last+" :", last+" =")
			if isSet || strings.HasPrefix(key, "spring.") || strings.HasPrefix(key, "server.") {
				continue
			}
			name := strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
			found = append(found, demanded(stack.Use{Name: name, Where: source.At(at[0], name)}))
		}
	}
	return found
}

// migrates are what makes the tables where Hibernate does not.
var migrates = []string{"flyway", "liquibase"}

// tablesUnsaid is the variable by which Hibernate makes tables, for a project that keeps all files of
// settings out of git and has no migrations: else nothing would make them.
func tablesUnsaid(a *stack.App) []stack.Use {
	const name = "SPRING_JPA_HIBERNATE_DDL_AUTO"
	resources := a.Tree.Directory(path.Join(a.Dir, "src/main/resources"))
	hasSettings := slices.ContainsFunc(resources.Names, settingsName.MatchString)
	for _, manifest := range manifests {
		file := a.Tree.Source(path.Join(a.Dir, manifest))
		at := strings.Index(file.Text, "spring-boot-starter-data-jpa")
		if at >= 0 && !hasSettings && !stack.HasOne(file.Text, migrates...) {
			return []stack.Use{{Name: name, Where: file.At(at, name)}}
		}
	}
	return nil
}

var (
	classPath = lazyregexp.New(`@RequestMapping\(\s*(?:(?:value|path)\s*=\s*)?\{?\s*"(/?[^"]*)"[^)]*\)[^;{]*?\bclass\b`)
	mappings  = lazyregexp.New(`@(Get|Post|Put|Patch|Delete)Mapping(?:\(\s*(?:(?:value|path)\s*=\s*)?\{?\s*"(/?[^"]*)")?`)
)

// contextPath is what stands before all paths of an application; empty for nothing.
func contextPath(files []tree.File) (context string) {
	for _, file := range files {
		for _, pattern := range []*lazyregexp.Regexp{pathProperty, pathYAML} {
			if match := pattern.FindStringSubmatch(file.Text); match != nil && strings.HasPrefix(path.Base(file.Path), "application") {
				context = strings.TrimSuffix(match[1], "/")
			}
		}
	}
	return context
}

// movesHealth is a setting that puts the health elsewhere: to a port or a path of its own.
var movesHealth = lazyregexp.New(`(?m)^\s*management\.(?:server\.|endpoints\.web\.(?:base-path|path-mapping))|^management:[ \t]*\n(?:[ \t]+[^\n]*\n|[ \t]*\n)*?[ \t]+(?:port|base-path|path-mapping):`)

// healthOf is the path of the health that Actuator tells, where the build has it:
// https://docs.spring.io/spring-boot/reference/actuator/endpoints.html
func healthOf(a *stack.App) string {
	has := slices.ContainsFunc(manifests, func(name string) bool {
		return strings.Contains(a.Tree.Text(path.Join(a.Dir, name)), "spring-boot-starter-actuator")
	})
	files := configs(a)
	if !has || slices.ContainsFunc(files, func(file tree.File) bool { return movesHealth.MatchString(file.Text) }) {
		return ""
	}
	return contextPath(files) + "/actuator/health"
}

// routes are what the controllers answer, and the health of an application that tells it.
func routes(sources []tree.File) []stack.Route {
	var found []stack.Route
	context := contextPath(sources)
	for _, source := range sources {
		if !strings.Contains(source.Text, "Controller") {
			continue
		}
		prefix := ""
		if match := classPath.FindStringSubmatch(source.Text); match != nil {
			prefix = "/" + strings.Trim(match[1], "/")
		}
		for _, at := range mappings.FindAllStringSubmatchIndex(source.Text, -1) {
			to := path.Join("/", context, prefix, stack.Group(source.Text, at, 2))
			found = append(found, stack.Route{Path: to, Get: stack.Group(source.Text, at, 1) == "Get", At: source.At(at[0], to)})
		}
	}
	return found
}
