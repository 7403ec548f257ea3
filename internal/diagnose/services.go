package diagnose

import "github.com/devup-cli/devup/internal/diagnose/rule"

// serviceRules are about what servers and databases refuse.
var serviceRules = []rule.Rule{
	{
		Reason: AllowedHost, Scope: program | Answer, Pattern: re(`Invalid HTTP_HOST header: '(?P<host>[^']+)'|Blocked hosts?: (?P<host2>\S+)`),
		Fallback: re(`^(?P<answer>Invalid Host header)$|Invalid Host header|Blocked request\. This host|DisallowedHost|Blocked hosts?:`),
		Sentence: "it refuses to be asked under [the name $host|a name that it does not know]",
		Hint:     "add the name to ALLOWED_HOSTS (Django), config.hosts (Rails) or server.allowedHosts (Vite)",
	},
	{
		Reason: "cors", Scope: program, Pattern: re(`Not allowed by CORS|Invalid CORS request|Disallowed CORS origin`),
		Sentence: "it refuses the address of the page that calls it (CORS)",
		Hint:     "allow the page's URL: devup gives it as DEVUP_URL_<SERVICE>, and all of them as DEVUP_ORIGINS, for the service's environment",
	},
	{
		Reason: "database-login", Scope: program,
		Pattern:  re(`password authentication failed for user "(?P<user>[^"]+)"|Access denied for user '(?P<user2>[^']+)'@|(?:NOAUTH|WRONGPASS) |MongoServerError: Authentication failed`),
		Sentence: "the database refuses the login[ of $user]",
		Hint:     "give the service the user and password that the database was started with first: a volume keeps those, also when the variables change",
	},
	{
		Reason: "database-missing", Scope: program, Pattern: re(`database "(?P<name>[^"]+)" does not exist|Unknown database '(?P<name2>[^']+)'`),
		Sentence: "the database server has no database named $name", Hint: "name it in POSTGRES_DB or MYSQL_DATABASE before the volume is first used, or create it",
	},
	{
		Reason: TableMissing, Scope: program, Pattern: re(`relation "(?P<name>[^"]+)" does not exist|no such table: (?P<name2>[\w.]+)|Table '(?P<name3>[^']+)' doesn't exist`),
		Sentence: "the database has no table $name", Hint: "run the migrations, for instance with `devup exec`, or as x-devup.setup of the service",
	},
	{
		Reason: "database-starting", Scope: program, Transient: true,
		Pattern:  re(`the database system is (?:starting up|in recovery mode|not yet accepting connections)`),
		Sentence: "the database is not ready yet", Hint: "depend on it with condition: service_healthy, and give it a healthcheck (pg_isready)",
	},
	{
		Reason: "postgres-password", Scope: program, Rank: rule.High, Pattern: re(`Database is uninitialized and superuser password is not specified`),
		Sentence: "PostgreSQL has no password for its first start", Hint: "set POSTGRES_PASSWORD in the service's environment",
	},
	{
		Reason: "database-password", Scope: program, Rank: rule.High, Pattern: re(`Database is uninitialized and password option is not specified`),
		Sentence: "the database has no root password for its first start", Hint: "set MYSQL_ROOT_PASSWORD or MARIADB_ROOT_PASSWORD in the service's environment",
	},
	{
		Reason: "data-version", Scope: program, Rank: rule.High, Pattern: re(`database files are incompatible with server|The data directory was initialized by PostgreSQL version \d+`),
		Sentence: "the volume holds the data of another version of the database", Hint: "use that version's image; only if the data may go: `devup down --volumes`",
	},
}

// databasePorts are those of PostgreSQL, MySQL, MongoDB and Redis.
const databasePorts = "5432|3306|27017|6379"

