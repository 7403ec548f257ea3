package settings_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/settings"
)

// settingsDir makes a directory of settings; an empty content makes no file.
func settingsDir(t *testing.T, content string) string {
	t.Helper()
	dir := t.TempDir()
	if content != "" {
		if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func env(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

func flags(t *testing.T, args ...string) *pflag.FlagSet {
	t.Helper()
	set := pflag.NewFlagSet("devup", pflag.ContinueOnError)
	set.String("host", "", "")
	set.String("color", "auto", "")
	set.String("public-url-template", "", "")
	set.Duration("wait-timeout", time.Hour, "") // a flag's own default must not win
	set.Bool("yes", false, "")
	set.Bool("json", false, "")
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	return set
}

func TestLoadLayers(t *testing.T) {
	t.Parallel()
	fallback := settings.Settings{WaitTimeout: 5 * time.Minute, Color: "auto", Progress: "auto", Credentials: "ask", Dashboard: settings.DashboardPrint}
	with := func(change func(*settings.Settings)) settings.Settings {
		s := fallback
		change(&s)
		return s
	}
	tests := []struct {
		name  string
		file  string
		env   []string
		flags []string
		from  string // the origin of host
		want  settings.Settings
	}{
		{name: "defaults", want: fallback},
		{
			name: "the file over the defaults", file: "host: unix:///f\nwait_timeout: 90s\nyes: true\n# a comment\n",
			from: "host in DIR/config.yaml",
			want: with(func(s *settings.Settings) { s.Host, s.WaitTimeout, s.Yes = "unix:///f", 90*time.Second, true }),
		},
		{
			name: "variables over the file", file: "host: unix:///f\nyes: true\n",
			from: "DEVUP_HOST",
			env:  []string{"DEVUP_HOST", "unix:///e", "DEVUP_YES", "0", "DEVUP_PUBLIC_URL_TEMPLATE", "https://{port}.x"},
			want: with(func(s *settings.Settings) { s.Host, s.PublicURLTemplate = "unix:///e", "https://{port}.x" }),
		},
		{
			name: "flags over variables", file: "host: unix:///f\ncolor: never\n",
			env:   []string{"DEVUP_HOST", "unix:///e", "DEVUP_TIMEOUT", "1s"},
			from:  "--host",
			flags: []string{"--host=unix:///a", "--wait-timeout=2s", "--json"},
			want: with(func(s *settings.Settings) {
				s.Host, s.WaitTimeout, s.Color, s.JSON = "unix:///a", 2*time.Second, "never", true
			}),
		},
		{
			name: "a flag may take back what a variable says", env: []string{"DEVUP_YES", "1", "DEVUP_HOST", "unix:///e"},
			flags: []string{"--yes=false", "--host="}, from: "--host", want: fallback,
		},
		{name: "an empty variable is none", env: []string{"DEVUP_TIMEOUT", "", "DEVUP_HOST", ""}, want: fallback},
		{name: "an empty value is the default", file: "wait_timeout:\nhost: ~\n", from: "host in DIR/config.yaml", want: fallback},
		{name: "an empty file", file: "# nothing yet\n", want: fallback},
		{name: "a file that is null", file: "---\n...\n", want: fallback},
		{
			name: "numbers are text where text is wanted", file: "context: 5\n",
			want: with(func(s *settings.Settings) { s.Context = "5" }),
		},
		{
			name: "dots and capitals in values stay", file: "npm_registry: https://npm.Example.com/A.b/\npip_index_url: https://u@pip.example.com/Simple\n",
			want: with(func(s *settings.Settings) {
				s.NPMRegistry, s.PipIndexURL = "https://npm.Example.com/A.b/", "https://u@pip.example.com/Simple"
			}),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := settingsDir(t, tt.file)
			got, err := settings.Load(flags(t, tt.flags...), env(tt.env...), dir)
			if err != nil {
				t.Fatal(err)
			}
			if (got.File != "") != (tt.file != "") {
				t.Errorf("says it read %q", got.File)
			}
			if from := strings.Replace(got.Origins["host"], dir, "DIR", 1); from != tt.from {
				t.Errorf("host is from %q, want %q", from, tt.from)
			}
			got.File, got.Origins = "", nil
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("settings differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoadWithoutAnything(t *testing.T) {
	t.Parallel()
	got, err := settings.Load(nil, env(), "")
	if err != nil || got.Color != "auto" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestLoadCAFileNextToTheSettings(t *testing.T) {
	t.Parallel()
	dir := settingsDir(t, "ca_file: company.pem\n")
	got, err := settings.Load(nil, env(), dir)
	if want := filepath.Join(dir, "company.pem"); err != nil || got.CAFile != want {
		t.Errorf("got %q, %v; want %q", got.CAFile, err, want)
	}
}

func TestLoadIgnoresAFlagOfAnotherType(t *testing.T) {
	t.Parallel()
	set := pflag.NewFlagSet("stop", pflag.ContinueOnError)
	set.Int("wait-timeout", 10, "")
	if err := set.Parse([]string{"--wait-timeout=3"}); err != nil {
		t.Fatal(err)
	}
	got, err := settings.Load(set, env(), "")
	if err != nil || got.WaitTimeout != 5*time.Minute {
		t.Errorf("got %v, %v", got.WaitTimeout, err)
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		file  string
		env   []string
		flags []string
		want  string // code, place and message, hint
	}{
		{name: "unknown key", file: "yes: true\nwait_timeot: 5m\n", want: `config config.yaml:2: unknown setting "wait_timeot" | did you mean wait_timeout?`},
		{name: "hyphens", file: "public-url-template: x\n", want: `config config.yaml:1: unknown setting "public-url-template" | did you mean public_url_template?`},
		{name: "a capital", file: "Host: x\n", want: `config config.yaml:1: unknown setting "Host" | did you mean host?`},
		{
			name: "nothing near", file: "zzzzqqqq: x\n",
			want: `config config.yaml:1: unknown setting "zzzzqqqq" | known settings: host, context, provider, public_url_template, install, model_url, wait_timeout, color, progress, yes, json, ca_file, npm_registry, pip_index_url, credentials, dashboard, watch_poll`,
		},
		{name: "wrong bool", file: "\nyes: maybe\n", want: `config config.yaml:2: the setting yes must be true or false, not "maybe" | `},
		{name: "a number for a duration", file: "wait_timeout: 30\n", want: `config config.yaml:1: the setting wait_timeout needs a duration such as 90s or 5m, not "30" | `},
		{name: "a duration that is none", file: "wait_timeout: -1s\n", want: `config config.yaml:1: the setting wait_timeout needs a duration such as 90s or 5m, not "-1s" | `},
		{name: "not a choice", file: "color: blue\n", want: `config config.yaml:1: the setting color must be one of auto, always, never, not "blue" | `},
		{name: "a list", file: "host: [a]\n", want: "config config.yaml:1: the setting host needs a single value | "},
		{name: "a list of settings", file: "- host\n", want: "config config.yaml:1: settings are keys with values | write one `key: value` a line"},
		{name: "twice", file: "host: a\nhost: b\n", want: "config config.yaml:2: the setting host is set twice | remove one of the two"},
		{name: "half a file", file: "host: a\nyes: [true\n", want: "config config.yaml:2: this is not YAML: did not find expected ',' or ']' | "},
		{name: "a variable", env: []string{"DEVUP_JSON", "si"}, want: `usage DEVUP_JSON must be true or false, not "si" | `},
		{name: "a flag", flags: []string{"--color=blue"}, want: `usage --color must be one of auto, always, never, not "blue" | `},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := settingsDir(t, tt.file)
			_, err := settings.Load(flags(t, tt.flags...), env(tt.env...), dir)
			var hint string
			if wrong, ok := errors.AsType[*fail.Error](err); ok {
				hint = wrong.Hint
			}
			got := strings.ReplaceAll(fmt.Sprintf("%s %v | %s", fail.CodeOf(err), err, hint), dir+string(filepath.Separator), "")
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestDir(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, goos, home string
		env              []string
		want             string
	}{
		{name: "linux", goos: "linux", home: "/home/ada", want: "/home/ada/.config/devup"},
		{name: "XDG", goos: "linux", home: "/home/ada", env: []string{"XDG_CONFIG_HOME", "/cfg"}, want: "/cfg/devup"},
		{name: "XDG on a Mac", goos: "darwin", home: "/Users/ada", env: []string{"XDG_CONFIG_HOME", "/cfg"}, want: "/cfg/devup"},
		{name: "a relative XDG counts as unset", goos: "linux", home: "/home/ada", env: []string{"XDG_CONFIG_HOME", "cfg"}, want: "/home/ada/.config/devup"},
		{name: "no home", goos: "linux", want: ""},
		{name: "mac", goos: "darwin", home: "/Users/ada", want: "/Users/ada/Library/Application Support/devup"},
		{name: "windows", goos: "windows", home: `C:\Users\ada`, env: []string{"AppData", `C:\Users\ada\AppData\Roaming`}, want: `C:\Users\ada\AppData\Roaming\devup`},
		{name: "windows without AppData", goos: "windows", home: `C:\Users\ada`, want: `C:\Users\ada\AppData\Roaming\devup`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			lookup := env(tt.env...)
			if got := settings.Dir(tt.goos, func(n string) string { v, _ := lookup(n); return v }, tt.home); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
