//go:build e2e

package build

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// TestInside opens connections from inside a build, through images with bash and with nc.
func TestInside(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, image := range []string{"busybox:latest", "python:3.13-slim-bookworm"} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := Inside(ctx, w, image, Options{}, func(ctx context.Context, dial Dial) error {
			ask := func(url string) error {
				c := &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
				request, err := http.NewRequestWithContext(ctx, http.MethodHead, url, http.NoBody)
				if err != nil {
					return err
				}
				response, err := c.Do(request)
				if err != nil {
					return err
				}
				return response.Body.Close()
			}
			if err := ask(os.Getenv("PIP_INDEX_URL")); err != nil {
				t.Errorf("%s: the index does not answer: %v", image, err)
			}
			err := ask("http://nowhere.invalid/")
			if lookup, ok := errors.AsType[*net.DNSError](err); !ok || lookup.Name != "nowhere.invalid" {
				t.Errorf("%s: a name that is none: got %v", image, err)
			}
			if err := ask("http://127.0.0.1:1/"); err == nil || !strings.HasSuffix(err.Error(), "connection refused") {
				t.Errorf("%s: a port where nobody listens: got %v", image, err)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", image, err)
		}
	}
}
