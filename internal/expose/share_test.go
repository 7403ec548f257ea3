package expose

import (
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/workspace"
)

func TestSharable(t *testing.T) {
	t.Parallel()
	marked := resolved()
	bare := resolved()
	bare.Extensions = nil
	closed := &project.Project{Project: &types.Project{Services: types.Services{"db": marked.Services["db"]}}}
	tests := []struct {
		name  string
		of    *project.Project
		named string
		want  string
	}{
		{name: "what is marked, and never the database", of: marked, want: "api:4567"},
		{name: "a name is consent", of: marked, named: "web", want: "web:3001"},
		{name: "several, without a debugger", of: bare, named: "web api net", want: "api:4567 net:7000 web:3001"},
		{name: "nothing marked", of: bare, want: "no service is marked as public: api, lan, net, web could be shared"},
		{name: "a database", of: marked, named: "web db", want: "db speaks PostgreSQL and is not shared"},
		{name: "another protocol", of: marked, named: "dns", want: "dns publishes no port that a browser could open"},
		{name: "no port", of: marked, named: "job", want: "job publishes no port that a browser could open"},
		{name: "no such service", of: marked, named: "frontend", want: `project  has no service "frontend"`},
		{name: "nothing to share", of: closed, want: "no service publishes a port that a browser could open"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rows, err := Sharable(test.of, Table(test.of, workspace.Info{}, nil), strings.Fields(test.named))
			got := ports(rows)
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}

func ports(rows []Row) string {
	var all []string
	for _, r := range rows {
		all = append(all, r.Service+":"+r.URL[strings.LastIndex(r.URL, ":")+1:])
	}
	return strings.Join(all, " ")
}

func TestOneContainerOfSeveralIsShared(t *testing.T) {
	t.Parallel()
	p := resolved()
	web, two := p.Services["web"], 2
	web.Scale = &two
	p.Services["web"] = web
	all := Table(p, workspace.Info{}, nil)
	rows, err := Sharable(p, all, []string{"web"})
	if err != nil || ports(rows) != "web:3001" {
		t.Errorf("got %s, %v", ports(rows), err)
	}
}

func TestTableOfSharedPorts(t *testing.T) {
	t.Parallel()
	ws := workspace.Info{Tunnels: map[int]string{3001: "https://web.example", 8080: "https://lan.example", 5432: "https://never.example"}}
	var got []string
	for _, r := range Table(resolved(), ws, nil) {
		if r.Public {
			got = append(got, r.Service+" "+r.URL)
		}
	}
	if want := "lan https://lan.example, web https://web.example"; strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestUnshared(t *testing.T) {
	t.Parallel()
	p := resolved()
	text := func(s string) *string { return &s }
	for name, env := range map[string]types.MappingWithEquals{
		"web": {"API": text("http://localhost:4567/v1"), "ORIGINS": text("http://localhost:7000,http://localhost:3001"), "BARE": nil, "DB": text("postgres://localhost:5432")},
		"api": {"FRONTEND": text("http://localhost:3001"), "NET": text("http://localhost:70001")},
	} {
		s := p.Services[name]
		s.Environment = env
		p.Services[name] = s
	}
	rows := Table(p, workspace.Info{}, nil)
	shared := func(names ...string) []Row {
		chosen, err := Sharable(p, rows, names)
		if err != nil {
			t.Fatal(err)
		}
		return chosen
	}
	const want = "web knows api as http://localhost:4567, which other machines cannot reach; `devup share` both if its pages call it"
	if got := strings.Join(Unshared(p, rows, shared("web")), "\n"); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got := Unshared(p, rows, shared("web", "api")); got != nil {
		t.Errorf("both are shared: %s", got)
	}
}

// TestWithAGatewayOnlyThatIsShared: what it leads to needs no tunnel of its own.
func TestWithAGatewayOnlyThatIsShared(t *testing.T) {
	t.Parallel()
	p := resolved()
	p.Gateway = &project.Gateway{HostPort: 8080, Routes: []project.GatewayRoute{
		{Prefix: "/", Service: "web", Upstream: "127.0.0.1:3001"}, {Prefix: "/api", Service: "api", Upstream: "127.0.0.1:4567"},
	}}
	for named, want := range map[string]string{"": "gateway:8080", "web": "gateway:8080", "web api net": "gateway:8080 net:7000", "gateway": "gateway:8080", "net": "net:7000"} {
		rows, err := Sharable(p, Table(p, workspace.Info{}, nil), strings.Fields(named))
		if err != nil || ports(rows) != want {
			t.Errorf("%q: got %s, %v; want %s", named, ports(rows), err, want)
		}
	}
}
