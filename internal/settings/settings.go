// Package settings holds what the user and the machine prefer, for every
// project: which engine, the form of URLs and of output, and how the
// outside is reached. Flags go over DEVUP_* variables, these over the file
// config.yaml in [Dir], this over the defaults.
//
// It never reads a project's files: the library that merges the layers
// lower-cases keys, which would turn DATABASE_URL into another variable.
package settings

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/devup-cli/devup/internal/fail"
)

// Settings are the merged settings. The tags are the keys of the file; the
// variables are the keys in upper case after DEVUP_, the flags the keys with
// hyphens.
type Settings struct {
	Host              string            `mapstructure:"host"`                // the engine: "unix:///run/docker.sock", "ssh://user@host"; empty to find it
	Context           string            `mapstructure:"context"`             // a docker context; empty for the one in use
	Provider          string            `mapstructure:"provider"`            // the workspace provider; empty to detect it
	PublicURLTemplate string            `mapstructure:"public_url_template"` // the URL of a port, with {port}; empty for the provider's
	Install           string            `mapstructure:"install"`             // the command that installs devup in a workspace; empty when unknown
	ModelURL          string            `mapstructure:"model_url"`           // the server that has the models of services
	WaitTimeout       time.Duration     `mapstructure:"wait_timeout"`        // how long services may take until they answer
	Color             string            `mapstructure:"color"`               // "auto", "always" or "never"
	Progress          string            `mapstructure:"progress"`            // "auto", "tty", "plain", "json" or "quiet"
	Yes               bool              `mapstructure:"yes"`                 // answer every question with yes
	JSON              bool              `mapstructure:"json"`                // results as JSON
	CAFile            string            `mapstructure:"ca_file"`             // a PEM bundle to trust in builds and containers; empty for the machine's
	NPMRegistry       string            `mapstructure:"npm_registry"`        // the registry of npm in builds; empty for the machine's
	PipIndexURL       string            `mapstructure:"pip_index_url"`       // the index of pip in builds; empty for the machine's
	Credentials       string            `mapstructure:"credentials"`         // may builds use tokens and passwords of package registries: "ask", "always" or "never"
	Dashboard         string            `mapstructure:"dashboard"`           // what up does about the dashboard: [DashboardOff], [DashboardPrint], [DashboardOpen] or [DashboardReadOnly]
	WatchPoll         bool              `mapstructure:"watch_poll"`          // check for changed files once a second instead of relying on the system's events
	File              string            `mapstructure:"-"`                   // the file that was read; empty for none
	Origins           map[string]string `mapstructure:"-"`                   // where each setting that is no default is set, by key: "--host", "DEVUP_HOST", "host in config.yaml"
}

// The values of the setting dashboard.
const (
	DashboardOff      = "off"       // it is started by hand
	DashboardPrint    = "print"     // up on a terminal starts it and prints its URL
	DashboardOpen     = "open"      // and opens it in a browser
	DashboardReadOnly = "read-only" // as print, and a page can change nothing
)

// key is one setting.
type key struct {
	name     string
	fallback any      // its default, which also gives its type
	choices  []string // the only values it may have; nil for any
}

func keys() []key {
	return []key{
		{name: "host", fallback: ""},
		{name: "context", fallback: ""},
		{name: "provider", fallback: ""},
		{name: "public_url_template", fallback: ""},
		{name: "install", fallback: ""},
		{name: "model_url", fallback: ""},
		{name: "wait_timeout", fallback: 5 * time.Minute},
		{name: "color", fallback: "auto", choices: []string{"auto", "always", "never"}},
		{name: "progress", fallback: "auto", choices: []string{"auto", "tty", "plain", "json", "quiet"}},
		{name: "yes", fallback: false},
		{name: "json", fallback: false},
		{name: "ca_file", fallback: ""},
		{name: "npm_registry", fallback: ""},
		{name: "pip_index_url", fallback: ""},
		{name: "credentials", fallback: "ask", choices: []string{"ask", "always", "never"}},
		{name: "dashboard", fallback: DashboardPrint, choices: []string{DashboardOff, DashboardPrint, DashboardOpen, DashboardReadOnly}},
		{name: "watch_poll", fallback: false},
	}
}

