package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/run"
	"github.com/devup-cli/devup/internal/scaffold"
	"github.com/devup-cli/devup/internal/up"
	"github.com/devup-cli/devup/internal/workspace"
)

func must[T any](v T, err error) T {
	if err != nil {
		fmt.Fprintf(os.Stderr, "ERR %T %v\n", err, err)
		os.Exit(1)
	}
	return v
}
func main() {
	ctx := context.Background()
	dir := must(filepath.Abs(os.Args[2]))
	sink := func(e event.Event) { fmt.Printf("%s %s %s %s %s %s\n", e.Kind, e.Name, e.Parent, e.State, e.Text, e.Took) }
	switch os.Args[1] {
	case "init":
		fsys := os.DirFS(dir)
		repo := must(detect.Scan(fsys))
		fmt.Printf("%+v\n", repo)
		files := must(scaffold.Render(repo, scaffold.Options{Name: filepath.Base(dir)}))
		ch := must(scaffold.Compare(fsys, files))
		root := must(os.OpenRoot(dir))
		fmt.Println(must(scaffold.Write(root, ch)))
	case "up", "down":
		e := must(engine.Connect(ctx, engine.Options{LookupEnv: os.LookupEnv, Home: os.Getenv("HOME")}))
		env := map[string]string{}
		for _, kv := range os.Environ() {
			k, v, _ := strings.Cut(kv, "=")
			env[k] = v
		}
		p := must(project.Load(ctx, project.Options{Dir: dir, Env: env}))
		if os.Args[1] == "down" {
			t := time.Now()
			look := must(run.Observe(ctx, e.Client, p.Name, nil))
			must(run.Apply(ctx, e.Client, nil, plan.Down(look.Observed, plan.DownOptions{}), run.Options{Sink: sink}))
			fmt.Println(time.Since(t))
			return
		}
		place := must(workspace.Detect(os.Getenv, os.DirFS("/"), workspace.Override{}))
		eg := must(egress.Read(os.LookupEnv, os.Getenv("HOME"), "linux"))
		t := time.Now()
		out, err := up.Run(ctx, up.Machine{Engine: e.Client, BuildKit: e.BuildKit, Owner: func(context.Context) (int, int, error) { return os.Getuid(), os.Getgid(), nil }, Place: place, Egress: eg, StateDir: "/tmp/w/state", Sink: sink}, p, up.Options{})
		fmt.Println(time.Since(t), err)
		fmt.Printf("%+v\n", out.URLs)
	}
}
