package java

import (
	"path"
	"slices"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

// migrator is a tool whose plugin of the build makes the tables, where the program does not do
// it when it starts: Spring Boot runs the library alone.
type migrator struct {
	plugin  *lazyregexp.Regexp // in a build file
	library string             // that the program would run by itself
	dirs    []string           // of its files, by default
	maven   string
	gradle  string
}

// migrators are the tools. Sources: https://documentation.red-gate.com/fd/maven-goal-277579358.html,
// https://docs.liquibase.com/tools-integrations/maven/home.html.
var migrators = []migrator{
	{
		plugin: lazyregexp.New(`<artifactId>flyway-maven-plugin</artifactId>|\borg\.flywaydb\.flyway\b`), library: "flyway-core",
		dirs:   []string{"src/main/resources/db/migration"},
		maven:  `mvn --batch-mode process-resources flyway:migrate -Dflyway.url="$SPRING_DATASOURCE_URL" -Dflyway.user="$SPRING_DATASOURCE_USERNAME" -Dflyway.password="$SPRING_DATASOURCE_PASSWORD"`,
		gradle: `gradle --console plain flywayMigrate -Dflyway.url="$SPRING_DATASOURCE_URL" -Dflyway.user="$SPRING_DATASOURCE_USERNAME" -Dflyway.password="$SPRING_DATASOURCE_PASSWORD"`,
	},
	{
		plugin: lazyregexp.New(`<artifactId>liquibase-maven-plugin</artifactId>`), library: "liquibase-core",
		dirs:  []string{"src/main/resources/db/changelog", "src/main/resources/liquibase"},
		maven: `mvn --batch-mode process-resources liquibase:update -Dliquibase.url="$SPRING_DATASOURCE_URL" -Dliquibase.username="$SPRING_DATASOURCE_USERNAME" -Dliquibase.password="$SPRING_DATASOURCE_PASSWORD"`,
	},
}

// pluginBlock is a plugin of Maven's, whose own dependencies are not the program's.
var pluginBlock = lazyregexp.New(`(?s)<plugin>.*?</plugin>`)

// migration runs the plugin of the build with the address that Spring reads.
func migration(a *stack.App, _ string) *stack.Migration {
	file := a.Directory().First(manifests...)
	text := a.Tree.Text(path.Join(a.Dir, file))
	for _, m := range migrators {
		command := m.maven
		if file != "pom.xml" {
			command = m.gradle
		}
		if command == "" || !m.plugin.MatchString(text) || stack.HasOne(pluginBlock.ReplaceAllString(text, ""), m.library) {
			continue
		}
		at := slices.IndexFunc(m.dirs, func(dir string) bool { return a.Tree.Exists(path.Join(a.Dir, dir)) })
		isWired := slices.ContainsFunc(a.Variables, func(v stack.Variable) bool { return v.Name == "SPRING_DATASOURCE_URL" && v.Data != "" })
		if at < 0 || !isWired {
			continue
		}
		return &stack.Migration{
			Dir:     path.Join(a.Dir, m.dirs[at]),
			Command: func(func() string) []string { return []string{"sh", "-c", command} },
		}
	}
	return nil
}
