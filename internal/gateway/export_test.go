package gateway

import "context"

// Serve is serve with a log of failures.
func Serve(ctx context.Context, options Options) error {
	return options.serve(ctx, newFailureLog(options.Log))
}
