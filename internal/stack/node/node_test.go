package node

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

func TestPortsInSource(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"const PORT = process.env.PORT || 5050;":                                   5050,
		"app.listen(process.env.PORT ?? 4000)":                                     4000,
		"const port = process.env.PORT ? Number(x) : 3333":                         3333,
		"app.listen(8081, () => {})":                                               8081,
		"const { PORT = 4321 } = process.env":                                      4321,
		"fastify.listen({ port: 8000 })":                                           8000,
		"var port = normalizePort(process.env.PORT || '3000');":                    3000,
		"app.set('port', 9090)":                                                    9090,
		"app.listen(port)":                                                         0,
		"app.listen({ port: config.port || 4400 })":                                4400,
		"let serverPort = 4500":                                                    4500,
		"const HTTP_PORT: number = '4600'":                                         4600,
		"const portable = 4700":                                                    0,
		"port: parseInt(process.env.REDIS_PORT || '6379')":                         0,
		"a = process.env.CLIENT_PORT || 4200, b = process.env.SERVER_PORT || 3000": 3000,
		"listen(process.env.CLIENT_PORT || 4200)":                                  4200,
		"process.env['API_PORT'] ?? 4800":                                          4800,
		"app.set( 'port' , process.env.X || 4900 )":                                4900,
	} {
		if got, _ := stack.PortIn([]tree.File{{Path: "a.js", Text: text}}, ports...); got.Number != want {
			t.Errorf("node %q: port %d, want %d", text, got.Number, want)
		}
	}
}

func TestRuntimesOfPinnedDependencies(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{"^4.0.3": "16", "3.4.1": "16", "5.0.1": "24"} {
		runtime := func(text string) (got stack.Runtime) {
			a := appIn(t, text, ".")
			got.Version, got.Evidence = Language.Version(a)
			got.Flags, _ = Language.Flags(a, got.Version)
			return got
		}
		if got := runtime(`{"dependencies": {"react-scripts": "` + version + `"}}`); got.Version != want || got.Flags != "" {
			t.Errorf("react-scripts %s: node %s %q, want %s and no flag", version, got.Version, got.Flags, want)
		}
		got := runtime(`{"dependencies": {"react-scripts": "` + version + `"}, "engines": {"node": ">=18"}}`)
		if flag := map[bool]string{true: "--openssl-legacy-provider"}[want == "16"]; got.Version != "24" || got.Flags != flag {
			t.Errorf("react-scripts %s with engines >=18: node %s %q, want 24 %q", version, got.Version, got.Flags, flag)
		}
	}
}

// TestOwnRouters: a router that the server's own file mounts answers below its prefix.
func TestOwnRouters(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, mount, want string }{
		{"on the server", "app.use('/shop', router)", "/shop/list"},
		{"behind something", "app.use('/shop', cors, router)", "/shop/list"},
		{"on another router, which says more", "other.use('/shop', router)", ""},
		{"somebody else's", "app.use('/shop', otherRouter)", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			source := tree.File{Path: "server.js", Text: "const router = express.Router()\nrouter.get('/list', list)\n" + test.mount + "\n"}
			var paths []string
			for _, r := range routes([]tree.File{source}) {
				paths = append(paths, r.Path)
			}
			if got := strings.Join(paths, " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
