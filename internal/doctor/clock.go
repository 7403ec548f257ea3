package doctor

import (
	"context"
	"fmt"
	"time"

	"github.com/devup-cli/devup/internal/engine"
)

// wrongBy is the difference between two clocks from which on a check complains. A Date
// header is in whole seconds, and minutes make certificates and signatures invalid.
const wrongBy = time.Minute

// checkClock compares this machine's clock with the engine's and with the registries'.
func checkClock(ctx context.Context, find func(context.Context) (*engine.Engine, error), asks []askRegistry) Finding {
	var known bool
	if e, err := find(ctx); err == nil {
		if facts, err := e.Facts(ctx); err == nil && !facts.Time.IsZero() {
			known = true
			if off := facts.Time.Sub(facts.Asked); off.Abs() >= wrongBy {
				return warning("the engine's clock is "+offset(off)+" this machine's",
					"restart the engine, or its virtual machine: a clock that stood still while the machine slept is set then")
			}
		}
	}
	for _, ask := range asks {
		answer, _ := ask(ctx)
		if answer.date.IsZero() {
			continue
		}
		known = true
		if off := answer.asked.Sub(answer.date); off.Abs() >= wrongBy {
			return warning(fmt.Sprintf("this machine's clock is %s that of %s", offset(off), answer.host),
				"set it: `sudo timedatectl set-ntp true`, or in WSL `sudo hwclock -s`; certificates count as invalid otherwise")
		}
	}
	if !known {
		return nothing()
	}
	return good("")
}

// offset is a difference as people say it.
func offset(d time.Duration) string {
	direction := "ahead of"
	if d < 0 {
		direction = "behind"
	}
	return d.Abs().Round(time.Second).String() + " " + direction
}
