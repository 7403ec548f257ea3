package doctor

import (
	"context"

	"github.com/devup-cli/devup/internal/engine"
)

// networkChecks are one check per registry, and those about what all of them tell. All
// share one answer of each registry.
func networkChecks(o Options, find func(context.Context) (*engine.Engine, error)) []Check {
	var checks []Check
	var asks []askRegistry
	if o.Network.Client != nil {
		for _, registry := range append([]Registry{dockerHub}, o.Network.Registries...) {
			ask := once(func(ctx context.Context) (reach, error) { return askTwice(ctx, o.Network.Client, registry), nil })
			asks = append(asks, ask)
			checks = append(checks, Check{Name: registry.Name, Run: func(ctx context.Context) Finding {
				answer, _ := ask(ctx)
				return judgeReach(answer)
			}})
		}
		checks = append(checks, Check{Name: "ca", Run: func(ctx context.Context) Finding {
			return judgeCA(answers(ctx, asks), o.Network.CASource)
		}})
	}
	return append(checks,
		Check{Name: "proxy", Run: func(ctx context.Context) Finding { return checkProxy(ctx, o.Network, find) }},
		Check{Name: "credentials", Run: func(context.Context) Finding { return checkCredentials(o.Network) }},
		Check{Name: "build", Run: func(ctx context.Context) Finding { return checkBuild(ctx, o.Network, find, asks) }},
		Check{Name: "clock", Run: func(ctx context.Context) Finding { return checkClock(ctx, find, asks) }},
	)
}

func answers(ctx context.Context, asks []askRegistry) []reach {
	var all []reach
	for _, ask := range asks {
		answer, _ := ask(ctx)
		all = append(all, answer)
	}
	return all
}
