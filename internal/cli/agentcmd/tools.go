package agentcmd

import (
	"fmt"
	"strconv"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// What the tools take. Each is a command line of devup.
type (
	nothing  struct{}
	services struct {
		Services []string `json:"services,omitempty" jsonschema:"names of services; all without any"`
	}
	oneService struct {
		Service string `json:"service" jsonschema:"name of the service"`
	}
	logLines struct {
		services
		Tail  int    `json:"tail,omitempty" jsonschema:"how many of the last lines of each container; 100 by default"`
		Since string `json:"since,omitempty" jsonschema:"only lines from this time on: RFC 3339, or a duration back from now such as 10m"`
	}
	searched struct {
		logLines
		Pattern string `json:"pattern" jsonschema:"regular expression in the syntax of RE2, for example (?i)error"`
	}
	started struct {
		services
		Build bool `json:"build,omitempty" jsonschema:"build every image, stale or not"`
	}
	awaited struct {
		Services []string `json:"services" jsonschema:"names of services"`
		Seconds  int      `json:"timeout_seconds,omitempty" jsonschema:"how long to wait; 60 by default"`
	}
	setupStep struct {
		oneService
		Step string `json:"step,omitempty" jsonschema:"name of the step; all of the service without it"`
	}
)

// build makes the server with its tools. The descriptions are all that an agent knows.
func (s *server) build(write bool) *mcp.Server {
	m := mcp.NewServer(&mcp.Implementation{Name: "devup", Version: s.env.Version.Version}, &mcp.ServerOptions{Instructions: instructions(write)})
	readOnly := &mcp.ToolAnnotations{ReadOnlyHint: true, OpenWorldHint: new(false)}
	change := &mcp.ToolAnnotations{DestructiveHint: new(false), IdempotentHint: true, OpenWorldHint: new(false)}
	restart := &mcp.ToolAnnotations{DestructiveHint: new(false), OpenWorldHint: new(false)}
	rewrite := &mcp.ToolAnnotations{DestructiveHint: new(true), OpenWorldHint: new(false)} // a seed may replace what is there
	add(s, m, readOnly, "list_services", "Every service: its state now, whether it is ready with the evidence, its URLs, why it fails.",
		func(nothing) []string { return []string{"inspect", "--no-config"} })
	add(s, m, readOnly, "get_urls", "The URL of each published port.",
		func(in services) []string { return in.after("urls") })
	add(s, m, readOnly, "get_logs", "The newest lines that the containers printed.",
		func(in logLines) []string { return in.line(nil) })
	add(s, m, readOnly, "search_logs", "The newest lines of the logs that match a regular expression.",
		func(in searched) []string { return in.line([]string{"--grep=" + in.Pattern}) })
	add(s, m, readOnly, "explain_failure", "All about one service: what it answers now, the cause and the lines where it fails, why its container was created, its config with secrets masked.",
		func(in oneService) []string { return []string{"inspect", "--", in.Service} })
	add(s, m, readOnly, "plan", "What up would build, create, recreate and run, and why.",
		func(in services) []string { return in.after("plan") })
	add(s, m, readOnly, "why", "Why a service's containers were created, and what up would do to them now.",
		func(in oneService) []string { return []string{"why", "--", in.Service} })
	add(s, m, readOnly, "doctor", "Checks of the engine, the network, the config and the files, with what to do.",
		func(nothing) []string { return []string{"doctor"} })
	add(s, m, readOnly, "wait_ready", "Wait until services answer, or say why they do not.", func(in awaited) []string {
		return services{in.Services}.after("ready", "--timeout="+strconv.Itoa(orDefault(in.Seconds, 60))+"s")
	})
	if !write {
		return m
	}
	add(s, m, change, "up", "Build what is stale, start what does not run, and wait until every service answers. Safe to repeat after each edit. No data is removed.",
		func(in started) []string { return in.after("up", "--detach", "--build="+strconv.FormatBool(in.Build)) })
	add(s, m, restart, "restart", "Restart the containers of services.",
		func(in services) []string { return in.after("restart") })
	add(s, m, rewrite, "run_setup", "Run setup steps of a service again, such as its migrations. A step that fills a database may replace what is in it.", func(in setupStep) []string {
		again := in.Service
		if in.Step != "" {
			again += ":" + in.Step
		}
		return []string{"up", "--detach", "--setup-again=" + again, "--", in.Service}
	})
	return m
}

// after is a command line that ends with the services.
func (in services) after(words ...string) []string {
	return append(append(words, "--"), in.Services...)
}

// line is the command line that prints the lines.
func (in logLines) line(more []string) []string {
	words := append([]string{"logs", fmt.Sprintf("--tail=%d", orDefault(in.Tail, 100)), fmt.Sprintf("--max-bytes=%d", maxLogs)}, more...)
	if in.Since != "" {
		words = append(words, "--since="+in.Since)
	}
	return in.after(words...)
}

func orDefault(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

// instructions tell an agent how the tools go together.
func instructions(write bool) string {
	text := "devup runs the services of this repository in containers. Its tools give the objects that devup prints with --json. "
	if !write {
		return text + "These tools only look. Run `devup up --detach --json` in a shell after each edit; its last line is the result. Then explain_failure says why a service fails."
	}
	return text + "After each edit call up. Where it fails, read its errors, fix the cause in the files, and call up again. explain_failure says more about one service."
}
