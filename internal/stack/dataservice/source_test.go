package dataservice

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/stack/manifest"
	"github.com/devup-cli/devup/internal/tree"
)

// written is what clues say, a service each: where it is, and whether that can change.
func written(clues []Clue) string {
	var all []string
	for _, c := range clues {
		line := fmt.Sprintf("%s %s %s:%s/%s", c.Service, c.Address.Host, c.Address.User, c.Address.Password, c.Address.Name)
		if c.Fixed {
			line += " fixed"
		}
		all = append(all, line)
	}
	return strings.Join(all, "; ")
}

// TestClues: what a line of source shows: the service, then host, login and database as far
// as they are literals, and "fixed" where no variable changes the host.
func TestClues(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`mongoose.connect("mongodb://localhost:27017/shop")`:                                                                                         "mongo localhost :/shop fixed",
		`mongoose.connect(process.env.MONGO || "mongodb://localhost/shop")`:                                                                          "mongo localhost :/shop",
		`engine = create_engine(f"postgresql+psycopg://{user}:{pw}@{host}/{db}")`:                                                                    "postgres  :/",
		`psycopg2.connect(host="localhost", user="me", password="pw", dbname="shop")`:                                                                "postgres localhost me:pw/shop fixed",
		`pool = psycopg2.pool.SimpleConnectionPool(1, 20, host="localhost", dbname="shop")`:                                                          "postgres localhost :/shop fixed",
		`import psycopg2, redis; redis.ConnectionPool(host="cache")`:                                                                                 "redis cache :/ fixed",
		`psycopg2.connect(host=os.environ["H"], user="me")`:                                                                                          "postgres  me:/",
		`new Sequelize("shop", "root", "pw", { host: "localhost", dialect: "mysql" })`:                                                               "mysql localhost root:pw/shop fixed; mysql  :/",
		"const name = 'shop' // yours\nlet user = \"root\"\nconst pw = 'pw';\nnew Sequelize(name, user,pw, { host: 'localhost', dialect: 'mysql' })": "mysql localhost root:pw/shop fixed; mysql  :/",
		"const host = 'localhost';\nconst user = 'me';\nmysql.createPool({ host, user, password: process.env.P })":                                   "mysql localhost me:/ fixed",
		"HOST = 'localhost'\npsycopg2.connect(host=HOST, user=user)":                                                                                 "postgres localhost :/ fixed",
		`module.exports = { HOST: "localhost", USER: "me", PASSWORD: "pw", DB: "shop", dialect: "postgres" }`:                                        "postgres localhost me:pw/shop fixed; postgres  :/",
		`module.exports = { host: "localhost", port: 3000, name: "my-api" }`:                                                                         "",
		`module.exports = { HOST: "localhost", PORT: 27017, DB: "shop" }`:                                                                            "mongo localhost :/shop fixed",
		`db_config = {'host': 'localhost', 'user': 'me', 'database': 'shop'}`:                                                                        "sql localhost me:/shop fixed",
		`const mail = { host: "localhost", user: "me", name: "x" }`:                                                                                  "",
		`{"production": {"host": "db.example.com", "database": "shop"}}`:                                                                             "",
		"const c: PoolConfig = { host: 'localhost', user: 'me' };\nnew Pool(c)":                                                                      "postgres localhost me:/ fixed",
		"params = dict(host='localhost', dbname='shop')\npsycopg2.connect(**params)":                                                                 "postgres localhost :/shop fixed",
		`new Pool(options)`:                           "",
		`new Client({ name: "agent", version: "1" })`: "",
		`const { Client } = require("pg"); new Client({ host: "localhost", database: "shop" })`: "postgres localhost :/shop fixed",
		`new Redis()`:                                                                                  "redis localhost :/ fixed",
		`new Redis(process.env.REDIS_URL)`:                                                             "redis  :/",
		`redis.Redis(host="cache", port=6379)`:                                                         "redis cache :/ fixed",
		`MongoClient("localhost", 27017)`:                                                              "mongo localhost :/ fixed",
		`app.config["MYSQL_HOST"] = "localhost"`:                                                       "mysql localhost :/ fixed",
		`app.config["MYSQL_DB"] = "shop"`:                                                              "mysql  :/shop",
		`app.config["MYSQL_HOST"] = os.getenv("H")`:                                                    "",
		`create_engine("sqlite:///shop.db")`:                                                           "sqlite  :/",
		`datasource db { provider = "postgresql" }`:                                                    "postgres  :/",
		`generator client { provider = "prisma-client" }`:                                              "",
		`"ENGINE": "django.db.backends.mysql"`:                                                         "mysql  :/",
		`dsn := "host=localhost user=me password=pw dbname=shop port=5432 sslmode=disable"`:            "postgres localhost me:pw/shop fixed",
		`gorm.Open(mysql.Open("root:pw@tcp(127.0.0.1:3306)/shop?parseTime=True"))`:                     "mysql 127.0.0.1 root:pw/shop fixed",
		`fmt.Sprintf("%s:%s@tcp(%s:%s)/%s", u, p, h, port, n)`:                                         "mysql  :/",
		`fmt.Sprintf("host=%s user=%s password=%s dbname=shop sslmode=disable", os.Getenv("H"), u, p)`: "postgres  :/shop",
		"const (\n\thost = \"localhost\"\n\tport = 5432\n\tuser = \"me\"\n)\nx(\"host=%s port=%d user=%s dbname=%s\")":                                                                                                   "postgres localhost me:/ fixed",
		"pub const DB_HOST: &str = \"localhost\";\npub const DB_USER: &str = \"postgres\";\npub const DB_NAME: &str = \"guests\";\nClient::connect(&format!(\"host={DB_HOST} user={DB_USER} dbname={DB_NAME}\"), NoTls)": "postgres localhost postgres:/guests fixed",
		`sql.Open("mysql", user+":"+pw+"@tcp(127.0.0.1:3306)/"+name)`:                                                                                                                                                    "mysql 127.0.0.1 :/ fixed",
		`sql.Open("mysql", user+":"+pw+"@/"+name)`:                               "mysql localhost :/ fixed",
		`sql.Open("mysql", fmt.Sprintf("%s:%s@tcp(localhost:3306)/shop", u, p))`: "mysql localhost :/shop fixed",
		`app.conf.broker_url = "amqp://"`:                                        "rabbitmq localhost :/ fixed",
		`app.conf.broker_url = "redis://" + host`:                                "redis  :/",
		`app.conf.broker_url = "redis://"`:                                       "redis localhost :/ fixed",
		`url = url.replace("postgres://", "postgresql://")`:                      "",
		`if url.startswith("redis://"): pass`:                                    "",
		`"ENGINE": "django.db.backends.postgresql_psycopg2"`:                     "postgres  :/",
		`fetch("https://redis.example.com")`:                                     "",
		`const type = "text"; const name = "MONGO_URL"`:                          "",
		`spring.datasource.url=jdbc:h2:mem:shop`:                                 "sqlite  :/",
		`pika.BlockingConnection(pika.ConnectionParameters("localhost"))`:        "rabbitmq localhost :/ fixed",
	} {
		if got := written(Clues(tree.File{Path: "x", Text: text}, nil)); got != want {
			t.Errorf("%s\n got %q\nwant %q", text, got, want)
		}
	}
}

