package dataservice

import (
	"fmt"
	"testing"
)

func TestParseAddress(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"postgres://app:secret@localhost:5432/shop?sslmode=require":                    `postgres app:secret localhost 5432 shop ?sslmode=require`,
		"postgresql+asyncpg://u:p%40ss@db/shop":                                        `postgresql+asyncpg u:p@ss db 0 shop `,
		"jdbc:mysql://localhost:3306/shop":                                             `jdbc:mysql : localhost 3306 shop `,
		"jdbc:sqlserver://localhost:1433;databaseName=shop":                            `jdbc:sqlserver : localhost 1433  ;databaseName=shop`,
		"mongodb+srv://u:p@cluster0.ab1cd.mongodb.net/shop":                            `mongodb+srv u:p cluster0.ab1cd.mongodb.net 0 shop `,
		"mongodb://a:1,b:2/shop":                                                       `mongodb : a 1 shop `,
		"redis://:secret@redis:6379/1":                                                 `redis :secret redis 6379 1 `,
		"root:secret@tcp(localhost:3306)/shop?parseTime=true":                          ` root:secret localhost 3306 shop ?parseTime=true`,
		"host=localhost user=gorm password=gorm dbname=gorm port=9920 sslmode=disable": ` gorm:gorm localhost 9920 gorm `,
		"Server=localhost,1433;Database=Shop;User Id=sa;Password=P;":                   ` sa:P localhost 1433 Shop `,
		"https://example.com":                                                          "",
		"localhost":                                                                    "",
		"host=localhost":                                                               "",
		"sqlite:///shop.db":                                                            "",
		"postgres":                                                                     "",
	} {
		got := ""
		if a, ok := parseAddress(text); ok {
			got = fmt.Sprintf("%s %s:%s %s %d %s %s", a.Scheme, a.User, a.Password, a.Host, a.Port, a.Name, a.Query)
		}
		if got != want {
			t.Errorf("parseAddress(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestValue: a value of today, and what it is for a service of the project.
func TestValue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ service, language, like, want string }{
		{"postgres", "node", "", "postgresql://app:pw@db:5432/shop"},
		{"postgres", "golang", "", "postgresql://app:pw@db:5432/shop?sslmode=disable"},
		{"postgres", "golang", "postgres://u:p@localhost/x?sslmode=disable", "postgresql://app:pw@db:5432/shop?sslmode=disable"},
		{"postgres", "node", "postgres://u:p@localhost/x?schema=public&sslmode=require", "postgresql://app:pw@db:5432/shop?schema=public"},
		{"postgres", "java", "", "jdbc:postgresql://db:5432/shop"},
		{"postgres", "java", "jdbc:postgresql://localhost:5432/x", "jdbc:postgresql://db:5432/shop"},
		{"postgres", "golang", "host=localhost user=gorm password=gorm dbname=gorm port=9920 sslmode=disable", "host=db user=app password=pw dbname=shop port=5432 sslmode=disable"},
		{"postgres", "dotnet", "Host=localhost;Database=x;Username=u;Password=p;Pooling=true", "Host=db;Database=shop;Username=app;Password=pw;Pooling=true"},
		{"mysql", "node", "mysql2://u:p@127.0.0.1/x", "mysql2://app:pw@db:3306/shop"},
		{"mysql", "golang", "root:secret@tcp(localhost:3306)/x?parseTime=true", "app:pw@tcp(db:3306)/shop?parseTime=true"},
		{"mysql", "golang", "", "app:pw@tcp(db:3306)/shop?parseTime=true"},
		{"mongo", "node", "mongodb+srv://u:p@cluster0.x.mongodb.net/y?retryWrites=true", "mongodb://app:pw@db:27017/shop?authSource=admin"},
		{"redis", "node", "rediss://h:6379/2", "redis://db:6379/2"},
		{"valkey", "node", "valkeys://h:6379/2", "valkey://db:6379/2"},
		{"rabbitmq", "node", "amqps://u:p@h/v", "amqp://app:pw@db:5672/shop"},
		{"mssql", "java", "", "jdbc:sqlserver://db:1433;databaseName=shop;encrypt=false"},
		{"mssql", "java", "jdbc:sqlserver://localhost:1433;databaseName=x;encrypt=false;applicationName=y", "jdbc:sqlserver://db:1433;databaseName=shop;encrypt=false;applicationName=y"},
		{"mssql", "java", "jdbc:sqlserver://localhost;user=u;password=p;databaseName=x;encrypt=true;", "jdbc:sqlserver://db:1433;user=app;password=pw;databaseName=shop;encrypt=true;trustServerCertificate=true"},
		{"mssql", "java", "jdbc:sqlserver://localhost;databaseName=x;trustServerCertificate=false", "jdbc:sqlserver://db:1433;databaseName=shop;trustServerCertificate=true"},
		{"mssql", "golang", "", "sqlserver://app:pw@db:1433?database=shop"},
		{"mssql", "golang", "sqlserver://u:p@localhost:1433?database=x&encrypt=disable", "sqlserver://app:pw@db:1433?database=shop&encrypt=disable"},
		{"mssql", "golang", "sqlserver://u:p@localhost:1433?encrypt=disable&database=x", "sqlserver://app:pw@db:1433?encrypt=disable&database=shop"},
		{"mssql", "python", "mssql+pyodbc://u:p@localhost/x?driver=ODBC+Driver+18", "mssql+pyodbc://app:pw@db:1433/shop?driver=ODBC+Driver+18"},
		{"mssql", "node", "sqlserver://localhost:1433;database=x;user=u;password=p;encrypt=false", "sqlserver://db:1433;database=shop;user=app;password=pw;encrypt=false"},
		{"elasticsearch", "python", "http://localhost:9200", "http://db:9200"},
		{"kafka", "java", "localhost:9092", "db:9092"},
	} {
		s := Lookup(c.service)
		w := Wanted{Service: s, url: s.URL}
		if own := s.URLs[c.language]; own != "" {
			w.url = own
		}
		if len(s.Schemes) > 0 {
			w.scheme = s.Schemes[0]
		}
		got := w.Value(Holding{Part: PartURL, Like: c.like}, Address{Login: Login{"app", "pw", "shop"}, Host: "db", Port: s.Port})
		if got != c.want {
			t.Errorf("%s in %s, today %q: %q, want %q", c.service, c.language, c.like, got, c.want)
		}
	}
}

func TestHosts(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"localhost": "here", "127.0.0.1": "here", "db": "service", "my_db": "service", "db.example.com": "", "ep-1.eu.neon.tech": "elsewhere",
		"your-host": "", "<host>": "", "": "", "${HOST}": "",
	} {
		got := map[bool]string{true: "here"}[IsHere(host)] + map[bool]string{true: "service"}[isServiceName(host)] + map[bool]string{true: "elsewhere"}[isElsewhere(host, host)]
		if got != want {
			t.Errorf("%q is %q, want %q", host, got, want)
		}
	}
}
