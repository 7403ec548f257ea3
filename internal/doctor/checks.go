package doctor

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/settings"
	"github.com/devup-cli/devup/internal/workspace"
)

// Options are what the checks look at. Parts that are missing leave their check
// out.
type Options struct {
	Connect    func(ctx context.Context, start bool) (*engine.Engine, error) // finds the engine; start: starts it too
	Settings   settings.Settings
	Place      workspace.Place
	GOOS       string
	WSL        bool                             // Linux inside Windows
	ProjectDir string                           // absolute
	Project    fs.FS                            // the files in ProjectDir
	Ports      []int                            // the host ports that the project wants
	Held       func(ports []int) map[int]string // who else holds which of them: "node (process 412)"
	Registries []Registry                       // of packages, as this machine's clients are set; Docker's own is always looked at
	Client     *http.Client                     // with the machine's CA and proxies; see [NewClient]
	CASource   string                           // where the CA comes from that builds get; empty for none
	Free       func(dir string) (Space, error)  // usually [FreeSpace]
}

// Checks lists the checks, the most important first.
func Checks(o Options) []Check {
	var checks []Check
	add := func(name string, run func(context.Context) Finding) {
		checks = append(checks, Check{Name: name, Run: run})
	}
	find := func(context.Context) (*engine.Engine, error) { return nil, errNoEngine }
	if o.Connect != nil {
		find = once(func(ctx context.Context) (*engine.Engine, error) { return o.Connect(ctx, false) })
		add("engine", func(ctx context.Context) Finding { return checkEngine(ctx, o, find) })
	}
	if o.Free != nil {
		add("disk", func(ctx context.Context) Finding { return checkDisk(ctx, o, find) })
	}
	if o.Held != nil {
		add("ports", func(context.Context) Finding { return checkPorts(o) })
	}
	if o.Client != nil {
		checks = append(checks, registryChecks(o)...)
	}
	add("workspace", func(context.Context) Finding { return checkPlace(o.Place) })
	if o.Project != nil {
		add("files", func(ctx context.Context) Finding { return checkFiles(ctx, o) })
	}
	add("settings", func(context.Context) Finding { return checkSettings(o.Settings) })
	return checks
}

// once lets several checks share one answer. The first to ask does the work, in
// its own time.
func once[T any](ask func(context.Context) (T, error)) func(context.Context) (T, error) {
	var (
		mu     sync.Mutex
		asked  bool
		answer T
		failed error
	)
	return func(ctx context.Context) (T, error) {
		mu.Lock()
		defer mu.Unlock()
		if !asked {
			answer, failed = ask(ctx)
			asked = true
		}
		return answer, failed
	}
}

func checkPorts(o Options) Finding {
	if len(o.Ports) == 0 {
		return good("the project publishes none")
	}
	held := o.Held(o.Ports)
	var taken []string
	for _, port := range o.Ports {
		if who, ok := held[port]; ok {
			taken = append(taken, fmt.Sprintf("%d is held by %s", port, who))
		}
	}
	if len(taken) == 0 {
		return good(join(o.Ports) + " free")
	}
	return warning(strings.Join(taken, "; "), "devup takes another port for the service, and its URL follows")
}

func join(ports []int) string {
	sorted := slices.Sorted(slices.Values(ports))
	texts := make([]string, 0, len(sorted))
	for _, port := range slices.Compact(sorted) {
		texts = append(texts, strconv.Itoa(port))
	}
	return strings.Join(texts, ", ")
}

func checkPlace(place workspace.Place) Finding {
	title := place.Title
	if title == "" {
		title = "this machine"
	}
	text := fmt.Sprintf("%s; port 3000 would be at %s", title, place.URL(3000))
	if place.Note == "" {
		return good(text)
	}
	found, hint, _ := strings.Cut(place.Note, "; ")
	return warning(title+": "+found, hint)
}

func checkSettings(s settings.Settings) Finding {
	if s.File == "" {
		return good("no file; the defaults hold")
	}
	return good("from " + s.File)
}

// windowsDrive is a path of WSL that lies on a drive of Windows.
var windowsDrive = lazyregexp.New(`^/mnt/[a-z](/|$)`)
