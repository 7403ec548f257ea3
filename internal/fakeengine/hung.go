package fakeengine

import (
	"context"
	"io"
	"net"
	"testing"

	"github.com/moby/moby/client"
)

// Hung gives a client of an engine that accepts connections and never answers. It works in
// a bubble of testing/synctest and is closed with the test.
func Hung(t *testing.T) *client.Client {
	t.Helper()
	api, err := client.New(client.WithHost("tcp://hung:1"), client.WithAPIVersion("1.51"), client.WithDialContext(func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() { _, _ = io.Copy(io.Discard, theirs) }()
		return ours, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = api.Close() })
	return api
}