// TestConnectClues: calls that put an address together from names, of their own file and of
// another one.
func TestConnectClues(t *testing.T) {
	t.Parallel()
	others := ConstantsIn([]tree.File{
		{Path: "config.php", Text: "<?php define('DB_HOST', 'localhost'); define(\"DB_USER\", \"root\"); define('DB_PASS', ''); define('DB_NAME', 'shop');"},
		{Path: "config.go", Text: "const (\n\tUser = \"ada\"\n\tPassword = \"D@n1el\"\n\tHost = \"localhost\"\n)\n"},
	})
	for text, want := range map[string]string{
		`private $host = "localhost"; private $db_name = "to-do";
private $username = "root";
private $password = "root";
new PDO("mysql:host=" . $this->host . ";dbname=" . $this->db_name, $this->username, $this->password);`: "mysql localhost root:root/to-do fixed",
		"$host = 'localhost';\n$db = 'shop';\n$dsn = \"mysql:host=$host;dbname={$db};charset=utf8\";\n$pdo = new PDO($dsn, 'root', '');": "mysql localhost root:/shop fixed",
		`$pdo = new PDO('pgsql:host=db;port=5433;dbname=shop', 'ada', 'pw')`:                                                             "postgres db ada:pw/shop fixed",
		`$pdo = new PDO("sqlite:shop.db")`: "sqlite  :/",
		`$pdo = new PDO("mysql:host=" . getenv("H") . ";dbname=shop", getenv("U"), getenv("P"))`:                                                 "mysql  :/shop",
		`$db = new mysqli(DB_HOST, DB_USER, DB_PASS, DB_NAME);`:                                                                                  "mysql localhost root:/shop fixed",
		`$db = mysqli_connect(getenv("H") ?: "localhost", "root", "", "shop");`:                                                                  "mysql  root:/shop",
		"const (\n\tDBUser = \"ada\"\n\tDBPass = \"D@n1el\"\n)\nsql.Open(\"mysql\", DBUser+\":\"+DBPass+\"@tcp(localhost:3306)/\"+DBName)":       "mysql localhost ada:D@n1el/ fixed",
		"dsn := fmt.Sprintf(\"%s:%s@tcp(%s:3306)/shop\", config.User, config.Password, config.Host)\ngorm.Open(mysql.Open(dsn), &gorm.Config{})": "mysql localhost ada:D@n1el/shop fixed; mysql  :/shop",
		"dsn := os.Getenv(\"DB\")\ngorm.Open(mysql.Open(dsn), &gorm.Config{})":                                                                   "mysql  :/",
		`sql.Open("postgres", os.Getenv("DATABASE_URL"))`:                                                                                        "",
		`private static final String URL = "jdbc:mysql://localhost:3306/shop";
DriverManager.getConnection(URL, "root", "pw")`: "mysql localhost root:pw/shop fixed",
		`config.setJdbcUrl("jdbc:postgresql://localhost/shop"); config.setUsername("ada"); config.setPassword("pw");`:                                                                   "postgres localhost :/shop fixed; postgres  ada:pw/",
		`<property name="connection.url">jdbc:mariadb://localhost/shop</property><property name="connection.username">ada</property><property name="connection.password">pw</property>`: "mariadb localhost :/shop fixed; mariadb  ada:pw/",
		`PgPool::connect(&std::env::var("DATABASE_URL").unwrap_or_else(|_| {
	"postgres://postgres:postgres@localhost:5432/shop".to_string()`: "postgres localhost postgres:postgres/shop",
		`url := config.GetEnv("DATABASE_URL", "postgres://localhost/shop")`: "postgres localhost :/shop",
	} {
		if got := written(Clues(tree.File{Path: "x", Text: text}, others)); got != want {
			t.Errorf("%s\n got %q\nwant %q", text, got, want)
		}
	}
}

