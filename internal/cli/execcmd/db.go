package execcmd

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/stack/dataservice"
)

// clients are command lines that become the client of a data service, in its own container, with the
// login that its variables say. A password is an argument only where the client reads it nowhere else.
var clients = map[string]string{
	"postgres": `export PGPASSWORD="$POSTGRES_PASSWORD"; exec psql -U "${POSTGRES_USER:-postgres}" -d "${POSTGRES_DB:-${POSTGRES_USER:-postgres}}" "$@"`,
	"mysql":    `if [ -n "$MYSQL_USER" ]; then export MYSQL_PWD="$MYSQL_PASSWORD"; else export MYSQL_PWD="$MYSQL_ROOT_PASSWORD"; fi; exec mysql -u "${MYSQL_USER:-root}" ${MYSQL_DATABASE:+"$MYSQL_DATABASE"} "$@"`,
	"mariadb": `u=${MARIADB_USER:-$MYSQL_USER}; d=${MARIADB_DATABASE:-$MYSQL_DATABASE}; export MYSQL_PWD="${MARIADB_ROOT_PASSWORD:-$MYSQL_ROOT_PASSWORD}"
[ -z "$u" ] || MYSQL_PWD=${MARIADB_PASSWORD:-$MYSQL_PASSWORD}; exec mariadb -u "${u:-root}" ${d:+"$d"} "$@"`,
	"mongo":  `exec mongosh ${MONGO_INITDB_ROOT_USERNAME:+-u "$MONGO_INITDB_ROOT_USERNAME" -p "$MONGO_INITDB_ROOT_PASSWORD" --authenticationDatabase admin} "$@"`,
	"redis":  `[ -z "$REDIS_PASSWORD" ] || export REDISCLI_AUTH="$REDIS_PASSWORD"; exec redis-cli "$@"`,
	"valkey": `[ -z "$VALKEY_PASSWORD" ] || export REDISCLI_AUTH="$VALKEY_PASSWORD"; exec valkey-cli "$@"`,
}

// NewDB is `devup db`.
func NewDB(p *command.Program) *cobra.Command {
	o := execOptions{terminalOptions: terminalOptions{interactive: true}}
	c := &cobra.Command{
		Use:        "db [SERVICE] [ARG...]",
		SuggestFor: []string{"psql", "mysql", "mariadb", "mongosh", "redis-cli", "sql", "database", "dbshell"},
		Short:      "Open the client of a database, in its container and with its login",
		Long: `Open the database's own client (psql, mysql, mariadb, mongosh, redis-cli, valkey-cli) in its
container, with the login and the database that its variables name. Without a service it
is the only one there is. What follows the service goes to the client.`,
		Example: `  devup db
  devup db db -c 'select 1'
  devup db postgres < dump.sql`,
		ValidArgsFunction: p.CompleteServices,
	}
	c.Flags().SetInterspersed(false) // what follows the service belongs to the client
	o.flags(c.Flags())
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error { return runDB(ctx, env, args, o) })
	return c
}

func runDB(ctx context.Context, env *command.Env, args []string, o execOptions) error {
	s, err := env.Observe(ctx, args[:min(len(args), 1)]...)
	if err != nil {
		return err
	}
	found := databases(s)
	s.Close()
	var service string
	switch {
	case len(args) > 0:
		service, args = args[0], args[1:]
	case len(found) == 1:
		service = found[0].service
	case len(found) == 0:
		return fail.New(fail.Usage, "name a service: devup db SERVICE; `devup add` adds a database", "project %s has no database that devup knows the client of", s.Name)
	default:
		var names []string
		for _, f := range found {
			names = append(names, f.service)
		}
		return fail.New(fail.Usage, "name one: devup db "+names[0], "project %s has several databases: %s", s.Name, command.List(names))
	}
	i := slices.IndexFunc(found, func(f database) bool { return f.service == service })
	if i < 0 {
		return fail.New(fail.Usage, "`devup shell "+service+"` opens a shell there", "%s is no database that devup knows the client of", service)
	}
	return runExec(ctx, env, service, append([]string{"sh", "-c", clients[found[i].kind], "sh"}, args...), o)
}

// database is a service of a kind that there is a client for.
type database struct{ service, kind string }

// databases are those of a project.
func databases(s *session.Session) []database {
	var found []database
	if s.Project == nil {
		return nil
	}
	for _, name := range s.Project.ServiceNames() {
		if kind := dataservice.OfImage(s.Project.Services[name].Image); kind != nil && clients[kind.Name] != "" {
			found = append(found, database{name, kind.Name})
		}
	}
	return found
}
