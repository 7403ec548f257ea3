package dataservice

import (
	"testing"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/golang"
	"github.com/devup-cli/devup/internal/stack/java"
	"github.com/devup-cli/devup/internal/stack/python"
	"github.com/devup-cli/devup/internal/tree"
)

// TestLanguages: the table has the name that the language itself has.
func TestLanguages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of                   stack.Language
		manifest, text, want string
	}{
		{golang.Language, "go.mod", "require github.com/go-sql-driver/mysql v1.8.1\n", "app:app@tcp(db:3306)/app?parseTime=true"},
		{golang.Language, "go.mod", "require github.com/lib/pq v1.10.9\n", "postgresql://app:app@db:5432/app?sslmode=disable"},
		{java.Language, "pom.xml", "<artifactId>mysql-connector-j</artifactId>", "jdbc:mysql://db:3306/app"},
		{python.Language, "requirements.txt", "sqlalchemy\npymysql\n", "mysql+pymysql://app:app@db:3306/app"},
	} {
		wanted, _, _ := Find(Seen{Language: c.of.Name, Manifests: []tree.File{{Path: c.manifest, Text: c.text}}, Variables: []Named{{Name: "DATABASE_URL"}}})
		if len(wanted) != 1 || len(wanted[0].Holds) == 0 {
			t.Fatalf("%s: %+v", c.text, wanted)
		}
		of := wanted[0].Service
		if got := wanted[0].Value(wanted[0].Holds[0], Address{Login: of.Login, Host: "db", Port: of.Port}); got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.text, c.of.Name, got, c.want)
		}
	}
}
