package watch

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"
)

// parse makes rules of lines such as "web sync /w -> /app include=a,b ignore=c initial".
func parse(t *testing.T, text string) []Rule {
	t.Helper()
	var rules []Rule
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		trigger := types.Trigger{Action: types.WatchAction(f[1]), Path: f[2]}
		for i, word := range f {
			name, value, _ := strings.Cut(word, "=")
			switch {
			case word == "->":
				trigger.Target = f[i+1]
			case name == "include":
				trigger.Include = strings.Split(value, ",")
			case name == "ignore":
				trigger.Ignore = strings.Split(value, ",")
			case name == "initial":
				trigger.InitialSync = true
			case name == "exec":
				trigger.Exec.Command = []string{value}
			}
		}
		s := types.ServiceConfig{Name: f[0]}
		s.Build = &types.BuildConfig{}
		r, err := ruleOf(s, trigger)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, r)
	}
	return rules
}

// changes makes changes of words such as "+/w/a" (created), "~/w/a" (modified),
// "-/w/a" (removed), "!/w/a" (replaced); a directory ends with a slash.
func changes(text string) []Change {
	kinds := map[byte]Kind{'+': Created, '~': Modified, '-': Removed, '!': Replaced}
	var all []Change
	for word := range strings.FieldsSeq(text) {
		all = append(all, Change{Path: filepath.Clean(word[1:]), Kind: kinds[word[0]], IsDir: strings.HasSuffix(word, "/")})
	}
	return all
}

