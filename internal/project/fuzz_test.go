package project

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/devup-cli/devup/internal/fail"
)

// FuzzLoad holds the loader against any text: it neither panics nor hangs, and an error
// is one sentence for the user.
func FuzzLoad(f *testing.F) {
	for _, c := range wrongCases(f) {
		if len(c.Text) < 2000 && !strings.HasPrefix(c.Text, "-- ") {
			f.Add(c.Text)
		}
	}
	for _, text := range []string{
		"services:\n  web: [\n", "services: {web: {imag: a, ports: [a]}}\nx: *y\n", "services:\n\tweb: {}\n", "services: {web: {image: a, depends_on: [web]}}\n",
		"x-a: &a {environment: {A: b}}\nservices:\n  web: {<<: *a, image: 'a:${B:-c}', ports: ['3000-3001:80-81/udp', '127.0.0.1::53']}\n",
		"services:\n  web:\n    build: {context: ., dockerfile_inline: FROM a, args: [A, B=c], secrets: [s]}\n    secrets: [{source: s, mode: 0400}]\nsecrets: {s: {environment: S}}\n",
		"services:\n  web: {extends: {service: base}, command: !reset null, ports: !override ['1:1']}\n  base: {image: a, command: b, healthcheck: {test: c, interval: 1m30s}}\n",
		"name: ${N:?no}\nservices: {web: {image: a, deploy: {replicas: 2, resources: {limits: {cpus: '0.5', memory: 5m}}}, develop: {watch: [{action: sync, path: ., target: /a}]}}}\n",
		"services: {web: {image: a, networks: {n: {ipv4_address: 10.0.0.2, aliases: [b]}}, volumes: [{type: tmpfs, target: /t, tmpfs: {size: 1m}}, 'v:/v:ro,z']}}\nnetworks: {n: {ipam: {config: [{subnet: 10.0.0.0/24}]}}}\nvolumes: {v: {external: true, name: w}}\n",
		"services: {web: {image: 'x', environment: ['U=https://3000-${GITPOD_WORKSPACE_ID}.${GITPOD_WORKSPACE_CLUSTER_HOST}', 'V=${DEVUP_URL_WEB:-http://localhost:3000}'], ports: ['${DEVUP_PORT_WEB:-3000}:3000'], x-devup: {ready: /, public: true}}}\n",
	} {
		f.Add(text)
	}
	dir := f.TempDir()
	file := filepath.Join(dir, "compose.yaml")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4<<10 || strings.Contains(text, "include") || strings.Contains(text, "file") || strings.Contains(text, "/dev") {
			t.Skip("what lies elsewhere on this machine is no matter of the text")
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		p, err := Load(ctx, Options{Dir: dir, Files: []string{file}, Env: map[string]string{"A": "", "B": "b"}})
		if err == nil {
			if _, err := p.YAML(); err != nil {
				t.Fatalf("it loads, and cannot be written: %v", err)
			}
			return
		}
		e, ok := errors.AsType[*fail.Error](err)
		if !ok {
			t.Fatalf("the error is none for the user: %v", err)
		}
		if e.Code.Exit() != 2 || strings.ContainsAny(e.Message, "\n\r") {
			t.Fatalf("exit code %d: %q", e.Code.Exit(), e.Message)
		}
	})
}
