package doctorcmd

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/doctor"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/untrusted"
	"github.com/devup-cli/devup/internal/version"
)

// reportMachine is what a report says of devup, the machine and the settings.
func reportMachine(env *command.Env, o doctor.Options) []doctor.Section {
	p := version.Of()
	machine := []doctor.Fact{
		{Name: "devup", Value: strings.TrimSpace(p.Version + " " + p.Commit)},
		{Name: "system", Value: runtime.GOOS + "/" + runtime.GOARCH},
		{Name: "distribution", Value: distribution(o.Machine.Files)},
		{Name: "kernel", Value: firstOf(o.Machine.Files, "proc/sys/kernel/osrelease")},
		{Name: "WSL", Value: yes(o.Machine.WSL)},
		{Name: "processors", Value: strconv.Itoa(runtime.NumCPU())},
		{Name: "place", Value: o.Workspace.Title},
		{Name: "directory", Value: o.Project.Dir},
	}
	var settings []doctor.Fact
	for _, s := range env.Settings.Changed() {
		settings = append(settings, doctor.Fact{Name: s.Key, Value: s.Value})
	}
	network := []doctor.Fact{{Name: "CA of builds", Value: o.Network.CASource}}
	for _, name := range slices.Sorted(maps.Keys(o.Network.Proxy)) {
		network = append(network, doctor.Fact{Name: name, Value: o.Network.Proxy[name]})
	}
	for _, r := range o.Network.Registries {
		network = append(network, doctor.Fact{Name: r.Name, Value: r.URL})
	}
	return []doctor.Section{
		{Title: "Machine", Facts: machine},
		{Title: "Network", Facts: network},
		{Title: "Settings that are not the defaults", Facts: settings},
	}
}

// engineFacts is what the engine says of itself.
func engineFacts(ctx context.Context, e *engine.Engine) ([]doctor.Fact, error) {
	f, err := e.Facts(ctx)
	if err != nil {
		return nil, err
	}
	return []doctor.Fact{
		{Name: "version", Value: f.ServerVersion},
		{Name: "API", Value: e.APIVersion},
		{Name: "address", Value: e.Endpoint + " (" + e.Source + ")"},
		{Name: "system", Value: strings.TrimSpace(f.OperatingSystem + " " + f.OS + "/" + f.Arch)},
		{Name: "processors", Value: strconv.Itoa(f.NCPU)},
		{Name: "memory", Value: fmt.Sprintf("%.1f GiB", float64(f.MemTotal)/(1<<30))},
		{Name: "storage", Value: f.Driver + " in " + f.DockerRootDir},
		{Name: "BuildKit", Value: yes(e.BuildKit)},
		{Name: "rootless", Value: yes(f.Rootless)},
		{Name: "in a virtual machine", Value: yes(f.Desktop)},
		{Name: "Podman", Value: yes(f.Podman)},
	}, nil
}

// yes is "yes", or empty: what is not so is not said.
func yes(is bool) string {
	if is {
		return "yes"
	}
	return ""
}

// distribution is how the system calls itself.
func distribution(files fs.FS) string {
	text, err := untrusted.ReadFileFS(files, "etc/os-release", untrusted.MaxText)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "PRETTY_NAME="); ok {
			return strings.Trim(name, `"`)
		}
	}
	return ""
}

func firstOf(files fs.FS, name string) string {
	text, err := untrusted.ReadFileFS(files, name, untrusted.MaxText)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(command.FirstLine(string(text)))
}
