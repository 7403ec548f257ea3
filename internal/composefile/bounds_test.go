package composefile

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

// bombs are small files that stand for more than any machine has. Each is one sentence
// that names the place.
var bombs = []struct{ name, files, want string }{
	{"nested mappings", "services: {web: {image: a}}\nx-a: " + nested("{a: ", 3000, "b", "}"), "compose.yaml:2: mappings and lists are nested more than 100 deep"},
	{"an alias in its own part", "x-a: &a\n  <<: *a\nservices: {web: {image: a, <<: *a}}\n", "compose.yaml:2: an alias repeats the part in which it stands"},
	{"aliases of aliases", "x-0: &a0 {a: b}\n" + each(40, "x-%[1]d: &a%[1]d {<<: [*a%[2]d, *a%[2]d]}\n") + "<<: *a40\nservices: {web: {image: a}}\n", "compose.yaml:2: the aliases (*name) repeat each other too often"},
	{"many values in the depth", "services: {web: {image: a}}\nx-a: " + nested("{a: ", 90, "["+strings.Repeat("b, ", 20000)+"]", "}") + "\n", "compose.yaml:2: the file has more keys and values than devup reads"},
	{"many keys", "services: {web: {image: a}}\nx-a:\n" + each(10001, "  k%[1]d: a\n"), "compose.yaml:3: a mapping has more than 10000 keys"},
	{"variables in defaults", "services: {web: {image: a, command: '" + nested("${A:-", 20000, "b", "}") + "'}}\n", "compose.yaml:1: variables are nested more than 50 deep"},
	{"variables of URLs in defaults", "services:\n  web:\n    image: a\n    command: '" + nested("${DEVUP_URL_WEB:-", 45, "b", "}") + "'\n", "compose.yaml:4: what the variables of the files stand for is larger than 16 MiB together"},
	{"many variables of URLs", "services:\n  web:\n    image: a\n    command: '" + strings.Repeat("$DEVUP_ORIGINS", 20000) + "'\n", "compose.yaml:4: what the variables of the files stand for is larger than 16 MiB together"},
	{
		"a long value in many places",
		"services: {web: {image: a, command: '" + strings.Repeat("$A", 20000) + "'}}\n-- .env --\nA=" + strings.Repeat("a", 1000) + "\n",
		"compose.yaml:1: what the variables of the files stand for is larger than 16 MiB together",
	},
	{
		"a long value in the name",
		"services: {web: {image: a}}\nname: '" + strings.Repeat("$A", 20000) + "'\n-- .env --\nA=" + strings.Repeat("a", 1000) + "\n",
		"compose.yaml:2: what the variables of the files stand for is larger than 16 MiB together",
	},
	{"an .env that doubles", "services: {web: {image: a}}\n-- .env --\nA0=aaaaaaaaaa\n" + each(11, "A%[1]d="+strings.Repeat("${A%[2]d}", 10)+"\n"), ".env:8: env files and what their variables stand for are larger than 16 MiB together"},
	{"an env_file that doubles", "services: {web: {image: a, env_file: x.env}}\n-- x.env --\nA0=aaaaaaaaaa\n" + each(11, "A%[1]d="+strings.Repeat("${A%[2]d}", 10)+"\n"), "x.env:8: env files and what their variables stand for are larger than 16 MiB together"},
	{"a label_file that doubles", "services: {web: {image: a, label_file: x.env}}\n-- x.env --\nA0=aaaaaaaaaa\n" + each(11, "A%[1]d="+strings.Repeat("${A%[2]d}", 10)+"\n"), "x.env:8: env files and what their variables stand for are larger than 16 MiB together"},
	{"an env file of an include that doubles", "include: [{path: a.yaml, env_file: x.env}]\n-- a.yaml --\nservices: {web: {image: a}}\n-- x.env --\nA0=aaaaaaaaaa\n" + each(11, "A%[1]d="+strings.Repeat("${A%[2]d}", 10)+"\n"), "x.env:8: env files and what their variables stand for are larger than 16 MiB together"},
	{"a line of many variables", "services: {web: {image: a}}\n-- .env --\nA=" + strings.Repeat("${A:-b}", 20000) + "\n", ".env:1: the line has too many variables for its length"},
	{"variables in defaults of .env", "services: {web: {image: a}}\n-- .env --\nA=" + nested("${A:-", 60, "b", "}") + "\n", ".env:1: variables are nested more than 50 deep"},
	{"a large .env", "services: {web: {image: a}}\n-- .env --\n" + strings.Repeat("#\n", 600000), ".env: the file is larger than 1MiB, the most that devup reads of it"},
	{
		"includes in a circle through an overriding file",
		"include:\n  - path: [c.yaml, b.yaml]\nservices: {web: {image: a}}\n-- b.yaml --\ninclude:\n  - path: [c.yaml, b.yaml]\n-- c.yaml --\nservices: {db: {image: a}}\n",
		"b.yaml:2: files include each other more than 20 deep",
	},
	{"included twice, again and again", includes(20), "x-19.yaml:1: the files that the files name are larger than 64 MiB together"},
	{"a range of ports", "services: {web: {image: a, ports: ['1-65535:1-65535']}}\n", `compose.yaml:1: "1-65535:1-65535" is one port too many: a project can publish 20000`},
	{"a range of ports of the container", "services: {web: {image: a, ports: ['1-65535/udp']}}\n", `compose.yaml:1: "1-65535/udp" is one port too many: a project can publish 20000`},
	{"ports of many containers", "services: {web: {image: a, scale: 1000, ports: ['1-21']}}\n", "compose.yaml:1: service web: 21000 host ports are too many: a project can publish 20000"},
	{"replicas", "services: {web: {image: a, deploy: {replicas: 2000000000}}}\n", "compose.yaml:1: service web: 2000000000 containers are too many: a project can have 1000"},
	{"scale", "services: {web: {image: a, scale: 2000000000}}\n", "compose.yaml:1: service web: 2000000000 containers are too many: a project can have 1000"},
	{"less than no containers", "services: {web: {image: a, scale: -1}}\n", "compose.yaml:1: services.web.scale must be 0 or more"},
	{"services", "services:\n" + each(1001, "  s%[1]d: {image: a}\n"), "compose.yaml:1: there are 1001 services, and a project can have 1000"},
}