// networkRules are about connections that a program makes.
var networkRules = []rule.Rule{
	{
		Reason: NameUnknown, Scope: step, Transient: true,
		Pattern:  re(`(?:getaddrinfo (?:ENOTFOUND|EAI_AGAIN)|could not translate host name|Unknown MySQL server host) ["']?(?P<host>[\w.-]+)|lookup (?P<host2>\S+?)(?: on \S+)?: no such host|(?:Could not resolve host:|Temporary failure resolving) '?(?P<host3>[\w.-]+)|bad address '(?P<host4>[^']+)'|gaierror: \[Errno -[235]\]|(?i:temporary failure in name resolution|name or service not known|unknown host|no address associated|bad address|getaddrinfo: |no such host|NameResolutionError|could not resolve host)`),
		Fallback: re(`\b(?:EAI_AGAIN|ENOTFOUND)\b`),
		Sentence: "[the host $host|a host] cannot be found", Hint: "use the names of the services in devup.yaml: they reach each other by these",
		BuildHint: "check the network and its DNS with `devup doctor`, which looks from inside a build too",
	},
	{
		Reason: "unreachable", Scope: step, Transient: true,
		Pattern: re(`dial tcp (?P<host>[\w.\[\]:-]+:\d+): (?:i/o timeout|connect: (?:no route to host|network is unreachable|connection timed out))|connect (?:EHOSTUNREACH|ENETUNREACH|ETIMEDOUT) (?P<host2>[\w.\[\]:-]+:\d+)` +
			`|Failed to connect to (?P<host3>\S+ port \d+) after \d+ ms: Couldn't|Connection to (?P<host4>\S+) timed out|Can't connect to (?:\w+ )?server on '(?P<host5>[^']+)' \((?:timed out|\[Errno 11[03]\]|11[03]\b)` +
			`|connection to server at "(?P<host6>[^"]+)".*(?:timed out|No route to host|Network is unreachable)|(?i:no route to host|network is unreachable|i/o timeout|TLS handshake timeout|connection timed out)`),
		Fallback: re(`\b(?:EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)\b`),
		Sentence: "[$host|a server] cannot be reached", Hint: "check the address, the networks of the service, and the network of this machine",
		BuildHint: "check the network, and HTTP_PROXY and HTTPS_PROXY",
	},
	{
		Reason: "unreachable", Scope: Build, Pattern: re(`(?i)ECONNREFUSED|connection refused`),
		Sentence: "a server refuses connections from inside the build", Hint: "check the network, and HTTP_PROXY and HTTPS_PROXY",
	},
	{
		Reason: "database-in-build", Scope: Build, Rank: rule.High,
		Pattern: re(`ECONNREFUSED \S+:(?P<port>` + databasePorts + `)\b|dial tcp \S+:(?P<port2>` + databasePorts + `): connect: connection refused|connection to server at .*, port (?P<port3>` + databasePorts + `) failed` +
			`|Can't reach database server at \S+:(?P<port4>` + databasePorts + `)\b`),
		Sentence: "the build connects to a database at port $port, and no service runs while an image is built",
		Hint:     "connect when the server starts or a page is requested, not when a file is loaded",
	},
	{
		Reason: "connection-refused", Scope: program, Rank: rule.High, Transient: true,
		Pattern:  re(`ECONNREFUSED (?:127\.0\.0\.1|::1|localhost):(?P<port>\d+)|dial tcp (?:127\.0\.0\.1|\[::1\]|localhost):(?P<port2>\d+): connect: connection refused|connection to server at "(?:127\.0\.0\.1|::1|localhost)".*port (?P<port3>\d+) failed: Connection refused`),
		Sentence: "it connects to port $port of its own container, where nothing listens", Hint: "use the other service's name as the host: inside a container localhost is the container",
	},
	{
		Reason: "connection-refused", Scope: program, Transient: true,
		Pattern:  re(`ECONNREFUSED (?P<host>[\w.\[\]:-]+:\d+)|dial tcp (?P<host2>[\w.\[\]:-]+:\d+): connect: connection refused|[Cc]onnection to server at "(?P<host3>[^"]+)".*Connection refused|Can't connect to (?:\w+ )?server on '(?P<host4>[^']+)' \((?:\[Errno 111\]|111\b)|Can't connect to local \w+ server through socket '(?P<host5>[^']+)'|Connection refused`),
		Sentence: "a connection was refused[ by $host]",
		Hint:     "check that the other service runs, and depend on it with condition: service_healthy; inside a container localhost is the container itself",
	},
}
