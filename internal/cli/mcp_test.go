package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/test/cmdtest"
)

// connect starts devup mcp in a project and connects a client to it.
func connect(t *testing.T, w *cmdtest.World, args ...string) *mcp.ClientSession {
	t.Helper()
	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	process := Process{In: in, Out: out, Err: new(bytes.Buffer), LookupEnv: func(name string) (string, bool) { v, ok := w.Env[name]; return v, ok }}
	ended := make(chan int, 1)
	go func() {
		ended <- Main(context.WithoutCancel(t.Context()), append([]string{"-C", w.Dir, "mcp"}, args...), process)
		_ = out.Close()
	}()
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), &mcp.IOTransport{Reader: fromServer, Writer: toServer}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = session.Close()
		if code := <-ended; code != 0 {
			t.Errorf("devup mcp ends with %d", code)
		}
	})
	return session
}

// called is what a tool gave, as text.
func called(t *testing.T, session *mcp.ClientSession, tool string, arguments map[string]any) (text string, failed bool) {
	t.Helper()
	r, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		t.Fatalf("%s: %v", tool, err)
	}
	encoded, err := json.Marshal(r.StructuredContent)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded), r.IsError
}

const agentShop = `
-- compose.yaml --
name: shop
services:
  web: {image: "web:1", healthcheck: {test: "true"}, environment: {SESSION_SECRET: s3cr3t-value}}
`

// TestMCP: the tools that look are there without a flag, those that change with it, and each gives
// the objects of its command.
func TestMCP(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, agentShop)
	w.Images.Add("web:1", fakeengine.ID("web:1"))
	w.Main = func(fakeengine.Container) (string, int, bool) { return "my secret is s3cr3t-value\nready\n", 0, false }
	looking := []string{"doctor", "explain_failure", "get_logs", "get_urls", "list_services", "plan", "search_logs", "wait_ready", "why"}
	if diff := cmp.Diff(looking, toolsOf(t, connect(t, w))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	session := connect(t, w, "--allow-write")
	all := append(slices.Clone(looking), "restart", "run_setup", "up")
	slices.Sort(all)
	if diff := cmp.Diff(all, toolsOf(t, session)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, test := range []struct {
		tool, arguments string
		failed          bool
		words           []string
	}{
		{"list_services", `{}`, false, []string{`"state":"not running"`}},
		{"plan", `{}`, false, []string{`"action":"create"`}},
		{"wait_ready", `{"services":["web"]}`, true, []string{"web does not run", `"code":"not-ready"`}},
		{"up", `{}`, false, []string{`"type":"result"`, `"state":"ready"`}},
		{"wait_ready", `{"services":["web"],"timeout_seconds":5}`, false, []string{`"state":"ready"`}},
		{"list_services", `{}`, false, []string{`"state":"running"`, `"ready":true`}},
		{"explain_failure", `{"service":"web"}`, false, []string{`"SESSION_SECRET":"[masked]"`}},
		{"explain_failure", `{"service":"--help"}`, true, []string{`unknown-service`}},
		{"get_logs", `{"services":["web"],"tail":1}`, false, []string{`"text":"ready"`}},
		{"search_logs", `{"pattern":"SECRET|secret"}`, false, []string{"my secret is [masked]"}},
		{"search_logs", `{"pattern":"("}`, true, []string{"usage"}},
		{"why", `{"service":"web"}`, false, []string{"it did not exist"}},
		{"get_urls", `{}`, false, []string{`"results":[]`}},
		{"restart", `{"services":["web"]}`, false, []string{`"exit_code":0`}},
		{"run_setup", `{"service":"web","step":"seed"}`, true, []string{"web has no setup step"}},
		{"doctor", `{}`, true, []string{`"type":"finding"`}},
	} {
		var arguments map[string]any
		if err := json.Unmarshal([]byte(test.arguments), &arguments); err != nil {
			t.Fatal(err)
		}
		text, failed := called(t, session, test.tool, arguments)
		if test.tool != "doctor" && failed != test.failed || strings.Contains(text, "s3cr3t") {
			t.Errorf("%s %s, failed %v: %s", test.tool, test.arguments, failed, text)
		}
		for _, word := range test.words {
			if !strings.Contains(text, word) {
				t.Errorf("%s %s does not say %q: %s", test.tool, test.arguments, word, text)
			}
		}
	}
}

// TestMCPBounds: however much there is to print, the agent gets the newest of it.
func TestMCPBounds(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, agentShop)
	w.Has("web", "running", func(c *fakeengine.Container) {
		for i := range 3000 {
			c.Log = append(c.Log, fakeengine.Line{Text: fmt.Sprintf("%d %s", i, strings.Repeat("long line ", 20))})
		}
	})
	text, _ := called(t, connect(t, w), "get_logs", map[string]any{"tail": 3000})
	if len(text) > 100<<10 || !strings.Contains(text, `"text":"2999 `) || !strings.Contains(text, "earlier lines are left out") {
		t.Errorf("%d bytes: %.300s", len(text), text)
	}
}

func toolsOf(t *testing.T, session *mcp.ClientSession) []string {
	t.Helper()
	list, err := session.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tool := range list.Tools {
		names = append(names, tool.Name)
		if tool.Description == "" || tool.InputSchema == nil || tool.OutputSchema == nil || tool.Annotations == nil {
			t.Errorf("%s has no description, schema or hints", tool.Name)
		}
	}
	slices.Sort(names)
	return names
}

// TestMCPMasksHere: secrets of the directory in which the server was started are masked, also where
// the project's files cannot be read.
func TestMCPMasksHere(t *testing.T) { //nolint:paralleltest // it changes the working directory
	for name, files := range map[string]string{"project": agentShop, "broken": "-- .env --\nAPI_TOKEN=s3cr3t-value\n-- compose.yaml --\nservices: [\n"} {
		w := cmdtest.New(t, files)
		t.Chdir(w.Dir)
		text, _ := called(t, connect(t, w, "-C", ""), "explain_failure", map[string]any{"service": "s3cr3t-value"})
		if strings.Contains(text, "s3cr3t") || !strings.Contains(text, `"errors":[{`) {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// TestMCPForgetsProgress: what a command prints while it works is not kept.
func TestMCPForgetsProgress(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, agentShop)
	w.Images.Add("web:1", fakeengine.ID("web:1"))
	text, _ := called(t, connect(t, w, "--allow-write"), "up", map[string]any{})
	if strings.Contains(text, `"type":"event"`) || !strings.Contains(text, `"type":"result"`) {
		t.Error(text)
	}
}
