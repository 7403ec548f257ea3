package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// onaPort is a port as `environment port list` has it.
type onaPort struct {
	Port      int    `json:"port"`
	URL       string `json:"url"`
	Admission string `json:"admission"`
}

// onaTemplate makes a template of the first URL that names its port: the number
// and two hyphens begin the host.
func onaTemplate(ports []onaPort, err error) string {
	if err != nil {
		return ""
	}
	for _, p := range ports {
		template := strings.Replace(strings.TrimSuffix(p.URL, "/"), "://"+strconv.Itoa(p.Port)+"--", "://"+portMark+"--", 1)
		if _, err := parseTemplate(template); err == nil {
			return template
		}
	}
	return ""
}

// errNoOna names both, because the commands to type by hand begin with the old name.
var errNoOna = fmt.Errorf("gitpod, or ona as it is now called, %w", ErrNoProgram)

// ona runs Ona's program, which has a new and an old name.
func (t Tools) ona(ctx context.Context, args ...string) (string, error) {
	args = append([]string{"environment", "port"}, args...)
	out, err := t.Run(ctx, append([]string{"gitpod"}, args...)...)
	if !errors.Is(err, ErrNoProgram) {
		return out, err
	}
	if out, err = t.Run(ctx, append([]string{"ona"}, args...)...); errors.Is(err, ErrNoProgram) {
		return "", errNoOna
	}
	return out, err
}

func (t Tools) onaPorts(ctx context.Context) ([]onaPort, error) {
	out, err := t.ona(ctx, "list", "-o", "json")
	if err != nil {
		return nil, kind(err)
	}
	var ports []onaPort
	if err := json.Unmarshal([]byte(out), &ports); err != nil {
		return nil, fmt.Errorf("read what `gitpod environment port list` lists: %w", err)
	}
	return ports, nil
}

func onaControl(_ Info, t Tools) Control {
	c := Control{
		ByHand: func(port int) string {
			return fmt.Sprintf("run `gitpod environment port open %d --admission everyone`", port)
		},
		Unreachable: `Ona reaches what listens on the network of its host: set "runArgs": ["--network=host"] in devcontainer.json`,
	}
	if t.Run == nil {
		return c
	}
	c.Open = func(ctx context.Context, ports []int) error {
		return forEach(ports, func(port int) error {
			_, err := t.ona(ctx, "open", strconv.Itoa(port), "--admission", "everyone", "--dont-wait")
			return kind(err)
		})
	}
	c.Close = func(ctx context.Context, ports []int) error {
		return forEach(ports, func(port int) error {
			_, err := t.ona(ctx, "close", strconv.Itoa(port))
			return kind(err)
		})
	}
	c.List = func(ctx context.Context) ([]Port, error) {
		listed, err := t.onaPorts(ctx)
		ports := make([]Port, 0, len(listed))
		for _, l := range listed {
			ports = append(ports, Port{l.Port, onaVisibility(l.Admission)})
		}
		return ports, err
	}
	c.Reveal = func(ctx context.Context, ports []int) (string, error) {
		if err := c.Open(ctx, ports); err != nil {
			return "", err
		}
		return onaTemplate(t.onaPorts(ctx)), nil
	}
	return c
}

// onaVisibility reads who is admitted; not every version of the program says so.
func onaVisibility(admission string) Visibility {
	switch admission = strings.ToLower(admission); {
	case admission == "":
		return Unknown
	case strings.HasSuffix(admission, "everyone"):
		return Public
	}
	return Private
}
