package upcmd

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/session"
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
	w := &watcher{session: &session.Session{Engine: &engine.Engine{Client: api}, Name: "shop"}}
	found, err := w.containers(t.Context())
	if err != nil || len(found) != 1 || found[0].Name != "shop-db-1" {
		t.Errorf("watch: %+v, %v", found, err)
	}
}