// TestReads: the variables from which code takes the parts of an address, whatever they are called.
func TestReads(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"DATABASES = {\"default\": {\n'ENGINE': config('E'),\n'NAME' : os.environ.get('N', 'x'),\n'HOST': env.str('HOST'),\n'PORT': os.environ['P']}}":            "E driver, N name, HOST host, P port",
		`mysql.createConnection({ host: process.env.A, user: process.env["B"], password: process.env.C || "", database: process.env.D, port: process.env.PORT })`: "A host, B user, C password, D name, A host, B user, C password, D name", // by two rules
		`psycopg2.connect(host=os.getenv("A"), port=int(os.getenv("B")), dbname=name)`:                                                                            "A host, B port",
		`redis.Redis(host="cache")`: "",
	} {
		var got []string
		for _, c := range Clues(tree.File{Path: "x", Text: text}, nil) {
			for _, r := range c.Reads {
				got = append(got, r.Variable+" "+string(r.Part))
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s\n got %q\nwant %q", text, strings.Join(got, ", "), want)
		}
	}
}

// TestFixedInSettings: an address in a file of a framework is not fixed where a variable
// overrides it.
func TestFixedInSettings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"application.properties", "spring.application.name=shop\nspring.datasource.url=jdbc:postgresql://localhost:5432/shop\n", false},
		{"application.yml", "spring:\n  datasource:\n    url: jdbc:mysql://localhost:3306/shop\n", false},
		{"application.yml", "spring:\n  data:\n    mongodb:\n      uri: mongodb://localhost/shop\n", false},
		{"application.yml", "spring:\n  data:\n    redis:\n      url: redis://localhost:6379\n", false},
		{"application.yml", "shop:\n  cache: redis://localhost:6379\n", true},
		{"appsettings.json", `{"ConnectionStrings": {"Default": "mongodb://localhost:27017/shop"}}`, false},
		{"database.yml", "development:\n  adapter: mysql2\n  host: localhost\n", false},
		{"schema.prisma", "datasource db {\n  url = \"postgresql://localhost/shop\"\n}\n", true},
		{"main.js", `connect("postgresql://localhost/shop")`, true},
	} {
		got, clues := false, Clues(tree.File{Path: "src/" + c.name, Text: c.text}, nil)
		for _, clue := range clues {
			got = got || clue.Fixed
		}
		if got != c.want || len(clues) == 0 {
			t.Errorf("%s: %q: fixed %t of %d, want %t", c.name, c.text, got, len(clues), c.want)
		}
	}
}

