package workspace

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// codespacesFile holds the codespace's variables for sessions that did not get
// them: `gh codespace ssh`, services.
const codespacesFile = "workspaces/.codespaces/shared/environment-variables.json"

// codespacesDomain is the domain of forwarded ports where no variable names it.
const codespacesDomain = "app.github.dev"

func (p probe) codespace() string {
	return cmp.Or(p.env("CODESPACE_NAME"), p.codespacesVariables()["CODESPACE_NAME"])
}

func codespacesTemplate(p probe) (template, unknown string) {
	const variable = "GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN"
	name := p.codespace()
	if name == "" {
		return "", "CODESPACE_NAME is not set"
	}
	domain := cmp.Or(p.env(variable), p.codespacesVariables()[variable], codespacesDomain)
	return "https://" + name + "-" + portMark + "." + domain, ""
}

// codespacesVariables reads the shared file; nil when it does not exist or is not
// what it should be.
func (p probe) codespacesVariables() map[string]string {
	var all map[string]any
	if json.Unmarshal([]byte(p.file(codespacesFile)), &all) != nil {
		return nil
	}
	variables := make(map[string]string, len(all))
	for name, value := range all {
		if text, ok := value.(string); ok {
			variables[name] = text
		}
	}
	return variables
}

// codespacesControl is the gh command. It is always passed which codespace is
// meant: to find that out, it would list all of them, which the token in a
// codespace may not do (github/gh-net#16).
func codespacesControl(p Info, t Tools) Control {
	c := Control{
		ByHand: func(port int) string {
			return fmt.Sprintf("run `gh codespace ports visibility %d:public -c %s`, or click port %d in the Ports view with the right button: Port Visibility, Public",
				port, cmp.Or(p.Name, "NAME"), port)
		},
		Unreachable: "a port is forwarded once a client of the codespace notices it: open the codespace in a browser or in VS Code, or name the port under forwardPorts in devcontainer.json",
	}
	if p.Name == "" || t.Run == nil {
		return c
	}
	gh := func(ctx context.Context, args ...string) (string, error) {
		argv := append([]string{"gh", "codespace", "ports"}, args...)
		return t.Run(ctx, append(argv, "-c", p.Name)...)
	}
	set := func(v Visibility) func(context.Context, []int) error {
		return func(ctx context.Context, ports []int) error {
			args := []string{"visibility"}
			for _, port := range ports {
				args = append(args, strconv.Itoa(port)+":"+string(v))
			}
			_, err := gh(ctx, args...)
			return kind(err)
		}
	}
	c.Close = set(Private)
	c.List = func(ctx context.Context) ([]Port, error) {
		out, err := gh(ctx, "--json", "sourcePort,visibility")
		if err != nil {
			return nil, kind(err)
		}
		return codespacesPorts(out)
	}
	c.Open = func(ctx context.Context, ports []int) error {
		err := set(Public)(ctx, ports)
		if len(ports) == 1 || !errors.Is(err, ErrNotYet) {
			return err
		}
		// gh stops at the first port that is not forwarded yet; the others need
		// not wait for it.
		listed, unlisted := c.List(ctx)
		forwarded := slices.DeleteFunc(slices.Clone(ports), func(port int) bool {
			return !slices.ContainsFunc(listed, func(p Port) bool { return p.Number == port })
		})
		if unlisted != nil || len(forwarded) == 0 || len(forwarded) == len(ports) {
			return err
		}
		return errors.Join(err, set(Public)(ctx, forwarded))
	}
	return c
}

func codespacesPorts(out string) ([]Port, error) {
	var listed []struct {
		SourcePort int        `json:"sourcePort"`
		Visibility Visibility `json:"visibility"`
	}
	if err := json.Unmarshal([]byte(out), &listed); err != nil {
		return nil, fmt.Errorf("read what `gh codespace ports` lists: %w", err)
	}
	ports := make([]Port, 0, len(listed))
	for _, l := range listed {
		ports = append(ports, Port{l.SourcePort, l.Visibility})
	}
	return ports, nil
}
