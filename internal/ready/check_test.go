package ready

import (
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// TestCheck: what is said of a service is what it answers at this moment.
func TestCheck(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/broken" {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	t.Cleanup(server.Close)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	at := func(address net.Addr, p Probe) Probe {
		p.Service, p.Host, p.Port, p.Target = "web", "127.0.0.1", address.(*net.TCPAddr).Port, 3000
		return p
	}
	for _, test := range []struct {
		name    string
		probe   Probe
		answers bool
		want    string
	}{
		{"an answer", at(server.Listener.Addr(), Probe{Kind: HTTP, Path: "/health"}), true, `^GET /health answers 200 in \S+$`},
		{"an error of the server", at(server.Listener.Addr(), Probe{Kind: HTTP, Path: "/broken"}), false, `^GET /broken answers 500 in \S+$`},
		{"another protocol", at(server.Listener.Addr(), Probe{Kind: TCP}), true, `^port 3000 listens$`},
		{"nothing", at(free.Addr(), Probe{Kind: HTTP, Path: "/"}), false, `^nothing listens on port 3000$`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			found := Check(t.Context(), []Probe{{Service: "worker", Kind: Running}, test.probe})
			if len(found) != 1 || found[0].Answers != test.answers || !regexp.MustCompile(test.want).MatchString(found[0].Text) {
				t.Errorf("found %+v", found)
			}
			if strings.Contains(found[0].Service, "worker") {
				t.Error("a service without a port was asked")
			}
		})
	}
}
