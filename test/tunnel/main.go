// Command tunnel plays cloudflared, ngrok, devtunnel and tailscale for the end-to-end
// tests, by the name that it is called by: it takes the arguments that are documented,
// prints what they were seen to print, and really forwards. There is no internet behind
// it: the directory that TUNNELS names holds a file for each public name that is open, with
// the address that stands for it and the process.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// opening is what the arguments ask for.
type opening struct {
	origin string // where the requests go
	host   string // the Host header that they get; empty for the public name
	name   string // the public name
	broken bool   // every request is answered with 404
	said   string // what is printed once it is open
}

func main() {
	o, err := read(filepath.Base(os.Args[0]), os.Args[1:])
	if err == nil {
		err = o.serve()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// read understands the arguments. What the real program would not know is an error.
func read(tool string, args []string) (opening, error) {
	number := os.Getpid()
	flags := flag.NewFlagSet(tool, flag.ContinueOnError)
	text := func(name string) *string { return flags.String(name, "", "") }
	wanted := map[string]string{"cloudflared": "tunnel", "ngrok": "http", "devtunnel": "host", "tailscale": "funnel"}[tool]
	if len(args) == 0 || args[0] != wanted {
		return opening{}, fmt.Errorf("%s does not know %q", tool, args)
	}
	args = args[1:]
	var o opening
	switch tool {
	case "cloudflared":
		config, origin, host, grace := text("config"), text("url"), text("http-host-header"), text("grace-period")
		flags.Bool("no-autoupdate", false, "")
		if err := flags.Parse(args); err != nil || *grace == "" {
			return o, errors.Join(err, errors.New("no grace period"))
		}
		if *config == "" {
			_, err := os.Stat(filepath.Join(os.Getenv("HOME"), ".cloudflared", "config.yml"))
			o.broken = err == nil // its rules count, and none is for this name
		}
		o.origin, o.host, o.name = *origin, *host, fmt.Sprintf("four-words-are-%d.trycloudflare.com", number)
		o.said = "INF |  https://" + o.name + "  |\nINF Registered tunnel connection connIndex=0"
	case "ngrok":
		host, log, format := text("host-header"), text("log"), text("log-format")
		if err := flags.Parse(args[1:]); err != nil || *host != "rewrite" || *log != "stdout" || *format != "json" {
			return o, errors.Join(err, errors.New("that cannot be read"))
		}
		token := os.Getenv("NGROK_AUTHTOKEN")
		if !strings.HasPrefix(token, "good") {
			return o, errors.New("ERROR:  authentication failed: The authtoken you specified is properly formed, but it is invalid.\nERROR:  Your authtoken: " + token + "\nERROR:  ERR_NGROK_107")
		}
		o.origin, o.name = args[0], fmt.Sprintf("%d.ngrok-free.app", number)
		o.host = strings.TrimPrefix(o.origin, "http://")
		o.said = fmt.Sprintf(`{"addr":%q,"lvl":"info","msg":"started tunnel","name":"command_line","url":"https://%s"}`, o.origin, o.name)
	case "devtunnel":
		port := text("p")
		if flags.Bool("allow-anonymous", false, ""); flags.Parse(args) != nil {
			return o, errors.New("unrecognized command or argument")
		}
		o.origin, o.host = "http://127.0.0.1:"+*port, "localhost"
		o.name = fmt.Sprintf("t%d-%s.usw2.devtunnels.ms", number, *port)
		o.said = "Hosting port: " + *port + "\nConnect via browser: https://" + o.name + "\nInspect network activity: https://x-" + *port + "-inspect.usw2.devtunnels.ms"
	case "tailscale":
		port := text("https")
		if flags.Bool("yes", false, ""); flags.Parse(args) != nil || flags.NArg() != 1 {
			return o, errors.New("error: invalid argument format")
		}
		o.origin, o.name = flags.Arg(0), "laptop.tail1234.ts.net"
		if *port != "443" {
			o.name += ":" + *port
		}
		o.said = "Available on the internet:\n\nhttps://" + o.name + "/\n|-- proxy " + o.origin + "\n\nPress Ctrl+C to exit."
	}
	return o, nil
}

// serve forwards until it is interrupted.
func (o opening) serve() error {
	origin, err := url.Parse(o.origin)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	open := filepath.Join(os.Getenv("TUNNELS"), o.name)
	if err := os.WriteFile(open, fmt.Appendf(nil, "%s %d", listener.Addr(), os.Getpid()), 0o600); err != nil {
		return err
	}
	defer os.Remove(open)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(origin)
		if r.Out.Host = o.host; o.host == "" {
			r.Out.Host = r.In.Host
		}
	}}
	handler := http.Handler(proxy)
	if o.broken {
		handler = http.NotFoundHandler()
	}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	go func() { _ = http.Serve(listener, handler) }() //nolint:gosec // it lives as long as a test
	fmt.Fprintln(os.Stderr, o.said)
	<-interrupted
	return nil
}
