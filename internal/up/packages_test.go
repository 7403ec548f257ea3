package up

import (
	"errors"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/images"
)

const nodeFiles = `
-- compose.yaml --
name: shop
services:
  web:
    build: {context: ./web, target: dev}
    volumes: ["./web:/web", "/web/node_modules"]
  worker:
    build: {context: ./web, target: dev}
    volumes: ["./web:/web", "/web/node_modules"]
    depends_on: [web]
-- web/Dockerfile --
ARG PACKAGES=deps
FROM node AS base
WORKDIR /web
FROM base AS deps
COPY package.json ./
RUN npm ci
FROM ${PACKAGES} AS dev
COPY . .
-- web/package.json --
{}
`

// TestRunInstallsPackages installs what is missing, and nothing for another variable or
// where the engine has no BuildKit.
func TestRunInstallsPackages(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nodeFiles)
	f.runner.InVolumes = true
	up := func(o Options) (string, error) {
		_, err := f.run(t.Context(), t, o)
		return f.engine.taken(), err
	}
	preview, err := f.run(t.Context(), t, Options{DryRun: true})
	if err != nil || len(preview.Builds) != 4 || preview.Builds[2].Cause != "its packages have to be installed" || f.engine.taken() != "" {
		t.Errorf("a dry run would build %+v: %v", preview.Builds, err)
	}
	const installs = "install packages of web\ninstall packages of worker\n"
	if got, err := up(Options{}); err != nil || !strings.HasPrefix(got, installs) || strings.Join(f.images.Calls(), " ") == "" {
		t.Errorf("first: %s: %v", got, err)
	}
	if got, err := up(Options{}); err != nil || got != "wait for web (was ready), worker (was ready)" {
		t.Errorf("again: %s: %v", got, err)
	}
	f.write(t, strings.ReplaceAll(nodeFiles, "target: dev}\n    volumes", "target: dev}\n    environment: {COLOR: red}\n    volumes"))
	if got, err := up(Options{}); err != nil || !strings.HasPrefix(got, "recreate shop-web-1") {
		t.Errorf("another variable: %s: %v", got, err)
	}
	f.write(t, "-- web/package.json --\n{\"dependencies\": {}}\n")
	f.engine.uninstalled = map[string]error{"web": &fail.Error{Code: fail.BuildFailed, Service: "web"}}
	if got, err := up(Options{}); fail.CodeOf(err) != fail.BuildFailed || got != strings.TrimSpace(installs) {
		t.Errorf("a failure: %s: %v", got, err)
	}
	f.engine.uninstalled = map[string]error{"web": errors.New("the engine is gone")}
	if _, err := up(Options{}); err == nil || err.Error() != "the engine is gone" {
		t.Errorf("an engine that is gone: %v", err)
	}
	f.engine.uninstalled = nil
	preview, err = f.run(t.Context(), t, Options{DryRun: true})
	if got := preview.Plan.String(); err != nil || !strings.Contains(got, "recreate shop-web-1: volume at /web/node_modules: its packages changed\n") {
		t.Errorf("the plan is\n%s%v", got, err)
	}
	if got, err := up(Options{}); err != nil || !strings.HasPrefix(got, installs+"create-volume") || strings.Count(got, "remove-volume") != 2 {
		t.Errorf("a package more: %s: %v", got, err)
	}
	if outcome, err := f.run(t.Context(), t, Options{Options: images.Options{NoBuild: true}}); err != nil || outcome.Changed {
		t.Errorf("without builds: %v", err)
	}
	f.runner.InVolumes = false
	f.engine.taken()
	if got, err := up(Options{}); err != nil || strings.Contains(got, "install") || !strings.Contains(got, "recreate shop-web-1") {
		t.Errorf("an engine without BuildKit: %s: %v", got, err)
	}
}