func TestPackages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ path, text, want string }{
		{"package.json", `{"dependencies": {"pg": "8"}, "devDependencies": {"mysql2": "3"}, "keywords": ["redis"]}`, "postgres"},
		{"package.json", `{"dependencies": `, ""},
		{"requirements.txt", "Flask==3\npsycopg2_binary>=2\ncelery[redis]\n# pymongo\n", "postgres redis"},
		{"pyproject.toml", "[project]\ndependencies = [\"asyncpg\", \"pymongo[srv]>=4\"]\n[tool.poetry.dependencies]\nredis = \"^5\"\n", "postgres mongo redis"},
		{"go.mod", "require (\n\tgithub.com/jackc/pgx/v5 v5.5.0\n\tgithub.com/redis/go-redis/v9 v9.0.0 // indirect\n)\n", "postgres"},
		{"pom.xml", "<dependency><groupId>org.postgresql</groupId>\n<artifactId>postgresql</artifactId></dependency>", "postgres"},
		{"build.gradle.kts", `runtimeOnly("com.mysql:mysql-connector-j")`, "mysql"},
		{"Gemfile", "gem 'pg', '~> 1.1'\ngem \"sidekiq\"\n", "postgres redis"},
		{"composer.json", `{"require": {"predis/predis": "2"}}`, "redis"},
		{"Cargo.toml", "[dependencies]\nsqlx = { version = \"0.8\", features = [\"runtime-tokio\", \"postgres\"] }\n", "postgres"},
		{"Shop.csproj", `<PackageReference Include="Npgsql" Version="8.0.0" />`, "postgres"},
		{"mix.exs", `{:postgrex, ">= 0.0.0"},`, "postgres"},
	} {
		var got []string
		for _, p := range manifest.Packages(tree.File{Path: c.path, Text: strings.ReplaceAll(c.text, "# pymongo", "         ")}) {
			if s := ofPackage(manifest.Language(c.path), p.Name); s != nil {
				if len(got) == 0 || got[len(got)-1] != s.Name {
					got = append(got, s.Name)
				}
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s %q: %q, want %q", c.path, c.text, got, c.want)
		}
	}
}

func TestOverrides(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ path, text, want string }{
		{"schema.prisma", `url = env("DB")`, "DB="},
		{"application.properties", "spring.datasource.url=${DB:jdbc:mysql://localhost/shop}\nserver.port=8081\n", "SPRING_DATASOURCE_URL=jdbc:mysql://localhost/shop"},
		{"application.yml", "spring:\n  data:\n    mongodb:\n      uri: mongodb://localhost/shop\n", "SPRING_DATA_MONGODB_URI=mongodb://localhost/shop"},
		{"application.yml", "spring: [", ""},
		{"appsettings.json", `{"ConnectionStrings": {"Default": "Host=localhost;Database=x;Username=u"}}`, "ConnectionStrings__Default=Host=localhost;Database=x;Username=u"},
		{"config/database.yml", "development:\n  adapter: postgresql\n", "DATABASE_URL="},
	} {
		var got []string
		for _, v := range Overrides(tree.File{Path: c.path, Text: c.text}) {
			got = append(got, v.Name+"="+v.Values[0].Text)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s %q: %q, want %q", c.path, c.text, got, c.want)
		}
	}
}

