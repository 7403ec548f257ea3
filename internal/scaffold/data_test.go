package scaffold_test

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/scaffold"
	"github.com/devup-cli/devup/internal/stack/dataservice"
)

// everyDataService is a repository with every data service and each of their variants, and a
// service that uses one, with SQL files of odd names.
func everyDataService() detect.Repository {
	repo := detect.Repository{Services: []detect.Service{{
		Name: "api", Dir: "api", StackName: "node", Port: detect.Port{Number: 3000}, HostPort: 3000,
		Variables: []detect.Variable{{Name: "DATABASE_URL", Data: "postgres", Value: "postgresql://a:b@postgres:5432/a"}},
	}}}
	for _, s := range dataservice.All() {
		repo.Data = append(repo.Data, named(dataservice.Lone(s.Name), s.Name))
		for _, v := range s.Variants {
			need := named(dataservice.Lone(s.Name), strings.ReplaceAll(strings.ToLower(v.Name), " ", "-"))
			need.Variant = v.Name
			repo.Data = append(repo.Data, need)
		}
	}
	first := &repo.Data[0]
	first.Users, first.Seeds = []string{"api"}, []string{"db/a $b.sql", "db/with:colon.sql", "db/\"c\".sql"}
	first.Evidence = []detect.Evidence{{File: "api/package.json", Line: 3, Text: "pg"}}
	return repo
}

func named(need detect.Data, key string) detect.Data {
	need.Key = key
	return need
}

// TestAddData: what a devup.yaml looks like once a data service is added, and where no line
// can be added to it.
func TestAddData(t *testing.T) {
	t.Parallel()
	redis := dataservice.Lone("redis")
	redis.Users = []string{"api"}
	repo := detect.Repository{Data: []detect.Data{redis}, Services: []detect.Service{{
		Name: "api", Variables: []detect.Variable{{Name: "REDIS_URL", Data: "redis", Value: "redis://redis:6379/0"}, {Name: "PRICE", Data: "redis", Value: "$5"}},
	}}}
	for name, c := range map[string]struct{ have, has, lacks string }{
		"new keys before the mounts": {
			"services:\n  api:\n    build: .\n    volumes: [.:/api]\n",
			"    build: .\n    environment:\n      PRICE: \"$$5\"\n      REDIS_URL: redis://redis:6379/0\n    depends_on:\n      redis:\n        condition: service_healthy\n    volumes: [.:/api]\n", "",
		},
		"what is set stays": {
			"services:\n  api:\n    build: .\n    environment:\n      REDIS_URL: mine # ours\n    depends_on:\n      - other\n",
			"    environment:\n      PRICE: \"$$5\"\n      REDIS_URL: mine # ours\n    depends_on:\n      - redis\n      - other\n", "redis://",
		},
		"lists": {
			"services:\n  api:\n    build: .\n    environment:\n    - A=b\n",
			"    environment:\n    - \"PRICE=$$5\"\n    - \"REDIS_URL=redis://redis:6379/0\"\n    - A=b\n", "",
		},
		"a service of the same image": {
			"services:\n  cache:\n    image: redis:7\n", "services:\n  cache:\n    image: redis:7\n", "volumes",
		},
		"line ends of Windows": {
			"services:\r\n  api:\r\n    build: .\r\n", "      redis:\r\n        condition: service_healthy\r\n", "y\n",
		},
		"no such service": {"services:\n  other:\n    build: .\n", "  redis: # Redis\n", "REDIS_URL"},
	} {
		file, err := scaffold.AddData([]byte(c.have), repo, "x")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := string(file.Content); !strings.Contains(got, c.has) || c.lacks != "" && strings.Contains(got, c.lacks) {
			t.Errorf("%s:\n%s\nwant in it:\n%s\nand not: %s", name, got, c.has, c.lacks)
		}
		again, err := scaffold.AddData(file.Content, repo, "x")
		if err != nil || string(again.Content) != string(file.Content) {
			t.Errorf("%s: a second time it is\n%s, %v", name, again.Content, err)
		}
	}
	for _, have := range []string{"services: {api: {build: .}}\n", "services:\n  api: {build: .}\n", "- a\n", "services:\n  api:\n    build: .\n    environment: {A: b}\n", "services: [\n"} {
		if file, err := scaffold.AddData([]byte(have), repo, "x"); err == nil {
			t.Errorf("%q became\n%s", have, file.Content)
		}
	}
}

// TestHeldReferences: what Compose replaces stays, and nothing else becomes a reference.
func TestHeldReferences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value    string
		replaced []string
		want     string
	}{
		{"postgresql://app:${DB_PASS}@db/$x", []string{"${DB_PASS}"}, "postgresql://app:${DB_PASS}@db/$$x"},
		{"${A:-b}${A}", []string{"${A:-b}"}, "${A:-b}$${A}"},
		{"${A:-${B}}", []string{"${A:-${B}}", "$", ""}, "$${A:-$${B}}"},
		{"$$", nil, "$$$$"},
	} {
		if got := scaffold.EscapeExcept(c.value, c.replaced); got != c.want {
			t.Errorf("%q: %q, want %q", c.value, got, c.want)
		}
	}
}
