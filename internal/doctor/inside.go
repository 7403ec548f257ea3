package doctor

import (
	"context"
	"errors"
	"net"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/engine"
)

// insideTime bounds the whole look from inside a build; a build that takes longer to
// open a connection than this is no use.
const insideTime = 12 * time.Second

// checkBuild asks the package registries again, from where a build does: through the
// engine's network, with its DNS, and with the CA and the proxies that builds get.
func checkBuild(ctx context.Context, n Network, find func(context.Context) (*engine.Engine, error), asks []askRegistry) Finding {
	e, err := find(ctx)
	if err != nil || n.Inside == nil {
		return nothing()
	}
	if len(n.Registries) == 0 {
		n.Registries = []Registry{dockerHub} // unknown where packages come from: any place outside has to do
	}
	if !e.BuildKit {
		return good("not tried from inside a build, which takes BuildKit")
	}
	list, err := e.Client.ImageList(ctx, client.ImageListOptions{})
	if err != nil {
		return nothing() // the check of the engine says why
	}
	ctx, cancel := context.WithTimeout(ctx, insideTime)
	defer cancel()
	for _, base := range usableImages(list.Items) {
		inside, err := askInside(ctx, e, n, base)
		switch {
		case errors.Is(err, ErrUnfit):
			continue
		case errors.Is(err, ErrTooOld):
			return good("not tried from inside a build, which takes a newer BuildKit")
		case err != nil && ctx.Err() != nil:
			return warning("a build does not begin in time, so its network was not tried", "restart the engine if builds hang")
		case err != nil:
			return warning("its network cannot be tried from inside a build: "+err.Error(), "")
		}
		return judgeInside(ctx, inside, asks)
	}
	return good("not tried: no image is here yet from whose inside to try it")
}

// ErrTooOld is what [Network].Inside gives for an engine whose BuildKit builds only.
var ErrTooOld = errors.New("the engine's BuildKit is too old")

// ErrUnfit is what [Network].Inside gives for an image that lacks the programs that it
// takes to open a connection.
var ErrUnfit = errors.New("the image lacks a shell, or bash and nc")

// askInside asks all registries of packages at once.
func askInside(ctx context.Context, e *engine.Engine, n Network, base string) ([]reach, error) {
	answers := make([]reach, len(n.Registries))
	outside := egress.Settings{CA: n.CA, Proxy: n.Proxy}
	err := n.Inside(ctx, e, base, func(ctx context.Context, dial DialFunc) error {
		var asking sync.WaitGroup
		for i, registry := range n.Registries {
			asking.Go(func() { answers[i] = askTwice(ctx, outside.ClientFrom(dial), registry) })
		}
		asking.Wait()
		return nil
	})
	return answers, err
}

// judgeInside tells the first registry that a build cannot reach. What this machine does
// not reach either is not the engine's fault.
func judgeInside(ctx context.Context, inside []reach, asks []askRegistry) Finding {
	outside := answers(ctx, asks)
	var reached []string
	for _, answer := range inside {
		found := judgeReach(answer)
		if found.Level == OK {
			reached = append(reached, answer.host)
			continue
		}
		found.Text = "from inside a build, " + found.Text
		here := slices.ContainsFunc(outside, func(o reach) bool { return o.registry == answer.registry && o.err == nil })
		lookup, isLookup := errors.AsType[*net.DNSError](answer.err)
		switch {
		case !here || answer.private:
		case isLookup:
			found.Hint = `set a DNS server that builds can reach in the engine's daemon.json, such as "dns": ["1.1.1.1"], and restart it; this machine resolves ` + lookup.Name
		default:
			found.Hint = "check the firewall, VPN and proxy of the engine's network, or set `build: {network: host}`; this machine reaches it"
		}
		return found
	}
	return good("a build reaches " + strings.Join(reached, ", "))
}

// small are images that are sure to have what it takes, the quickest first.
var small = []string{"busybox", "alpine", "debian", "ubuntu", "python", "node", "redis", "postgres", "nginx", "ruby", "php", "golang"}

// mostTried is how many images are tried.
const mostTried = 3

// usableImages names images to begin with: those that are known, then the smallest of
// the others.
func usableImages(images []image.Summary) []string {
	rank := func(name string) int {
		repository, _, _ := strings.Cut(path.Base(name), ":")
		if at := slices.Index(small, repository); at >= 0 {
			return at
		}
		return len(small)
	}
	type one struct {
		name string
		size int64
	}
	var all []one
	for _, i := range images {
		if len(i.RepoTags) > 0 && !strings.HasPrefix(i.RepoTags[0], "<none>") {
			all = append(all, one{i.RepoTags[0], i.Size})
		}
	}
	slices.SortStableFunc(all, func(a, b one) int {
		if order := rank(a.name) - rank(b.name); order != 0 {
			return order
		}
		return int(min(max(a.size-b.size, -1), 1))
	})
	var names []string
	for _, i := range all[:min(len(all), mostTried)] {
		names = append(names, i.name)
	}
	return names
}