// FuzzSource: no source, manifest or settings file makes reading it fail, and what is read
// of one is read again in the same way.
func FuzzSource(f *testing.F) {
	for _, text := range []string{
		`new Sequelize("a", "b", "c", {dialect: "mysql"})`, "spring:\n  datasource: {url: x}", `{"ConnectionStrings": {"A": "Host=b;Database=c"}}`,
		"DATABASES = {'default': {'HOST': 'db'}}", "postgres://a:b@c/d", "sqlx = { features = [\"postgres\"] }", `url = env("A")`, "{\"dependencies\": {\"pg\": 1}}",
	} {
		f.Add(text)
	}
	names := []string{"a.js", "config.yaml", "settings.toml", "hibernate.cfg.xml", "main.go", "application.yml", "application.properties", "appsettings.json", "schema.prisma", "package.json", "Cargo.toml", "requirements.txt", "pom.xml"}
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range names {
			file := tree.File{Path: name, Text: text}
			for _, c := range Clues(file, nil) {
				if c.Service == "" && len(c.Reads) == 0 || c.File != name || c.Line < 1 {
					t.Errorf("%s: a clue without a service or place: %+v", name, c)
				}
			}
			for _, p := range manifest.Packages(file) {
				p.At(file)
			}
			wanted, _, _ := Find(Seen{Language: "node", Manifests: []tree.File{file}, Clues: Clues(file, nil), Variables: Overrides(file)})
			for _, w := range wanted {
				for _, h := range w.Holds {
					w.Value(h, Address{Host: "db", Port: 1})
				}
			}
		}
		classify(text)
	})
}

// TestSettingsOfTexts: what a file of translations or a template says is no address.
func TestSettingsOfTexts(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"locales/default.json": `{"database": {"name": "Name of the database", "host": "Host of the database"}}`,
		"config/base.yaml":     "database:\n  host: '{{ .Values.host }}'\n",
	} {
		if got := Clues(tree.File{Path: name, Text: text}, nil); slices.ContainsFunc(got, func(c Clue) bool { return c.Address.Host != "" || c.Address.Name != "" }) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestOnce: a second call counts where it reads variables or has another port.
func TestOnce(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"psycopg2.connect(host='localhost', dbname='a')\npsycopg2.connect(host='localhost', dbname='a')":                       1,
		"psycopg2.connect(host='localhost', dbname='a')\npsycopg2.connect(host='localhost', user=os.getenv('DBUSR'))":          2,
		"psycopg2.connect(host='localhost', dbname='a', port=5432)\npsycopg2.connect(host='localhost', dbname='b', port=5433)": 2,
	} {
		if got := Clues(tree.File{Path: "app.py", Text: text}, nil); len(got) != want {
			t.Errorf("%s: %d clues, want %d: %+v", text, len(got), want, got)
		}
	}
}

// TestTLS: code that insists on TLS to PostgreSQL, unless it is for production.
func TestTLS(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`new Pool({ ssl: { rejectUnauthorized: false } })`:                                       true,
		"dialectOptions: {\n  ssl: {\n    require: true,\n    rejectUnauthorized: false\n  }\n}": true,
		`psycopg2.connect(url, sslmode="require")`:                                               true,
		`new Pool({ ssl: true })`:                                                                false,
		`ssl: process.env.NODE_ENV === "production" ? { rejectUnauthorized: false } : false`:     false,
		`...(isProd && { ssl: { rejectUnauthorized: false } })`:                                  false,
		"production: {\n  connection: { ssl: { rejectUnauthorized: false } } }":                  false,
		`new Pool({ database: "products", ssl: { rejectUnauthorized: false } })`:                 true,
		"production: {},\ndevelopment: { connection: { ssl: { rejectUnauthorized: false } } }":   true,
	} {
		got := false
		for _, c := range Clues(tree.File{Path: "x", Text: text}, nil) {
			got = got || c.Variant == "TLS"
		}
		if got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
