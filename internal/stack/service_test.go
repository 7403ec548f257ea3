package stack

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/tree"
)

// TestPaths: where a service lies in its container and in the repository.
func TestPaths(t *testing.T) {
	t.Parallel()
	in := func(workspace string) Packages { return Packages{Workspace: workspace} }
	for _, test := range []struct {
		name                           string
		service                        Service
		root, workdir, context, member string
	}{
		{"alone", Service{Name: "web", Dir: "apps/web"}, "/web", "/web", "apps/web", ""},
		{"the root", Service{Name: "web", Dir: "."}, "/web", "/web", ".", ""},
		{"called like a directory of the system", Service{Name: "srv", Dir: "x"}, "/srv/srv", "/srv/srv", "x", ""},
		{"a member", Service{Name: "web", Dir: "js/apps/web", Packages: in("js")}, "/web", "/web/apps/web", "js", "apps/web"},
		{"a member of the root", Service{Name: "lib", Dir: "apps/web", Packages: in(".")}, "/srv/lib", "/srv/lib/apps/web", ".", "apps/web"},
		{"the root of a workspace", Service{Name: "web", Dir: "js", Packages: in("js")}, "/web", "/web", "js", ""},
		{"a member with a Dockerfile of its own", Service{Name: "web", Dir: "js/web", Packages: in("js"), Dockerfile: "Dockerfile"}, "/web", "/web", "js/web", ""},
	} {
		got := []string{string(test.service.Root()), test.service.Workdir(), test.service.Context(), test.service.Member()}
		if diff := cmp.Diff([]string{test.root, test.workdir, test.context, test.member}, got); diff != "" {
			t.Errorf("%s: root, workdir, context, member (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestNotes: the same evidence counts once.
func TestNotes(t *testing.T) {
	t.Parallel()
	a := &App{}
	one, other := tree.At("a", 1, "x"), tree.At("a", 2, "x")
	a.Note(one)
	a.Note(other)
	a.Note(one)
	a.Remark(other, "fix it")
	a.Remark(other, "fix it")
	if diff := cmp.Diff([]tree.Evidence{one, other}, a.Evidence); diff != "" {
		t.Errorf("evidence (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Remark{{Evidence: other, Fix: "fix it"}}, a.Remarks); diff != "" {
		t.Errorf("remarks (-want +got):\n%s", diff)
	}
}

// TestStart: what runs in production where a stack says no more than how it is developed.
func TestStart(t *testing.T) {
	t.Parallel()
	commands := func(dev, build, prod string) func(*App) Commands {
		return func(*App) Commands {
			return Commands{Dev: strings.Fields(dev), Build: strings.Fields(build), Prod: append([]string(nil), strings.Fields(prod)...)}
		}
	}
	migrate := func(*App) []string { return []string{"migrate"} }
	for _, test := range []struct {
		name string
		of   Stack
		out  string
		want string
	}{
		{"all", Stack{Commands: commands("dev", "build", "prod"), Migrate: migrate}, "", "dev|build|prod|migrate"},
		{"development alone", Stack{Commands: commands("dev", "", "")}, "", "dev||dev|"},
		{"built files", Stack{Commands: commands("dev", "build", "")}, "dist", "dev|build||"},
		{"no commands", Stack{Migrate: migrate}, "", "|||"},
	} {
		a := &App{Stack: &test.of, Service: Service{Output: test.out}}
		a.SetCommands()
		got := strings.Join([]string{strings.Join(a.Dev, " "), strings.Join(a.Build, " "), strings.Join(a.Prod, " "), strings.Join(a.Migrate, " ")}, "|")
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// TestBe: what a stack and its language decide, the language before the stack's commands.
func TestBe(t *testing.T) {
	t.Parallel()
	language := &Language{Name: "toy", Describe: func(a *App) { a.PackageName = "described as " + a.Framework }}
	a := &App{}
	a.DescribeAs(&Stack{Name: "board", Title: "Board", Frontend: true, Module: "main", Output: "out", Language: language})
	if a.StackName != "board" || a.Framework != "Board" || !a.Frontend || a.Module != "main" || a.Output != "out" || a.Runtime.Language != "toy" || a.PackageName != "described as Board" {
		t.Errorf("got %+v", a)
	}
}

// TestCompletePage: a page without files is still built from a manifest.
func TestCompletePage(t *testing.T) {
	t.Parallel()
	language := &Language{Name: "toy", Manifests: []string{"toy.mod", "other"}, Versions: []string{"3"}}
	page := &Stack{
		Name: "page", Language: language, Port: 4000, Output: "dist",
		Commands: func(*App) Commands {
			return Commands{Dev: []string{"dev"}, Build: []string{"build"}}
		},
	}
	for _, test := range []struct {
		name    string
		service Service
		want    string
	}{
		{"nothing", Service{}, "toy 3 toy.mod 4000:4000 dev|build|dev dist"},
		{"a version and ports", Service{Runtime: Runtime{Language: "own", Version: "2"}, Port: Port{Number: 1}, HostPort: 2}, "own 2 toy.mod 2:1 dev|build|dev dist"},
		{"a manifest", Service{Packages: Packages{Manifest: "other"}, Output: "out"}, "toy 3 other 4000:4000 dev|build|dev out"},
		{"commands", Service{Dev: []string{"d"}, Build: []string{"b"}, Prod: []string{"p"}}, "toy 3 toy.mod 4000:4000 d|b|p dist"},
	} {
		s := page.Complete(test.service)
		command := func(words []string) string { return strings.Join(words, " ") }
		got := strings.Join([]string{s.Runtime.Language, s.Runtime.Version, s.Packages.Manifest, ports(s), command(s.Dev) + "|" + command(s.Build) + "|" + command(s.Prod), s.Output}, " ")
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// TestCompleteServer: a production command of the stack's own is taken only where nothing
// else was said.
func TestCompleteServer(t *testing.T) {
	t.Parallel()
	server := &Stack{Name: "server", Language: &Language{}, Commands: func(a *App) Commands {
		start := Commands{Dev: []string{"dev"}}
		if a.ProdModule != "" {
			start.Prod = []string{"serve", a.ProdModule}
		}
		return start
	}}
	for _, test := range []struct {
		service Service
		want    string
	}{
		{Service{}, "dev|dev"},
		{Service{ProdModule: "app"}, "dev|serve app"},
		{Service{ProdModule: "app", Dev: []string{"own"}}, "own|serve app"},
		{Service{Dev: []string{"own"}}, "own|own"},
		{Service{Dev: []string{"own"}, Prod: []string{"p"}}, "own|p"},
	} {
		s := server.Complete(test.service)
		if got := strings.Join(s.Dev, " ") + "|" + strings.Join(s.Prod, " "); got != test.want || s.Build != nil {
			t.Errorf("%+v: %s, want %s", test.service, got, test.want)
		}
	}
}
