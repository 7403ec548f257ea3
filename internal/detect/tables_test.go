package detect

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSQLByHand: which migrations are loaded as they are: those of no tool, that no program applies.
func TestSQLByHand(t *testing.T) {
	t.Parallel()
	const program = "-- go.mod --\nmodule x\nrequire (\n\tgithub.com/gin-gonic/gin v1.9.0\n\tgithub.com/lib/pq v1.10.0\n)\n-- main.go --\npackage main\nfunc main() { sql.Open(\"postgres\", os.Getenv(\"DATABASE_URL\")); gin.Default().Run(\":8080\") }\n"
	const table = "CREATE TABLE a (id SERIAL);\n"
	for _, test := range []struct {
		name, files string
		want        []string
	}{
		{"by hand", "-- migrations/001_a.sql --\n" + table, []string{"migrations/001_a.sql"}},
		{"of a container's first start", "-- docker/init-db.sql --\n" + table + "-- mysql/init/2.sql --\nINSERT INTO a VALUES (1);\n", []string{"docker/init-db.sql", "mysql/init/2.sql"}},
		{"of a tool by their names", "-- migrations/1_a.up.sql --\n" + table + "-- migrations/1_a.down.sql --\nDROP TABLE a;\n", nil},
		{"of a tool by their text", "-- migrations/001_a.sql --\n-- +migrate Up\n" + table, nil},
		{"with other files", "-- migrations/001_a.sql --\n" + table + "-- migrations/env.py --\n", nil},
		{"that the program reads", "-- db.go --\npackage main\nfunc run() { os.ReadDir(\"migrations\") }\n-- migrations/001_a.sql --\n" + table, nil},
		{"of a program that makes its tables", "-- db.go --\npackage main\nfunc run() { db.AutoMigrate(&A{}) }\n-- migrations/001_a.sql --\n" + table, nil},
	} {
		repo, err := Scan(filesOf(program + test.files))
		if err != nil || len(repo.Data) != 1 {
			t.Fatalf("%s: %d data services, %v", test.name, len(repo.Data), err)
		}
		if diff := cmp.Diff(test.want, repo.Data[0].Seeds); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
