// Package dashboard serves a page that shows what runs on an engine: services, why they failed,
// their logs, and where the time of the last runs went.
//
// [New] gives the handler. What it shows and does comes from a [Source]; package dashboard itself
// knows HTTP only: who may ask, the page's files, and streams of server-sent events. While no page
// is open, nothing is asked of the source.
package dashboard

import (
	"context"
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"time"
)

// Source is what the dashboard shows and does. It is safe for concurrent use. Errors are shown as
// their text.
type Source interface {
	// State is everything that the page shows at first sight.
	State(ctx context.Context) (State, error)
	// Changes calls changed when the state may have changed, until ctx ends.
	Changes(ctx context.Context, changed func()) error
	// Usage is what the running containers use, by name. It may take a second.
	Usage(ctx context.Context) (map[string]Usage, error)
	// Logs calls line for each line, oldest first, until all are read or, where they are followed,
	// until ctx ends. A line that blocks holds the stream, which loses nothing.
	Logs(ctx context.Context, q LogQuery, line func(Line)) error
	// Runs are the last runs of `devup up` of a project, the latest first.
	Runs(ctx context.Context, project string) ([]json.RawMessage, error)
	// Config is the config in effect of a service, as YAML without secrets.
	Config(ctx context.Context, project, service string) (string, error)
}

// State is what the page shows. Its names in JSON are those of devup's other objects.
type State struct {
	Version  string    `json:"version"`
	Engine   string    `json:"engine"`
	Home     string    `json:"home,omitempty"` // the user's home directory, to shorten paths
	ReadOnly bool      `json:"read_only"`
	Projects []Project `json:"projects"`
}

// Project is one checkout on the engine.
type Project struct {
	Name     string            `json:"name"`
	Dir      string            `json:"dir"`
	DirGone  bool              `json:"dir_gone,omitempty"`
	Problem  string            `json:"problem,omitempty"` // why its files cannot be read
	URLs     []URL             `json:"urls"`              // of its gateway
	Services []Service         `json:"services"`
	Failures []json.RawMessage `json:"failures"` // of the last run, as --json prints errors
}

// Service is one service of a project.
type Service struct {
	Name       string       `json:"service"`
	State      string       `json:"state"`              // "running", "starting", "failed", …
	Evidence   string       `json:"evidence,omitempty"` // what says so: "GET / answers 200 in 12 ms"
	Bad        bool         `json:"bad,omitempty"`      // it needs attention
	URLs       []URL        `json:"urls"`
	Image      string       `json:"image,omitempty"`
	Built      *time.Time   `json:"built,omitempty"` // when the image was made
	Cause      string       `json:"cause,omitempty"` // why its container was created
	Containers []Container  `json:"containers"`
	DependsOn  []Dependency `json:"depends_on"`
	Wiring     []Wire       `json:"wiring"`
	Setup      []string     `json:"setup"` // names of its setup steps
}

// URL is where a service answers.
type URL struct {
	Text       string `json:"text"`
	Link       string `json:"link,omitempty"` // what a browser opens; empty for other protocols
	Port       int    `json:"port"`
	Public     bool   `json:"public,omitempty"`
	Access     string `json:"access,omitempty"`
	Visibility string `json:"visibility,omitempty"` // "public" or "private" where it can be changed: in a workspace
}

// Container is one container of a service.
type Container struct {
	Name     string     `json:"name"`
	ID       string     `json:"id"`
	State    string     `json:"state"`
	Started  *time.Time `json:"started,omitempty"`
	Restarts int        `json:"restarts"`
}

// Dependency is a service that another one needs.
type Dependency struct {
	Service   string `json:"service"`
	Condition string `json:"condition"`
}

// Wire is a variable that holds the address of another service.
type Wire struct {
	Variable string `json:"variable"`
	Service  string `json:"service"`
}

// Usage is what a container uses.
type Usage struct {
	CPU    float64 `json:"cpu"`    // percent of one core
	Memory uint64  `json:"memory"` // bytes
	Limit  uint64  `json:"limit"`  // bytes
}

// LogQuery says which lines are wanted.
type LogQuery struct {
	Project  string
	Services []string // none for all
	Tail     string   // so many of the last lines of each container; empty for all
	Since    string
	Until    string
	Grep     string // lines that contain it, in any case; empty for all
	Follow   bool
}

// Line is one line of a log.
type Line struct {
	Service   string `json:"service"`
	Container string `json:"container,omitempty"`
	Time      string `json:"time,omitempty"` // RFC 3339
	Stream    string `json:"stream,omitempty"`
	Text      string `json:"text"`
}

// Action is something to do. Options.Act knows the verbs: "restart", "rebuild", …
type Action struct {
	Project string `json:"project"`
	Service string `json:"service,omitempty"` // empty for the whole project
	Verb    string `json:"verb"`
	Step    string `json:"step,omitempty"` // the setup step to run again
	Port    int    `json:"port,omitempty"` // the port to make public or private
}

// Options configure a dashboard.
type Options struct {
	Source  Source
	Token   string   // what a browser must know; it is in the URL that is printed
	Origins []string // where browsers reach the dashboard other than at localhost: "https://x-7070.app.github.dev"
	// Act does something and gives what it printed; nil refuses all actions.
	Act func(context.Context, Action) (string, error)
}

//go:embed page
var page embed.FS

// New gives the handler of a dashboard. Its streams end when ctx ends.
func New(ctx context.Context, o Options) http.Handler {
	files, err := fs.Sub(page, "page")
	if err != nil {
		panic("dashboard: " + err.Error()) // the name is a constant
	}
	s := &server{Options: o, hub: newHub(ctx, o.Source)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/events", s.events)
	mux.HandleFunc("GET /api/logs", s.logs)
	mux.HandleFunc("GET /api/runs", s.runs)
	mux.HandleFunc("GET /api/config", s.config)
	mux.HandleFunc("GET /api/qr", s.qr)
	mux.HandleFunc("POST /api/act", s.act)
	return s.guard(http.FileServerFS(files), mux)
}

type server struct {
	Options
	hub *hub
}