// Load merges the settings. flags may be nil; those of its flags count that have
// the name and the type of a setting. configDir is the directory of config.yaml,
// usually from [Dir]; when it is empty or holds no such file, there is none. The
// error is a *fail.Error with the code Config for the file and Usage for a flag
// or a variable.
func Load(flags *pflag.FlagSet, lookupEnv func(string) (string, bool), configDir string) (Settings, error) {
	merged := viper.New()
	for _, k := range keys() {
		merged.SetDefault(k.name, k.fallback)
	}
	file, values, err := readFile(configDir)
	if err != nil {
		return Settings{}, err
	}
	variables, err := fromEnv(lookupEnv)
	if err != nil {
		return Settings{}, err
	}
	for _, layer := range []map[string]any{values, variables} {
		if err := merged.MergeConfigMap(layer); err != nil {
			return Settings{}, fmt.Errorf("merge the settings: %w", err)
		}
	}
	origins := map[string]string{}
	for name := range values {
		origins[name] = name + " in " + file
	}
	for name := range variables {
		origins[name] = variable(name)
	}
	if err := bind(merged, flags, origins); err != nil {
		return Settings{}, err
	}
	var s Settings
	if err := merged.Unmarshal(&s); err != nil {
		return Settings{}, fmt.Errorf("read the settings: %w", err)
	}
	s.File, s.Origins = file, origins
	return s, nil
}

// fromEnv reads the DEVUP_* variables that are settings. An empty one is as good
// as none.
func fromEnv(lookupEnv func(string) (string, bool)) (map[string]any, error) {
	values := map[string]any{}
	for _, k := range keys() {
		name := variable(k.name)
		text, _ := lookupEnv(name)
		if text == "" {
			continue
		}
		value, err := k.parse(text)
		if err != nil {
			return nil, fail.New(fail.Usage, "", "%s %v", name, err)
		}
		values[k.name] = value
	}
	return values, nil
}

// variable is the name of the variable for a setting.
func variable(name string) string { return "DEVUP_" + strings.ToUpper(name) }

// bind puts the flags that were given over everything else.
func bind(merged *viper.Viper, flags *pflag.FlagSet, origins map[string]string) error {
	if flags == nil {
		return nil
	}
	for _, k := range keys() {
		flag := flags.Lookup(strings.ReplaceAll(k.name, "_", "-"))
		if flag == nil || flag.Value.Type() != k.flagType() {
			continue // a command may use the name for something of its own
		}
		if flag.Changed {
			if _, err := k.parse(flag.Value.String()); err != nil {
				return fail.New(fail.Usage, "", "--%s %v", flag.Name, err)
			}
			origins[k.name] = "--" + flag.Name
		}
		if err := merged.BindPFlag(k.name, flag); err != nil {
			return fmt.Errorf("bind --%s: %w", flag.Name, err)
		}
	}
	return nil
}

func (k key) flagType() string {
	switch k.fallback.(type) {
	case bool:
		return "bool"
	case time.Duration:
		return "duration"
	default:
		return "string"
	}
}

// parse turns the text of a file, a variable or a flag into the key's type. The
// error says what is wanted, to be read after the name of its source.
func (k key) parse(text string) (any, error) {
	switch k.fallback.(type) {
	case bool:
		switch strings.ToLower(text) {
		case "1", "true", "yes", "on":
			return true, nil
		case "0", "false", "no", "off":
			return false, nil
		}
		return nil, fmt.Errorf("must be true or false, not %q", text)
	case time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			return nil, fmt.Errorf("needs a duration such as 90s or 5m, not %q", text)
		}
		return d, nil
	}
	if k.choices != nil && !slices.Contains(k.choices, text) {
		return nil, fmt.Errorf("must be one of %s, not %q", strings.Join(k.choices, ", "), text)
	}
	return text, nil
}