// text is a list of todos as a reader says it.
func text(todos []Todo) string {
	var b strings.Builder
	for _, t := range todos {
		fmt.Fprintf(&b, "%s:", t.Service)
		if t.Rebuild {
			b.WriteString(" rebuild")
		}
		for _, r := range t.Remove {
			b.WriteString(" rm=" + r)
		}
		for _, c := range t.Copy {
			b.WriteString(" " + c.Host + ">" + c.Target)
		}
		if t.Replace {
			b.WriteString(" replace")
		}
		if t.Restart {
			b.WriteString(" restart")
		}
		for _, x := range t.Execs {
			b.WriteString(" exec=" + x.Command[0])
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestDecide(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, rules, changes, want string }{
		{"an edit", "web sync /w -> /app", "~/w/a", "web: /w/a>/app/a\n"},
		{"the file of another user", "web sync /w -> /app", "~/x/a ~/wa", ""},
		{"a file is watched", "web sync /w/a.conf -> /etc/a.conf", "~/w/a.conf ~/w/b", "web: /w/a.conf>/etc/a.conf\n"},
		{"a watched file is removed", "web sync /w/a.conf -> /etc/a.conf", "-/w/a.conf", "web: rm=/etc/a.conf\n"},
		{"the watched directory goes, and what was in it", "web sync /w -> /app", "-/w/ -/w/d/ -/w/d/a -/w/b", "web: rm=/app/b rm=/app/d\n"},
		{"the root of a container is never removed", "web sync /w -> /", "-/w/", ""},
		{"a directory goes with what it held", "web sync /w -> /app", "-/w/d/ -/w/d/a -/w/d/e/ -/w/d/e/b", "web: rm=/app/d\n"},
		{"a directory that is not included stays", "web sync /w -> /app include=**/*.py", "-/w/d/ -/w/d/a.py -/w/d/b.txt", "web: rm=/app/d/a.py\n"},
		{"a rename", "web sync /w -> /app", "-/w/a +/w/b", "web: rm=/app/a /w/b>/app/b\n"},
		{"a directory is where a file was", "web sync /w -> /app", "!/w/a/ +/w/a/b", "web: /w/a>/app/a /w/a/b>/app/a/b replace\n"},
		{"a file is where a directory was", "web sync /w -> /app", "-/w/a/b !/w/a", "web: rm=/app/a/b /w/a>/app/a replace\n"},
		{"directories alone are copied and start nothing", "web sync+restart /w -> /app\nweb rebuild /w", "+/w/d/", "web: /w/d>/app/d\n"},
		{"the actions of one service together", "web sync /w -> /app\nweb restart /w/c\nweb rebuild /w/p\nweb sync+exec /w/x -> /x exec=go", "~/w/c/1 ~/w/p/2 ~/w/x/3 ~/w/x/4", "web: rebuild /w/c/1>/app/c/1 /w/p/2>/app/p/2 /w/x/3>/app/x/3 /w/x/4>/app/x/4 /w/x/3>/x/3 /w/x/4>/x/4 restart exec=go\n"},
		{"services by name", "web sync /w -> /app\napi sync+restart /w -> /api", "~/w/a", "api: /w/a>/api/a restart\nweb: /w/a>/app/a\n"},
		{"ignored", "web sync /w -> /app ignore=*.log,tmp/,**/*.bak", "~/w/a.log ~/w/d/a.log ~/w/tmp/x ~/w/d/a.bak", "web: /w/d/a.log>/app/d/a.log\n"},
		{"ignored but for one", "web sync /w -> /app ignore=*.log,!a.log", "~/w/a.log ~/w/b.log", "web: /w/a.log>/app/a.log\n"},
		{"ignored and included", "web sync /w -> /app include=src ignore=src/gen", "~/w/src/a ~/w/src/gen/b ~/w/c", "web: /w/src/a>/app/src/a\n"},
		{"what is never synced", "web sync /w -> /app", "~/w/.git/HEAD ~/w/d/.git/x ~/w/.a.swp ~/w/a~ ~/w/4913 ~/w/node_modules/m/i.js ~/w/.#a ~/w/.idea/x ~/w/.devup/state.json", ""},
		{"node_modules on demand", "web sync /w -> /app include=node_modules/mine", "~/w/node_modules/mine/a ~/w/node_modules/b", "web: /w/node_modules/mine/a>/app/node_modules/mine/a\n"},
		{"two places of one file", "web sync /w -> /a\nweb sync /w -> /b", "~/w/f", "web: /w/f>/a/f /w/f>/b/f\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, text(Decide(parse(t, tt.rules), changes(tt.changes)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	rules := parse(t, "web sync+restart /w -> /app")
	do := func(words string) Todo {
		for _, todo := range Decide(rules, changes(words)) {
			return todo
		}
		return Todo{}
	}
	tests := []struct{ name, first, then, want string }{
		{"both", "~/w/a", "~/w/b", "web: /w/a>/app/a /w/b>/app/b restart\n"},
		{"made and removed", "+/w/a", "-/w/a", "web: rm=/app/a restart\n"},
		{"removed and made again", "-/w/a", "+/w/a", "web: /w/a>/app/a restart\n"},
		{"a directory removed and another in its place", "-/w/d/", "+/w/d/ +/w/d/x", "web: /w/d>/app/d /w/d/x>/app/d/x restart\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, text([]Todo{merge(do(tt.first), do(tt.then))})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSyncAll(t *testing.T) {
	t.Parallel()
	rules := parse(t, "web sync+restart /w -> /app initial ignore=b\nweb sync /x -> /x")
	got := text([]Todo{syncAll(rules, "web", changes("+/w/ +/w/a +/w/b +/x/c"))})
	if want := "web: /w>/app /w/a>/app/a\n"; got != want {
		t.Errorf("got  %swant %s", got, want)
	}
}

func TestSkips(t *testing.T) {
	t.Parallel()
	tests := []struct {
		rule, dir string
		want      bool
	}{
		{"web sync /w -> /a", "/w", false},
		{"web sync /w -> /a", "/w/src", false},
		{"web sync /w -> /a", "/x", true},
		{"web sync /w -> /a", "/w/node_modules", true},
		{"web sync /w -> /a", "/w/deep/.git", true},
		{"web sync /w/deep/src -> /a", "/w/deep", false},
		{"web sync /w -> /a include=node_modules/mine", "/w/node_modules", false},
		{"web sync /w -> /a ignore=dist", "/w/dist", true},
		{"web sync /w -> /a ignore=dist,!dist/keep", "/w/dist", false},
		{"web sync /w -> /a ignore=dist,!dist/keep", "/w/dist/other", true},
		{"web sync /w -> /a ignore=dist,!dist/keep/*.js", "/w/dist/keep", false},
		{"web sync /w -> /a ignore=dist,!**/dist/x", "/w/dist", false},
		{"web sync /w -> /a ignore=dist,!**/*.md", "/w/node_modules", true},
	}
	for _, tt := range tests {
		if got := parse(t, tt.rule)[0].skips(tt.dir); got != tt.want {
			t.Errorf("%s skips %s: %v, want %v", tt.rule, tt.dir, got, tt.want)
		}
	}
}

// FuzzPatterns: what is matched is matched by some pattern, and with all that lies in it.
func FuzzPatterns(f *testing.F) {
	f.Add("*.log\n!a.log\ntmp/", "tmp/a.log")
	f.Add("**/x\n!y", "a/x/y")
	f.Add("[a", "a")
	f.Add("a/**/b", "a/b")
	f.Add("\\", "a\\b")
	f.Fuzz(func(t *testing.T, list, name string) {
		p, err := compile(strings.Split(list, "\n"))
		if err != nil || name == "" || strings.ContainsRune(name, 0) {
			return
		}
		name = strings.Trim(filepath.ToSlash(filepath.Clean(name)), "/")
		matched := p.match(name, false)
		if matched && !slices.ContainsFunc(p, func(one pattern) bool { return !one.readmit }) {
			t.Errorf("%q matches %q without a pattern that could", list, name)
		}
		for up := filepath.Dir(name); up != "." && up != "/"; up = filepath.Dir(up) {
			if p.match(up, false) && !matched && !slices.ContainsFunc(p, func(one pattern) bool { return one.readmit }) {
				t.Errorf("%q matches %q, but not %q in it", list, up, name)
			}
		}
	})
}
