package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
)

var errNoEngine = errors.New("no engine was looked for")

// littleMemory is what a check complains below.
const littleMemory = 2 * gibibyte

func checkEngine(ctx context.Context, o Options, find func(context.Context) (*engine.Engine, error)) Finding {
	e, err := find(ctx)
	if err != nil {
		return withStart(problem(err.Error(), hintOf(err)), err, o.Connect)
	}
	facts, err := e.Facts(ctx)
	if err != nil {
		return problem(err.Error(), "restart the engine")
	}
	text := describe(e, facts)
	switch {
	case facts.OS == "windows":
		return problem(text+", set to Windows containers", "switch Docker Desktop to Linux containers")
	case !e.BuildKit:
		return warning(text+", without BuildKit", "images are built one step after the other, without build caches; Docker 20.10 or newer does better")
	case facts.MemTotal > 0 && facts.MemTotal < littleMemory:
		return warning(fmt.Sprintf("%s, with %s of memory only", text, size(facts.MemTotal)),
			"give the engine 4 GiB; building a frontend takes two")
	default:
		return good(text)
	}
}

// withStart lets devup start an engine where it may do so without the rights of root.
func withStart(f Finding, err error, connect func(context.Context, bool) (*engine.Engine, error)) Finding {
	stopped, ok := errors.AsType[*engine.Stopped](err)
	if !ok || !stopped.Startable {
		return f
	}
	return f.fixed(Fix{Does: "start " + stopped.Product, Safe: true, Do: func(ctx context.Context) error {
		started, err := connect(ctx, true)
		if err != nil {
			return err
		}
		return started.Close()
	}})
}

// describe is the engine in one line.
func describe(e *engine.Engine, f engine.Facts) string {
	product := "Docker"
	switch {
	case f.Podman:
		product = "Podman"
	case f.Desktop:
		product = "Docker in a virtual machine"
	case f.Rootless:
		product = "rootless Docker"
	}
	return fmt.Sprintf("%s %s at %s (%s), API %s", product, f.ServerVersion, e.Endpoint, e.Source, e.APIVersion)
}

func hintOf(err error) string {
	if known, ok := errors.AsType[*fail.Error](err); ok {
		return known.Hint
	}
	return ""
}

// checkRootless says what an engine without root's rights cannot do, and who in the
// project wants it.
func checkRootless(ctx context.Context, o Options, find func(context.Context) (*engine.Engine, error)) Finding {
	e, err := find(ctx)
	if err != nil {
		return nothing()
	}
	facts, err := e.Facts(ctx)
	if err != nil || !facts.Rootless {
		return nothing()
	}
	lowest := lowestPort(o.Machine.Files)
	if o.Project.Model != nil {
		wanted := wantedPorts(o.Project)
		low := slices.DeleteFunc(wanted, func(port int) bool { return port >= lowest })
		if len(low) > 0 {
			return warning(fmt.Sprintf("a rootless engine cannot publish ports below %d, and the project uses %s", lowest, numbers(low)),
				fmt.Sprintf("publish others, such as 8080, or run `sudo sysctl net.ipv4.ip_unprivileged_port_start=%d`", low[0]))
		}
		if privileged := privilegedServices(o.Project); len(privileged) > 0 {
			return warning("a rootless engine cannot give services the rights of this machine's root, and these ask for them: "+strings.Join(privileged, ", "),
				"use the system's engine for them: `docker context use default`")
		}
	}
	if !facts.MemoryLimit {
		return warning("this rootless engine does not enforce limits of memory", "delegate the cgroup controllers: docs.docker.com/engine/security/rootless/tips")
	}
	return good(fmt.Sprintf("ports from %d on can be published", lowest))
}

// lowestPort is the first port that everybody may listen on.
func lowestPort(files fs.FS) int {
	if files != nil {
		if n, ok := kernelNumber(files, "net/ipv4/ip_unprivileged_port_start"); ok {
			return n
		}
	}
	return 1024
}

func privilegedServices(p Project) []string {
	var names []string
	for _, name := range p.Model.ServiceNames() {
		if p.Model.Services[name].Privileged {
			names = append(names, name)
		}
	}
	return names
}
