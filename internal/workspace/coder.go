package workspace

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// coderControl is Coder's REST interface. It needs a user's token: the
// token that every workspace has, the agent's, may not share ports.
func coderControl(p Info, t Tools) Control {
	c := Control{ByHand: func(port int) string {
		return fmt.Sprintf("share port %d publicly on the page of the workspace in Coder (Open ports), or set CODER_SESSION_TOKEN so that devup may", port)
	}}
	api := coderAPI{
		do: t.Do, token: t.Env("CODER_SESSION_TOKEN"), agent: t.Env("CODER_WORKSPACE_AGENT_NAME"),
		url: strings.TrimSuffix(cmp.Or(t.Env("CODER_AGENT_URL"), t.Env("CODER_URL")), "/") + "/api/v2/workspaces/" + p.Name + "/port-share",
	}
	if api.do == nil || api.token == "" || api.agent == "" || p.Name == "" || !strings.HasPrefix(api.url, "http") {
		return c
	}
	c.Open = func(ctx context.Context, ports []int) error {
		return forEach(ports, func(port int) error {
			_, err := api.ask(ctx, http.MethodPost, coderShare{Agent: api.agent, Port: port, Protocol: "http", Level: "public"})
			return kind(err)
		})
	}
	c.Close = func(ctx context.Context, ports []int) error {
		return forEach(ports, func(port int) error {
			_, err := api.ask(ctx, http.MethodDelete, coderShare{Agent: api.agent, Port: port})
			return kind(err)
		})
	}
	c.List = api.list
	return c
}

// coderShare is a shared port, as the interface has it.
type coderShare struct {
	Agent    string `json:"agent_name"`
	Port     int    `json:"port"`
	Protocol string `json:"protocol,omitempty"`
	Level    string `json:"share_level,omitempty"` // owner, authenticated, organization or public
}

// coderAPI is the interface to the shared ports of a workspace.
type coderAPI struct {
	do                func(*http.Request) (*http.Response, error)
	url, token, agent string
}

func (a coderAPI) list(ctx context.Context) ([]Port, error) {
	body, err := a.ask(ctx, http.MethodGet, nil)
	if err != nil {
		return nil, kind(err)
	}
	var listed struct {
		Shares []coderShare `json:"shares"`
	}
	if err := json.Unmarshal(body, &listed); err != nil {
		return nil, fmt.Errorf("read the shared ports of Coder: %w", err)
	}
	var ports []Port
	for _, s := range listed.Shares {
		visibility := Private
		if s.Level == "public" {
			visibility = Public
		}
		if s.Agent == a.agent {
			ports = append(ports, Port{s.Port, visibility})
		}
	}
	return ports, nil
}

// longestAnswer bounds what is read of an answer.
const longestAnswer = 1 << 20

// ask sends a request; a nil body sends none.
func (a coderAPI) ask(ctx context.Context, method string, body any) ([]byte, error) {
	var payload bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&payload).Encode(body); err != nil {
			return nil, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, a.url, &payload)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Coder-Session-Token", a.token)
	request.Header.Set("Content-Type", "application/json")
	response, err := a.do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, longestAnswer))
	if err == nil && response.StatusCode >= http.StatusMultipleChoices {
		return nil, fmt.Errorf("coder answers with status %d", response.StatusCode)
	}
	return answer, err
}
