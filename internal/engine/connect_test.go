package engine

import (
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
)

func TestConnectByDockerHost(t *testing.T) {
	t.Parallel()
	home := shortDir(t)
	engine28 := docker28()
	host := serve(t, engine28, home+"/x.sock")
	e, err := here(home, "DOCKER_HOST", host).connect(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if e.Endpoint != host || e.Source != "DOCKER_HOST" || e.APIVersion != "1.51" || !e.BuildKit || e.Podman || !e.Local() {
		t.Errorf("got %+v", e)
	}
	for range 3 {
		facts, err := e.Facts(t.Context())
		if err != nil || facts.ServerVersion != "28.5.2" || facts.Rootless || facts.Desktop {
			t.Errorf("got %+v, %v", facts, err)
		}
	}
	if got, want := strings.Join(engine28.seen(), ", "), "HEAD /_ping, GET /v1.51/info"; got != want {
		t.Errorf("asked %s; want %s", got, want)
	}
}

func TestConnectKinds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		headers  map[string]string
		env      []string
		api      string
		buildKit bool
		podman   bool
		want     string // the error
	}{
		{name: "20.10 has BuildKit and does not say so", headers: map[string]string{"Api-Version": "1.41", "Builder-Version": ""}, api: "1.41", buildKit: true},
		{name: "newer than the client", headers: map[string]string{"Api-Version": "1.99", "Builder-Version": "2"}, api: "1.56", buildKit: true},
		{name: "Podman", headers: map[string]string{"Api-Version": "1.41", "Libpod-Api-Version": "4.3.1", "Builder-Version": ""}, api: "1.41", podman: true},
		{name: "Windows containers", headers: map[string]string{"Api-Version": "1.51", "Builder-Version": "1", "Ostype": "windows"}, api: "1.51"},
		{name: "a pinned version", headers: map[string]string{"Api-Version": "1.51", "Builder-Version": "2"}, env: []string{"DOCKER_API_VERSION", "v1.45"}, api: "1.45", buildKit: true},
		{name: "pinned too high", headers: map[string]string{"Api-Version": "1.41"}, env: []string{"DOCKER_API_VERSION", "1.45"}, want: "engine-too-old: DOCKER_API_VERSION asks for more than the engine"},
		{name: "pinned too low", env: []string{"DOCKER_API_VERSION", "1.24"}, want: "usage: DOCKER_API_VERSION is 1.24; devup needs 1.40 or newer"},
		{name: "pinned to nonsense", env: []string{"DOCKER_API_VERSION", "new"}, want: `usage: DOCKER_API_VERSION is not a version: "new"`},
		{name: "too old", headers: map[string]string{"Api-Version": "1.39"}, want: "engine-too-old: the engine at"},
		{name: "no engine at all", headers: map[string]string{}, want: "no-engine: what answers at"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			home := shortDir(t)
			host := serve(t, &fake{headers: tt.headers}, home+"/x.sock")
			e, err := here(home, tt.env...).connect(t.Context(), Options{Host: host})
			if tt.want != "" {
				if err == nil || !strings.Contains(string(fail.CodeOf(err))+": "+err.Error(), tt.want) {
					t.Errorf("got %v, want %s", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			if e.APIVersion != tt.api || e.BuildKit != tt.buildKit || e.Podman != tt.podman {
				t.Errorf("got API %s, BuildKit %v, Podman %v", e.APIVersion, e.BuildKit, e.Podman)
			}
		})
	}
}

func TestConnectByContext(t *testing.T) {
	t.Parallel()
	home := shortDir(t)
	host := serve(t, docker28(), home+"/x.sock")
	writeContext(t, home, "box", host)
	writeFile(t, home+"/.docker/config.json", `{"currentContext": "gone"}`)
	tests := []struct {
		name    string
		env     []string
		options Options
		want    string // the source, or the error
	}{
		{"by option", nil, Options{Context: "box"}, `docker context "box"`},
		{"the option over DOCKER_HOST", []string{"DOCKER_HOST", "unix:///nowhere"}, Options{Context: "box"}, `docker context "box"`},
		{"by DOCKER_CONTEXT", []string{"DOCKER_CONTEXT", "box"}, Options{}, `docker context "box"`},
		{"DOCKER_HOST over DOCKER_CONTEXT", []string{"DOCKER_CONTEXT", "nope", "DOCKER_HOST", host}, Options{}, "DOCKER_HOST"},
		{"the current one is gone", nil, Options{}, `there is no docker context "gone", which docker's config file names`},
		{"two at once", nil, Options{Context: "box", Host: host}, "both a host and a context are given for the engine"},
		{"the option host over the current one", nil, Options{Host: host}, "the setting host"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e, err := here(home, tt.env...).connect(t.Context(), tt.options)
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = e.Source
				_ = e.Close()
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestConnectByContextWithTLS(t *testing.T) {
	t.Parallel()
	home := shortDir(t)
	server := httptest.NewTLSServer(docker28())
	t.Cleanup(server.Close)
	host := "tcp://" + server.Listener.Addr().String()
	writeContext(t, home, "far", host)
	if _, err := here(home).connect(t.Context(), Options{Context: "far"}); err == nil {
		t.Error("a TLS engine answered without TLS")
	}
	// The store names the directories of a context by the digest of its name.
	metas, err := filepath.Glob(home + "/.docker/contexts/meta/*")
	if err != nil || len(metas) != 1 {
		t.Fatal(metas, err)
	}
	writeFile(t, home+"/.docker/contexts/tls/"+filepath.Base(metas[0])+"/docker/ca.pem", certificatePEM(server.Certificate().Raw))
	e, err := here(home).connect(t.Context(), Options{Context: "far"})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if _, err := e.Facts(t.Context()); err != nil || !e.Local() {
		t.Errorf("facts: %v, local %v", err, e.Local())
	}
}

func TestConnectToTheFirstSocketThatAnswers(t *testing.T) {
	t.Parallel()
	home := shortDir(t)
	serve(t, docker28(), home+"/.colima/default/docker.sock")
	stale(t, home+"/run/docker.sock")
	e, err := here(home).connect(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if e.Source != "the socket of Colima" {
		t.Errorf("found %s at %s", e.Source, e.Endpoint)
	}
}

func TestConnectSaysWhyNot(t *testing.T) {
	t.Parallel()
	home := shortDir(t)
	stale(t, home+"/stale.sock")
	writeFile(t, home+"/file.sock", "no socket")
	serve(t, docker28(), home+"/denied.sock")
	if err := os.Chmod(home+"/denied.sock", 0); err != nil {
		t.Fatal(err)
	}
	hung, err := net.Listen("unix", home+"/hung.sock")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hung.Close() })
	tests := []struct{ host, want string }{
		{"unix://" + home + "/none.sock", "no-engine: no engine at HOST (the setting host): the socket does not exist"},
		{"unix://" + home + "/file.sock/x", "no-engine: no engine at HOST (the setting host): the socket does not exist"},
		{"unix://" + home + "/stale.sock", "no-engine: no engine at HOST (the setting host): nothing listens there"},
		{"unix://" + home + "/denied.sock", "engine-denied: you may not use the engine at HOST (the setting host): permission denied"},
		{"unix://" + home + "/hung.sock", "no-engine: the engine at HOST (the setting host) does not answer within 300ms"},
		{"tcp://127.0.0.1:1", "no-engine: no engine at HOST (the setting host): nothing listens there"},
		{"tcp://no-such-host.invalid:2375", "no-engine: no engine at HOST (the setting host): "},
		{"gopher://x", `no-engine: the setting host: "gopher://x" has the unknown scheme gopher`},
	}
	for _, tt := range tests {
		t.Run(strings.TrimPrefix(tt.host, "unix://"+home), func(t *testing.T) {
			t.Parallel()
			if os.Getuid() == 0 && strings.Contains(tt.host, "denied") {
				t.Skip("nothing is denied to root")
			}
			c := here(home)
			if strings.Contains(tt.host, "hung") {
				c.local = 300 * time.Millisecond
			}
			_, err := c.connect(t.Context(), Options{Host: tt.host})
			got := string(fail.CodeOf(err)) + ": " + err.Error()
			if want := strings.ReplaceAll(tt.want, "HOST", tt.host); !strings.HasPrefix(got, want) {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestConnectStartsAnInstalledEngine(t *testing.T) {
	t.Parallel()
	home := shortDir(t)
	c := here(home, "PATH", "/bin")
	c.start = true
	c.files = fstest.MapFS{"bin/colima": binary}
	var ran, notes []string
	c.run = func(_ context.Context, command []string) ([]byte, error) {
		ran = append(ran, strings.Join(command, " "))
		serve(t, docker28(), home+"/.colima/default/docker.sock")
		return nil, nil
	}
	c.sink = func(e event.Event) { notes = append(notes, string(e.State)+" "+e.Name+" "+e.Text) }
	e, err := c.connect(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if got := strings.Join(ran, ", "); got != "/bin/colima start" {
		t.Errorf("ran %s", got)
	}
	if got, want := strings.Join(notes, ", "), "working Colima starting: /bin/colima start, done Colima started"; got != want {
		t.Errorf("said %s; want %s", got, want)
	}
}

// TestConnectWaitsForADevContainersOwnEngine: a command that an editor runs when a dev
// container starts is often faster than the engine in it. devup starts no second one.
func TestConnectWaitsForADevContainersOwnEngine(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"usr/bin/dockerd": binary, "usr/local/share/docker-init.sh": binary, "etc/init.d/docker": binary, ".dockerenv": {}}
	for name, uid := range map[string]int{"a user": 1000, "root": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := shortDir(t)
			c := here(home)
			c.start, c.files, c.system.uid = true, files, uid
			c.usual = []candidate{{host: "unix://" + home + "/docker.sock", kind: docker}}
			c.sink = func(e event.Event) {
				if e.Text == "starts with this dev container" {
					serve(t, docker28(), home+"/docker.sock")
				}
			}
			e, err := c.connect(t.Context(), Options{})
			if err != nil {
				t.Fatal(err)
			}
			_ = e.Close()
		})
	}
	t.Run("it never answers", func(t *testing.T) {
		t.Parallel()
		home := shortDir(t)
		c := here(home)
		c.start, c.files, c.limit = true, files, 50*time.Millisecond
		c.usual = []candidate{{host: "unix://" + home + "/docker.sock", kind: docker}}
		_, err := c.connect(t.Context(), Options{})
		if fail.CodeOf(err) != fail.NoEngine || !strings.HasSuffix(err.Error(), "starts with this dev container, but does not answer within 50ms") {
			t.Errorf("got %v", err)
		}
	})
}

func TestConnectDoesNotStartUnasked(t *testing.T) {
	t.Parallel()
	c := here(shortDir(t), "PATH", "/bin")
	c.files = fstest.MapFS{"bin/colima": binary}
	_, err := c.connect(t.Context(), Options{}) // run would fail
	if err == nil || err.Error() != "Colima is installed, but not running" {
		t.Errorf("got %v", err)
	}
}

func TestConnectWhenStartingFails(t *testing.T) {
	t.Parallel()
	installed := fstest.MapFS{"bin/colima": binary}
	t.Run("the command fails", func(t *testing.T) {
		t.Parallel()
		c := here(shortDir(t), "PATH", "/bin")
		c.start, c.files = true, installed
		c.run = func(context.Context, []string) ([]byte, error) {
			return []byte("one\ntwo\n"), errors.New("exit status 1")
		}
		_, err := c.connect(t.Context(), Options{})
		failed, ok := errors.AsType[*fail.Error](err)
		if !ok || failed.Error() != "Colima does not start: exit status 1" || strings.Join(failed.Lines, "|") != "one|two" {
			t.Errorf("got %v %v", err, failed)
		}
	})
	t.Run("it never answers", func(t *testing.T) {
		t.Parallel()
		c := here(shortDir(t), "PATH", "/bin")
		c.start, c.files, c.limit = true, installed, 50*time.Millisecond
		c.run = func(context.Context, []string) ([]byte, error) { return nil, nil }
		_, err := c.connect(t.Context(), Options{})
		if err == nil || fail.CodeOf(err) != fail.NoEngine || !strings.Contains(err.Error(), "does not answer within 50ms") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("the user gives up", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		c := here(shortDir(t), "PATH", "/bin")
		c.start, c.files = true, installed
		c.run = func(context.Context, []string) ([]byte, error) { cancel(); return nil, nil }
		if _, err := c.connect(ctx, Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

func TestConnectSurvivesABrokenDockerConfig(t *testing.T) {
	t.Parallel()
	home := shortDir(t)
	host := serve(t, docker28(), home+"/x.sock")
	writeFile(t, home+"/.docker/config.json", "{")
	c := here(home)
	var notes []string
	c.sink = func(e event.Event) { notes = append(notes, string(e.State)+" "+e.Text) }
	e, err := c.connect(t.Context(), Options{Host: host})
	if err != nil {
		t.Fatal(err)
	}
	_ = e.Close()
	if len(notes) != 1 || !strings.Contains(notes[0], "config.json is not read") {
		t.Errorf("said %q", notes)
	}
}
