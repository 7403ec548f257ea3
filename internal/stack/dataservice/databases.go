package dataservice

import (
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/manifest"
	"github.com/devup-cli/devup/internal/stack/sqlfile"
)

// databases are the relational ones, and MongoDB.
var databases = []*Service{
	{
		Name: "postgres", Aliases: []string{"postgresql", "pg"}, Title: "PostgreSQL", Group: Database,
		// 18 keeps its data elsewhere: https://hub.docker.com/_/postgres, "PGDATA".
		Image: "postgres:17", Key: "db", Port: 5432, Volume: "/var/lib/postgresql/data", Seeds: "/docker-entrypoint-initdb.d",
		Settings: []stack.Setting{{Name: "POSTGRES_USER", Value: "{user}"}, {Name: "POSTGRES_PASSWORD", Value: "{password}"}, {Name: "POSTGRES_DB", Value: "{name}"}},
		Empty:    stack.Setting{Name: "POSTGRES_HOST_AUTH_METHOD", Value: "trust"},
		// Over TCP: the server of the first start, which loads SQL files, has a socket only.
		Health:  []string{"pg_isready", "-h", "127.0.0.1", "-U", "{user}", "-d", "{name}"},
		Login:   Login{"app", "app", "app"},
		Foreign: sqlfile.OfMySQL,
		Variants: []Variant{
			{
				Name: "PostGIS", Image: "postgis/postgis:17-3.5",
				Words:    []string{"django.contrib.gis", "geoalchemy2", "create extension postgis", "create extension if not exists postgis"},
				Packages: map[string][]string{"python": {"geoalchemy2"}, "ruby": {"activerecord-postgis-adapter"}, "java": {"hibernate-spatial"}},
			},
			{
				Name: "pgvector", Image: "pgvector/pgvector:pg17",
				Words:    []string{"create extension vector", "create extension if not exists vector", `unsupported("vector`},
				Packages: map[string][]string{"python": {"pgvector", "langchain-postgres"}, "node": {"pgvector"}, "golang": {"github.com/pgvector/pgvector-go"}, "ruby": {"neighbor"}},
			},
			{
				Name: "TLS", // with the self-signed certificate that Debian's package makes
				Code: lazyregexp.New(`\bssl["']?\s*:\s*\{[^{}]*\brejectUnauthorized["']?\s*:\s*false|\bsslmode["']?\s*[=:]\s*["']?require\b`),
				Command: []string{
					"postgres", "-c", "ssl=on", "-c", "ssl_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem", "-c", "ssl_key_file=/etc/ssl/private/ssl-cert-snakeoil.key",
				},
			},
		},
		Images: []string{"postgres", "postgresql", "postgis", "pgvector", "timescaledb", "timescaledb-ha", "supabase-postgres"},
		Packages: map[string][]string{
			"node": {"pg", "postgres", "pg-promise", "@neondatabase/serverless", "@vercel/postgres", "slonik", "@prisma/adapter-pg", "pg-native", "@nestjs/pg"},
			"python": {
				"psycopg2", "psycopg2-binary", "psycopg", "psycopg-binary", "psycopg-pool", "asyncpg", "aiopg", "pg8000", "geoalchemy2", "pgvector", "databases[postgresql]", "databases[asyncpg]", "sqlalchemy[asyncpg]", "tortoise-orm[asyncpg]",
			},
			"golang":      {"github.com/lib/pq", "github.com/jackc/pgx", "gorm.io/driver/postgres", "github.com/go-pg/pg", "github.com/uptrace/bun/driver/pgdriver"},
			"java":        {"org.postgresql:postgresql", "r2dbc-postgresql", "quarkus-jdbc-postgresql"},
			"ruby":        {"pg"},
			"php":         {"ext-pgsql", "ext-pdo_pgsql"},
			"rust":        {"tokio-postgres", "postgres", "deadpool-postgres", "sqlx[postgres]", "diesel[postgres]", "sea-orm[sqlx-postgres]"},
			"dotnet":      {"Npgsql", "Npgsql.EntityFrameworkCore.PostgreSQL"},
			"elixir":      {"postgrex"},
			manifest.Deno: {"@db/postgres", "@bartlomieju/postgres", "x/postgres", "x/postgresjs"},
		},
		Words:    []string{"POSTGRES", "POSTGRESQL", "PG", "PSQL", "PGSQL", "POSTGIS"},
		Schemes:  []string{"postgresql", "postgres", "postgis", "pgsql", "psql"},
		Dialects: []string{"postgres", "postgresql", "pg", "pgsql", "postgis", "psycopg2", "postgresql_psycopg2", "npgsql"},
		URL:      "{scheme}://{user}:{password}@{host}:{port}/{name}",
		URLs: map[string]string{
			"java":   "jdbc:postgresql://{host}:{port}/{name}",
			"golang": "{scheme}://{user}:{password}@{host}:{port}/{name}?sslmode=disable", // lib/pq asks for TLS
			"dotnet": "Host={host};Port={port};Database={name};Username={user};Password={password}",
		},
		Drivers: []Driver{
			{"python", "sqlalchemy", "asyncpg", "postgresql+asyncpg"},
			{"python", "sqlmodel", "asyncpg", "postgresql+asyncpg"},
			{"python", "sqlalchemy", "psycopg2", "postgresql"},
			{"python", "sqlalchemy", "psycopg2-binary", "postgresql"},
			{"python", "sqlalchemy", "psycopg", "postgresql+psycopg"},
			{"python", "sqlmodel", "psycopg", "postgresql+psycopg"},
			{"python", "flask-sqlalchemy", "psycopg", "postgresql+psycopg"},
			{"python", "sqlalchemy", "psycopg-binary", "postgresql+psycopg"},
			{"python", "sqlalchemy", "pg8000", "postgresql+pg8000"},
		},
	},
	{
		Name: "mysql", Title: "MySQL", Group: Database,
		Image: "mysql:8.4", Key: "db", Port: 3306, Volume: "/var/lib/mysql", Seeds: "/docker-entrypoint-initdb.d",
		Settings: []stack.Setting{
			{Name: "MYSQL_USER", Value: "{user}"},
			{Name: "MYSQL_PASSWORD", Value: "{password}"},
			{Name: "MYSQL_DATABASE", Value: "{name}"},
			{Name: "MYSQL_ROOT_PASSWORD", Value: "{password}"},
		},
		RootUser: "root",
		Empty:    stack.Setting{Name: "MYSQL_ALLOW_EMPTY_PASSWORD", Value: "1"},
		Root:     []stack.Setting{{Name: "MYSQL_ROOT_PASSWORD", Value: "{password}"}, {Name: "MYSQL_DATABASE", Value: "{name}"}},
		// Over TCP: the server of the first start, which loads SQL files, has a socket only.
		Health: []string{"mysqladmin", "ping", "--protocol=tcp", "-h", "127.0.0.1"}, Start: 60,
		Login:   Login{"app", "app", "app"},
		Foreign: sqlfile.OfPostgres,
		Images:  []string{"mysql", "mysql-server"},
		Packages: map[string][]string{
			"node":        {"mysql2", "mysql", "promise-mysql"},
			"python":      {"pymysql", "mysqlclient", "mysql-connector-python", "aiomysql", "asyncmy", "flask-mysqldb", "flask-mysql", "databases[mysql]", "databases[aiomysql]"},
			"golang":      {"github.com/go-sql-driver/mysql", "gorm.io/driver/mysql"},
			"java":        {"mysql-connector-java", "mysql-connector-j", "r2dbc-mysql", "quarkus-jdbc-mysql"},
			"ruby":        {"mysql2", "trilogy"},
			"php":         {"ext-mysqli", "ext-pdo_mysql"},
			"rust":        {"mysql", "mysql_async", "sqlx[mysql]", "diesel[mysql]", "sea-orm[sqlx-mysql]"},
			"dotnet":      {"MySql.Data", "MySqlConnector", "Pomelo.EntityFrameworkCore.MySql", "MySql.EntityFrameworkCore"},
			"elixir":      {"myxql"},
			manifest.Deno: {"x/mysql", "x/mysql2"},
		},
		Words:    []string{"MYSQL"},
		Schemes:  []string{"mysql", "mysql2", "mysqlx"},
		Dialects: []string{"mysql", "mysql2", "mysqli"},
		URL:      "{scheme}://{user}:{password}@{host}:{port}/{name}",
		URLs: map[string]string{
			"java":   "jdbc:mysql://{host}:{port}/{name}",
			"golang": "{user}:{password}@tcp({host}:{port})/{name}?parseTime=true",
			"dotnet": "Server={host};Port={port};Database={name};User={user};Password={password}",
		},
		Drivers: []Driver{
			{"python", "sqlalchemy", "mysqlclient", "mysql"},
			{"python", "sqlalchemy", "pymysql", "mysql+pymysql"},
			{"python", "flask-sqlalchemy", "pymysql", "mysql+pymysql"},
			{"python", "sqlmodel", "pymysql", "mysql+pymysql"},
			{"python", "sqlalchemy", "aiomysql", "mysql+aiomysql"},
			{"python", "sqlalchemy", "asyncmy", "mysql+asyncmy"},
			{"python", "sqlalchemy", "mysql-connector-python", "mysql+mysqlconnector"},
			{"ruby", "rails", "mysql2", "mysql2"},
			{"ruby", "rails", "trilogy", "trilogy"},
		},
	},
	{
		Name: "mariadb", Title: "MariaDB", Group: Database,
		Image: "mariadb:11", Key: "db", Port: 3306, Volume: "/var/lib/mysql", Seeds: "/docker-entrypoint-initdb.d",
		Settings: []stack.Setting{
			{Name: "MARIADB_USER", Value: "{user}"},
			{Name: "MARIADB_PASSWORD", Value: "{password}"},
			{Name: "MARIADB_DATABASE", Value: "{name}"},
			{Name: "MARIADB_ROOT_PASSWORD", Value: "{password}"},
		},
		RootUser: "root",
		Empty:    stack.Setting{Name: "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", Value: "1"},
		Root:     []stack.Setting{{Name: "MARIADB_ROOT_PASSWORD", Value: "{password}"}, {Name: "MARIADB_DATABASE", Value: "{name}"}},
		Health:   []string{"mariadb-admin", "ping", "--protocol=tcp", "-h", "127.0.0.1"}, Start: 60,
		Login:   Login{"app", "app", "app"},
		Foreign: sqlfile.OfPostgres,
		Images:  []string{"mariadb"},
		Packages: map[string][]string{
			"node": {"mariadb"}, "python": {"mariadb"}, "java": {"mariadb-java-client"},
		},
		Words:    []string{"MARIADB"},
		Schemes:  []string{"mariadb"},
		Dialects: []string{"mariadb"},
		URL:      "{scheme}://{user}:{password}@{host}:{port}/{name}",
		URLs:     map[string]string{"java": "jdbc:mariadb://{host}:{port}/{name}"},
	},
	{
		Name: "mongo", Aliases: []string{"mongodb"}, Title: "MongoDB", Group: Database,
		Image: "mongo:8", Key: "mongo", Port: 27017, Volume: "/data/db",
		// By the name that others use: the server of the first start listens on 127.0.0.1 only.
		Health: []string{"mongosh", "--quiet", "--host", "{host}", "--eval", "quit(db.runCommand({ping: 1}).ok ? 0 : 1)"}, Start: 40,
		Settings: []stack.Setting{{Name: "MONGO_INITDB_ROOT_USERNAME", Value: "{user}"}, {Name: "MONGO_INITDB_ROOT_PASSWORD", Value: "{password}"}},
		Login:    Login{Name: "app"},
		Optional: true,
		Logged:   "authSource=admin",
		NoSQL:    true,
		Variants: []Variant{{
			Name:     "replica set", // transactions, change streams and Prisma need one
			Command:  []string{"mongod", "--replSet", "rs0", "--bind_ip_all"},
			Words:    []string{".startsession(", ".start_session(", "starttransaction(", "withtransaction(", ".watch([", "replicaset="},
			Packages: map[string][]string{},
			Needs:    []string{"@prisma/client", "prisma"}, // https://www.prisma.io/docs/orm/overview/databases/mongodb
			Query:    "replicaSet=rs0",
			Open:     true, // with a login, the members need a key file
			Health: []string{
				"mongosh", "--quiet", "--host", "{host}", "--eval",
				"try { rs.status() } catch (e) { rs.initiate({_id: 'rs0', members: [{_id: 0, host: '{host}:{port}'}]}) } quit(db.hello().isWritablePrimary ? 0 : 1)",
			},
		}},
		Images: []string{"mongo", "mongodb", "mongodb-community-server"},
		Packages: map[string][]string{
			"node":        {"mongoose", "mongodb", "@nestjs/mongoose", "connect-mongo", "monk", "@typegoose/typegoose", "mongoist"},
			"python":      {"pymongo", "pymongo[srv]", "motor", "mongoengine", "flask-pymongo", "flask-mongoengine", "djongo", "beanie", "odmantic"},
			"golang":      {"go.mongodb.org/mongo-driver", "gopkg.in/mgo.v2"},
			"java":        {"spring-boot-starter-data-mongodb", "spring-boot-starter-data-mongodb-reactive", "mongodb-driver-sync", "mongo-java-driver"},
			"ruby":        {"mongoid", "mongo"},
			"php":         {"mongodb/mongodb", "mongodb/laravel-mongodb", "jenssegers/mongodb", "ext-mongodb"},
			"rust":        {"mongodb"},
			"dotnet":      {"MongoDB.Driver"},
			"elixir":      {"mongodb_driver"},
			manifest.Deno: {"@db/mongo", "x/mongo"},
		},
		Words:    []string{"MONGO", "MONGODB", "MONGOOSE", "ATLAS", "MONGOLAB"},
		Schemes:  []string{"mongodb", "mongodb+srv"},
		Plain:    map[string]string{"mongodb+srv": "mongodb"},
		Dialects: []string{"mongodb", "mongo", "djongo"},
		URL:      "mongodb://{login}{host}:{port}/{name}",
	},
	{
		Name: "mssql", Aliases: []string{"sqlserver"}, Title: "SQL Server", Group: Database,
		Image: "mcr.microsoft.com/mssql/server:2022-latest", Key: "mssql", Port: 1433, Volume: "/var/opt/mssql",
		Settings: []stack.Setting{{Name: "ACCEPT_EULA", Value: "Y"}, {Name: "MSSQL_SA_PASSWORD", Value: "{password}"}},
		Health:   []string{"/opt/mssql-tools18/bin/sqlcmd", "-C", "-S", "127.0.0.1", "-U", "sa", "-P", "{password}", "-Q", "SELECT 1"}, Start: 60,
		Login:    Login{"sa", "Devup-Passw0rd", "master"}, // it refuses a simple password
		OneLogin: true,
		Images:   []string{"mssql/server", "azure-sql-edge", "mssql-server"},
		Packages: map[string][]string{
			"node": {"mssql", "tedious"}, "python": {"pymssql", "mssql-django"}, "golang": {"github.com/microsoft/go-mssqldb", "github.com/denisenkom/go-mssqldb", "gorm.io/driver/sqlserver"},
			"java": {"mssql-jdbc"}, "ruby": {"tiny_tds", "activerecord-sqlserver-adapter"}, "php": {"ext-sqlsrv", "ext-pdo_sqlsrv"}, "rust": {"tiberius"},
			"dotnet": {"Microsoft.Data.SqlClient", "System.Data.SqlClient", "Microsoft.EntityFrameworkCore.SqlServer"},
		},
		Words:    []string{"MSSQL", "SQLSERVER"},
		Schemes:  []string{"sqlserver", "mssql"},
		Dialects: []string{"mssql", "sqlserver", "sqlsrv"},
		ByField:  true,
		URL:      "{scheme}://{user}:{password}@{host}:{port}/{name}",
		URLs: map[string]string{
			"java":   "jdbc:sqlserver://{host}:{port};databaseName={name};encrypt=false",
			"golang": "sqlserver://{user}:{password}@{host}:{port}?database={name}",
			"node":   "sqlserver://{host}:{port};database={name};user={user};password={password};trustServerCertificate=true",
			"dotnet": "Server={host},{port};Database={name};User Id={user};Password={password};TrustServerCertificate=True",
		},
	},
}