func nested(open string, times int, inner, end string) string {
	return strings.Repeat(open, times) + inner + strings.Repeat(end, times)
}

// each writes the line for 1 and the number before it, and so on.
func each(times int, line string) string {
	var b strings.Builder
	for i := 1; i <= times; i++ {
		fmt.Fprintf(&b, line+"%.0[3]s", i, i-1, "")
	}
	return b.String()
}

// includes is a chain of files that each include the next one twice, in other environments.
func includes(length int) string {
	var b strings.Builder
	file := func(i int) {
		fmt.Fprintf(&b, "include: [{path: x-%[1]d.yaml, env_file: a.env}, {path: x-%[1]d.yaml, env_file: b.env}]\nservices: {s%[1]d: {image: a}}\n", i)
	}
	file(1)
	for i := 1; i < length; i++ {
		fmt.Fprintf(&b, "-- x-%d.yaml --\n", i)
		file(i + 1)
	}
	fmt.Fprintf(&b, "-- x-%d.yaml --\nservices: {last: {image: a}}\n-- a.env --\nA=a$A\n-- b.env --\nA=b$A\n", length)
	return b.String()
}

func TestBombs(t *testing.T) {
	t.Parallel()
	for _, c := range bombs {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := directory(t, "-- compose.yaml --\n"+c.files)
			_, _, err := load(t.Context(), Options{Dir: dir}, "")
			e, ok := errors.AsType[*fail.Error](err)
			if !ok {
				t.Fatalf("Load: %v, want %s", err, c.want)
			}
			if got := strings.ReplaceAll(e.Error(), dir+string(filepath.Separator), ""); !strings.Contains(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if e.Code != fail.Config {
				t.Errorf("code %s, want %s", e.Code, fail.Config)
			}
		})
	}
}

// TestManyDependencies: there are 2^98 ways from the last service to the first.
func TestManyDependencies(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	var before []string
	b.WriteString("-- compose.yaml --\nservices:\n")
	for i := range 100 {
		fmt.Fprintf(&b, "  s%d: {image: a, depends_on: [%s]}\n", i, strings.Join(before, ", "))
		before = append(before, fmt.Sprint("s", i))
	}
	model, _, err := load(t.Context(), Options{Dir: directory(t, b.String())}, "")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(model.Project.Services["s99"].DependsOn); n != 99 {
		t.Errorf("the last service depends on %d, want 99", n)
	}
}
