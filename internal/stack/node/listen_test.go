package node

import (
	"testing"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// TestListensLocally: calls after which a server is reached on its own loopback alone.
func TestListensLocally(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		of, source string
		local      bool
	}{
		{"Express", "app.listen(3000)", false},
		{"Express", "app.listen(3000, '0.0.0.0')", false},
		{"Express", "app.listen(3000, 'localhost', () => {})", true},
		{"Express", "app.listen(port, \"127.0.0.1\")", true},
		{"Express", "app.listen({ port: 3000, host: 'localhost' })", true},
		{"Express", "app.listen(3000, process.env.HOST || 'localhost')", false},
		{"Express", "app.listen(3000, () => console.log('on localhost'))", false},
		{"Hono", "serve({ fetch: app.fetch, port: 3000, hostname: 'localhost' })", true},
		{"Fastify", "fastify.listen({ port: 3000 })", true},
		{"Fastify", "fastify.listen({ port: process.env.PORT || 3000 }, (err) => {})", true},
		{"Fastify", "fastify.listen(3000, (err, address) => {})", true},
		{"Fastify", "fastify.listen({ port: 3000, host: '0.0.0.0' })", false},
		{"Fastify", "fastify.listen({ port, host: process.env.HOST })", false},
		{"Fastify", "fastify.listen(3000, '0.0.0.0')", false},
		{"Fastify", "fastify.listen(options)", false},
		{"Fastify", "fastify.listen({ port: 3000, ...options })", false},
		{"Fastify", "fastify.listen(3000, host)", false},
	} {
		a := &stack.App{Stack: &stack.Stack{Title: test.of}, Sources: []tree.File{{Path: "server.js", Text: test.source}}}
		if got := listensLocally(a); (got.Text != "") != test.local {
			t.Errorf("%s: %s: %+v, want %v", test.of, test.source, got, test.local)
		}
	}
}
