package cli

import (
	"context"

	"github.com/devup-cli/devup/internal/doctor"
)

func (a *app) report(context.Context, doctor.Options, []doctor.Finding, string) error { return nil }
