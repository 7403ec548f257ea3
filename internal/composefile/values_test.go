package composefile

import (
	"errors"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
)

// TestShortForms: ports and volumes in their short form, and what is wrong with others.
func TestShortForms(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		of          func(string) (any, error)
		value, want string
	}{
		{shortPort, "3000", ""},
		{shortPort, "127.0.0.1:3000-3001:80-81/udp", ""},
		{shortPort, "3000:web", `"3000:web" is not a port mapping: "web" is not a port of the container`},
		{shortPort, "x:80", `"x:80" is not a port mapping: "x" is not a port of the host`},
		{shortPort, "3000:", `"3000:" is not a port mapping: it has no port of the container`},
		{shortPort, "a.b:1:80", `"a.b:1:80" is not a port mapping: "a.b" is not an IP address`},
		{shortPort, "80/tpc", `"80/tpc" is not a port mapping: "tpc" is not a protocol`},
		{shortPort, "1-3:1-2", `"1-3:1-2" is not a port mapping: the two ranges are not equally long`},
		{shortVolume, "data:/data:ro", ""},
		{shortVolume, "./a:/a", ""},
		{shortVolume, ":/data", `":/data" is not a volume: a part of it is empty`},
	} {
		value, err := test.of(test.value)
		if test.want == "" {
			if err != nil || value != test.value {
				t.Errorf("%s: %v, %v", test.value, value, err)
			}
			continue
		}
		bad, ok := errors.AsType[*misvalue](err)
		if !ok || !strings.HasPrefix(bad.text, test.want) || bad.hint == "" || bad.value != test.value {
			t.Errorf("%s: %v, want %s and a hint", test.value, err, test.want)
		}
	}
}

// TestPortCount: ports are counted before they are written out.
func TestPortCount(t *testing.T) {
	t.Parallel()
	for mapping, want := range map[string]int{
		"80": 1, "8080:80": 1, "1-10": 10, "1-10:11-20": 10, "127.0.0.1:1-3:1-3/udp": 3, "3000-3010:80": 11, "a-b:c": 1, "10-1": 1, "": 1,
	} {
		var count portCount
		if bad := count.add(mapping); bad != nil || count.ports != want {
			t.Errorf("%q: %d ports (%v), want %d", mapping, count.ports, bad, want)
		}
	}
	count := portCount{ports: maxPorts - 1}
	if bad := count.add("80"); bad != nil {
		t.Errorf("the last port that can be published: %v", bad)
	}
	if bad := count.add("81"); bad == nil {
		t.Error("one port too many is taken")
	}
}

func TestCheckScale(t *testing.T) {
	t.Parallel()
	project := func(scale, ports int) *types.Project {
		web := types.ServiceConfig{Name: "web", Scale: &scale}
		web.Ports = make([]types.ServicePortConfig, ports)
		return &types.Project{Services: types.Services{"web": web}}
	}
	for _, test := range []struct {
		scale, ports int
		want         string
	}{
		{0, 0, ""},
		{maxServices, 20, ""},
		{maxServices + 1, 0, "service web: 1001 containers are too many"},
		{maxServices, 21, "service web: 21000 host ports are too many"},
	} {
		err := CheckScale(project(test.scale, test.ports))
		if test.want == "" {
			if err != nil {
				t.Errorf("%d containers with %d ports: %v", test.scale, test.ports, err)
			}
			continue
		}
		if err == nil || !strings.HasPrefix(err.Error(), test.want) || fail.CodeOf(err) != fail.Usage {
			t.Errorf("%d containers with %d ports: %v, want %q", test.scale, test.ports, err, test.want)
		}
	}
}

// TestNotText: what is no text, and where.
func TestNotText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		bytes string
		line  int
		want  string
	}{
		{"a: b\n", 0, ""},
		{"a: \uFFFD\n", 0, ""},
		{"a: b\nc: m\xfcller\n", 2, "a character here is not UTF-8"},
		{"a: b\n\n\x00", 3, "a character here is not UTF-8"},
		{"\x89PNG\x00\x00", 0, "the file is not UTF-8 text"},
		{"\xfcber\n", 0, "the file is not UTF-8 text"},
	} {
		e := notText("/x/a", []byte(test.bytes))
		if e == nil {
			e = &fail.Error{}
		}
		if e.Message != test.want || e.Line != test.line {
			t.Errorf("%q: line %d: %s, want line %d: %s", test.bytes, e.Line, e.Message, test.line, test.want)
		}
	}
}

// TestNamesIn: the variables that a text cannot do without.
func TestNamesIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"$A-${B}": "A B", "$A $A": "A", "${A:-$B}": "A B", "$$A": "", "plain": "", "${A:?x}": "A", "${": "",
	} {
		if got := strings.Join(NamesIn(text), " "); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestCircle: services that depend on each other, each circle with its way.
func TestCircle(t *testing.T) {
	t.Parallel()
	for dependencies, want := range map[string]string{
		"a:b b:c c:": "", "a:b,c b:d c:d d:": "", "a:a": "a -> a", "a:b b:c c:b": "b -> c -> b", "a:none": "",
	} {
		services := types.Services{}
		for pair := range strings.FieldsSeq(dependencies) {
			name, others, _ := strings.Cut(pair, ":")
			s := types.ServiceConfig{Name: name}
			s.DependsOn = types.DependsOnConfig{}
			for other := range strings.SplitSeq(others, ",") {
				if other != "" {
					s.DependsOn[other] = types.ServiceDependency{}
				}
			}
			services[name] = s
		}
		err := circle(services)
		got := ""
		if err != nil {
			got = strings.TrimPrefix(err.Error(), "dependency cycle detected: ")
		}
		if got != want {
			t.Errorf("%s: %q, want %q", dependencies, got, want)
		}
	}
}

// TestActive: a service without profiles always runs.
func TestActive(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		declared []any
		active   []string
		want     bool
	}{
		{nil, nil, true}, {[]any{"a"}, nil, false}, {[]any{"a", "b"}, []string{"b"}, true}, {[]any{"a"}, []string{"*"}, true}, {[]any{"a"}, []string{"b"}, false}, {[]any{}, []string{"a"}, true},
	} {
		if got := active(map[string]any{"profiles": test.declared}, test.active); got != test.want {
			t.Errorf("of %v with %v: %v", test.declared, test.active, got)
		}
	}
}
