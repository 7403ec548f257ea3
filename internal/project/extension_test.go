package project

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

func TestServiceExtension(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       ServiceExtension
	}{
		{"absent", "init: true", ServiceExtension{}},
		{"empty", "x-devup:", ServiceExtension{}},
		{"all", "x-devup: {stack: flask, ready: /health, public: true, port: fixed}", ServiceExtension{Stack: "flask", Ready: "/health", Public: true, FixedPort: true}},
		{"egress", "x-devup: {egress: credentials}", ServiceExtension{Egress: true}},
		{"variables", "x-devup: {public: '${P:-true}', ready: '/${NONE:-x}'}", ServiceExtension{Ready: "/x", Public: true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := loadText(t, "services:\n  web:\n    image: x\n    "+test.text)
			if got := p.Extensions["web"]; !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestWrongExtensions(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want, hint string }{
		{"a typo of x-devup", "services:\n  web:\n    image: x\n    x-devp:\n      public: true", `devup.yaml:4: service web has the unknown key "x-devp"`, `did you mean "x-devup"?`},
		{"a typo of x-devup at the top", "x-dveup: {gateway: {}}\nservices:\n  web:\n    image: x", `devup.yaml:1: the top has the unknown key "x-dveup"`, `did you mean "x-devup"?`},
		{"near key", "services:\n  web:\n    image: x\n    x-devup:\n      publc: true", `devup.yaml:5: x-devup of service web has the unknown key "publc"`, `did you mean "public"?`},
		{"far key", "services:\n  web:\n    image: x\n    x-devup:\n      zzzzzzzzzz: 1", `devup.yaml:5: x-devup of service web has the unknown key "zzzzzzzzzz"`, "stack, ready, public, port"},
		{"not a mapping", "services:\n  web:\n    image: x\n    x-devup: [a]", "devup.yaml:4: x-devup of service web is not a mapping", ""},
		{"stack", "services:\n  web:\n    image: x\n    x-devup: {stack: 5}", "devup.yaml:4: x-devup of service web has a stack", "flask"},
		{"ready", "services:\n  web:\n    image: x\n    x-devup:\n      ready: health", "devup.yaml:5: x-devup of service web has a ready that is not a path", "/api"},
		{"public", "services:\n  web:\n    image: x\n    x-devup: {public: maybe}", "devup.yaml:4: x-devup of service web has a public", ""},
		{"port", "services:\n  web:\n    image: x\n    x-devup: {port: 3000}", "devup.yaml:4: x-devup of service web has a port that is not the word fixed", "ports"},
		{"port of a member", "services:\n  net: {image: x}\n  web:\n    image: x\n    network_mode: service:net\n    x-devup: {port: stable}", `devup.yaml:6: x-devup of service web has the port "stable", which is neither a number nor the word fixed`, "port: 3000"},
		{"egress", "services:\n  web:\n    image: x\n    x-devup: {egress: true}", "devup.yaml:4: x-devup of service web has an egress that is not the word credentials", "egress: credentials"},
		{"routes", "services:\n  web:\n    image: x\n    x-devup:\n      routes: [api]", "devup.yaml:5: x-devup of service web has a route api that is not a path", "/api"},
		{"strip of a route", "services:\n  web:\n    image: x\n    x-devup:\n      routes: [{path: /api, strip: maybe}]", "devup.yaml:5: x-devup of service web has a route /api whose strip is neither true nor false", ""},
		{"near key of a route", "services:\n  web:\n    image: x\n    x-devup:\n      routes: [{path: /api, zzz: 1, stip: true}]", `devup.yaml:5: x-devup of service web has a route that has the unknown key "stip"`, `did you mean "strip"?`},
		{"far key of a route", "services:\n  web:\n    image: x\n    x-devup:\n      routes: [{path: /api, zzz: 1, zzzz: 1}]", `devup.yaml:5: x-devup of service web has a route that has the unknown key "zzz"`, "path, strip"},
		{"setup is a text", "services:\n  web:\n    image: x\n    x-devup:\n      setup: make", "devup.yaml:5: x-devup of service web has a setup that is not a list of steps", "npm run migrate"},
		{"near key of a step", "services:\n  web:\n    image: x\n    x-devup:\n      setup:\n        - make\n        - run: x\n          evry: up", `devup.yaml:8: x-devup of service web has a setup step that has the unknown key "evry"`, `did you mean "every"?`},
		{"step of a wrong type", "services:\n  web:\n    image: x\n    x-devup:\n      setup:\n        - 5", "devup.yaml:6: x-devup of service web has a setup step whose command is neither a text nor a list", "npm run migrate"},
		{"before of a step", "services:\n  web:\n    image: x\n    x-devup:\n      setup:\n        - run: x\n          before: up", "devup.yaml:7: x-devup of service web has a setup step whose before is not the word ready", "as soon as"},
		{"every of a step", "services:\n  web:\n    image: x\n    x-devup:\n      setup:\n        - run: x\n          every: day", "devup.yaml:7: x-devup of service web has a setup step whose every is not the word up", "once"},
		{"timeout of a step", "services:\n  web:\n    image: x\n    x-devup: {setup: [{run: x, timeout: 90}]}", "devup.yaml:4: x-devup of service web has a setup step whose timeout is not a duration", "90s"},
		{"negative timeout of a step", "services:\n  web:\n    image: x\n    x-devup: {setup: [{run: x, timeout: -5m}]}", "devup.yaml:4: x-devup of service web has a setup step whose timeout is not a duration", "90s"},
		{"name of a step", "services:\n  web:\n    image: x\n    x-devup: {setup: [{run: x, name: 5}]}", "devup.yaml:4: x-devup of service web has a setup step whose name is not one line of text", ""},
		{"step without a command", "services:\n  web:\n    image: x\n    x-devup: {setup: [{name: x}]}", "devup.yaml:4: x-devup of service web has a setup step that runs nothing", "run"},
		{"two steps of a name", "services:\n  web:\n    image: x\n    x-devup:\n      setup:\n        - {name: x, run: a}\n        - {name: x, run: b}", `devup.yaml:7: x-devup of service web has two setup steps with the name "x"`, "unique"},
		{"top", "services: {web: {image: x}}\nx-devup:\n  ready: /x", `devup.yaml:3: x-devup at the top has the key "ready", which belongs to x-devup of a service`, ""},
		{"top unknown", "services: {web: {image: x}}\nx-devup:\n  a: /x", `devup.yaml:3: x-devup at the top has the unknown key "a"`, "gateway"},
		{"setup at the top is a list", "services: {web: {image: x}}\nx-devup:\n  setup: [make]", "devup.yaml:3: x-devup at the top has a setup that is a list", "x-devup of the service"},
		{"setup at the top is a text", "services: {web: {image: x}}\nx-devup:\n  setup: make", "devup.yaml:3: x-devup at the top has a setup that is not a mapping", "copy"},
		{"near key of setup at the top", "services: {web: {image: x}}\nx-devup:\n  setup:\n    cpy: {}", `devup.yaml:4: x-devup at the top has a setup that has the unknown key "cpy"`, `"copy"`},
		{"copy is a list", "services: {web: {image: x}}\nx-devup:\n  setup:\n    copy: [a]", "devup.yaml:4: x-devup at the top has a setup whose copy is not a mapping", ".env.example"},
		{"copy out of the directory", "services: {web: {image: x}}\nx-devup:\n  setup:\n    copy:\n      a: /etc/a", `devup.yaml:5: x-devup at the top copies "a": both files`, ""},
		{"copy from outside", "services: {web: {image: x}}\nx-devup:\n  setup:\n    copy:\n      ../a: a", `devup.yaml:5: x-devup at the top copies "../a": both files`, ""},
		{"copy with a variable", "services: {web: {image: x}}\nx-devup:\n  setup:\n    copy:\n      a: $B", `devup.yaml:5: x-devup at the top copies "a": both files must be inside the project's directory, and named without variables`, ""},
		{"through an anchor", "x-base: &base\n  x-devup:\n    redy: /x\nservices:\n  web:\n    <<: *base\n    image: x", `devup.yaml:3: x-devup of service web has the unknown key "redy"`, "ready"},
		{"service that is not active", "services:\n  web: {image: x}\n  off:\n    image: x\n    profiles: [p]\n    x-devup: {stk: y}", `devup.yaml:6: x-devup of service off has the unknown key "stk"`, "stack"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := directory(t, "-- devup.yaml --\n"+test.text)
			_, err := Load(t.Context(), Options{Dir: dir})
			e := failure(t, err)
			got := strings.ReplaceAll(e.Error(), dir+string(filepath.Separator), "")
			if !strings.HasPrefix(got, test.want) || !strings.Contains(e.Hint, test.hint) || e.Code.Exit() != 2 {
				t.Errorf("got  %s (hint: %s)\nwant %s (hint: %s)", got, e.Hint, test.want, test.hint)
			}
		})
	}
}

// FuzzExtension feeds whatever YAML there is; the outcome is a value of the
// known keys only, or an error with a text, never a panic.
func FuzzExtension(f *testing.F) {
	for _, seed := range []string{"stack: flask", "ready: /x\npublic: true", "port: fixed", "[1]", "a: {b: c}", "public: 'true'", "stack:"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var value any
		if yaml.Unmarshal([]byte(text), &value) != nil {
			t.Skip()
		}
		x, bad := parseExtension(value)
		if bad != nil {
			if bad.text == "" {
				t.Errorf("an error without a text for %q", text)
			}
			return
		}
		if x.Ready != "" && x.Ready[0] != '/' {
			t.Errorf("ready %q from %q", x.Ready, text)
		}
		fields, _ := value.(map[string]any)
		for key := range fields {
			if !strings.Contains(fmt.Sprint(serviceKeys), key) {
				t.Errorf("the key %q of %q went through", key, text)
			}
		}
	})
}
