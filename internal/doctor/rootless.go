package doctor

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/engine"
)

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
			return warning(fmt.Sprintf("a rootless engine cannot publish ports below %d, and the project wants %s", lowest, numbers(low)),
				fmt.Sprintf("publish others, such as 8080, or run `sudo sysctl net.ipv4.ip_unprivileged_port_start=%d`", low[0]))
		}
		if privileged := privilegedServices(o.Project); len(privileged) > 0 {
			return warning("a rootless engine gives no service the rights of this machine's root, and these want them: "+strings.Join(privileged, ", "),
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
