package engine

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"testing"
)

func TestPlain(t *testing.T) {
	t.Parallel()
	unknown := &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Name: "box.invalid", Server: "10.0.0.1:53", Err: "no such host", IsNotFound: true}}
	for _, test := range []struct {
		err  error
		want string
	}{
		{unknown, "the name box.invalid cannot be resolved"},
		{&url.Error{Op: "Get", URL: "http://box.invalid/_ping", Err: unknown}, "the name box.invalid cannot be resolved"},
		{
			fmt.Errorf("dial: %w", errors.New("command [ssh -l ada -- box docker system dial-stdio] has exited with exit status 255, make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=ssh: connect to host box port 22: Connection refused\r\n")),
			"ssh: connect to host box port 22: Connection refused",
		},
		{errors.New("remote error:\n tls: bad certificate"), "remote error: tls: bad certificate"},
	} {
		if got := plain(test.err); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
