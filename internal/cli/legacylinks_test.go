package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/engine"
)

// TestNamesWithLegacyLinks: a container that others link to has further names, and the
// engine may list them first.
func TestNamesWithLegacyLinks(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `[{"Id":"1","Names":["/web/db","/shop-db-1"],"State":"running","Labels":{"com.docker.compose.service":"db"}}]`)
	}))
	t.Cleanup(server.Close)
	api, err := client.New(client.WithHost("tcp://"+server.Listener.Addr().String()), client.WithAPIVersion("1.51"))
	if err != nil {
		t.Fatal(err)
	}
	w := &watcher{running: &running{engine: &engine.Engine{Client: api}, name: "shop"}}
	found, err := w.containers(t.Context())
	if err != nil || len(found) != 1 || found[0].Name != "shop-db-1" {
		t.Errorf("watch: %+v, %v", found, err)
	}
	for name, names := range map[string][]string{"shop-db-1": {"/web/db", "/shop-db-1"}, "": nil} {
		if got := imageOf(container.Summary{Names: names}, image.InspectResponse{}).Container; got != name {
			t.Errorf("images: %q, want %q", got, name)
		}
	}
}
