package tunnel

import (
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

// devtunnel is Microsoft's: a tunnel for as long as the program runs, open to
// everybody only because that is asked for here.
func devtunnel() Tool {
	return Tool{
		Name: "devtunnel", Needs: "a Microsoft or GitHub login",
		Quirk: "devtunnel shows a warning page before the first visit in a browser",
		args:  devtunnelArgs, read: devtunnelLine,
	}
}

// devtunnelArgs: it rewrites the Host header to localhost by itself, and reaches
// nothing else.
func devtunnelArgs(t Target) ([]string, error) {
	if !t.loopback() {
		return nil, fail.New(fail.Usage, "take another tool with --via, or publish the port on 127.0.0.1", "devtunnel reaches localhost only, and port %d is published on %s", t.Port, t.Host)
	}
	return []string{"host", "-p", strconv.Itoa(t.Port), "--allow-anonymous"}, nil
}

var devtunnelURL = lazyregexp.New(`https://[a-z0-9-]+-([0-9]+)(-inspect)?\.[a-z0-9.-]*devtunnels\.ms`)

// devtunnelLine takes the URL that has the port in its name. Next to it may be one
// with the port at its end, and in the next line one that shows the traffic.
func devtunnelLine(line string, t Target) (url string, works bool) {
	for _, m := range devtunnelURL.FindAllStringSubmatch(line, -1) {
		if m[1] == strconv.Itoa(t.Port) && m[2] == "" && !strings.Contains(m[0], "-inspect.") {
			return m[0], true
		}
	}
	return "", false
}
