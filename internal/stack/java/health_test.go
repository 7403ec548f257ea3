package java

import (
	"testing"
	"testing/fstest"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// TestHealthOf: where Actuator tells the health of an application.
func TestHealthOf(t *testing.T) {
	t.Parallel()
	const actuator = "<artifactId>spring-boot-starter-actuator</artifactId>"
	for _, test := range []struct{ name, pom, settings, want string }{
		{"without Actuator", "", "server.servlet.context-path=/shop\n", ""},
		{"with Actuator", actuator, "", "/actuator/health"},
		{"below a path", actuator, "server.servlet.context-path=/shop\n", "/shop/actuator/health"},
		{"at a port of its own", actuator, "management.server.port=9000\n", ""},
		{"at a path of its own", actuator, "management.endpoints.web.base-path=/manage\n", ""},
	} {
		all := func(string) bool { return true }
		root, err := tree.Walk(fstest.MapFS{
			"pom.xml": {Data: []byte("<project>" + test.pom + "</project>")},
			"src/main/resources/application.properties": {Data: []byte(test.settings)},
		}, tree.Files{Interesting: all, Manifest: all})
		if err != nil {
			t.Fatal(err)
		}
		if got := healthOf(&stack.App{Tree: root, Service: stack.Service{Dir: "."}}); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
