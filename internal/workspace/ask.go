package workspace

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Tools are how a platform's own programs and interfaces are reached. The zero
// Tools reach nothing.
type Tools struct {
	// Run runs a program and gives what it printed on stdout. The text of its
	// error is what it printed on stderr; it is an [ErrNoProgram] where there is
	// no such program.
	Run func(ctx context.Context, argv ...string) (stdout string, err error)
	Do  func(*http.Request) (*http.Response, error) // asks over HTTP
	Env func(string) string                         // the environment, for tokens
}

// ErrNoProgram says that a program is not installed.
var ErrNoProgram = errors.New("is not installed")

// asker asks the platform for the template of its URLs; empty for no answer.
type asker func(context.Context, Tools) (template string)

// askTimeout is how long a platform may take to report its URLs. The formula is there
// already.
const askTimeout = 3 * time.Second

// Ask replaces the formula by the platform's own answer. Where its
// program is missing, fails or hangs, and where the user gave the template, p
// stays as it is.
func (p Info) Ask(ctx context.Context, t Tools) Info {
	ask := p.provider().ask
	if ask == nil || p.given || t.Run == nil {
		return p
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	if template := ask(ctx, t); template != "" {
		return p.WithReported(template)
	}
	return p
}

// WithReported is the workspace with the template of URLs that its platform reported.
func (p Info) WithReported(template string) Info {
	if p.Template == "" {
		p.Note = ""
		p.NoURL = p.provider().NoURL
	}
	p.Template = template
	return p
}

// oddPort is asked about to learn how a platform makes URLs: its digits are in
// no other part of one.
const oddPort = 54321

// learn makes a template of the URL that a platform has for a port; empty where
// the port cannot be distinguished from the rest of it.
func learn(answer string, port int) (template string) {
	answer = strings.TrimSuffix(strings.TrimSpace(answer), "/")
	number := strconv.Itoa(port)
	if strings.Count(answer, number) != 1 {
		return ""
	}
	template = strings.Replace(answer, number, portMark, 1)
	if _, err := parseTemplate(template); err != nil {
		return ""
	}
	return template
}

// askBy asks a program that prints the URL of a port.
func askBy(argv ...string) asker {
	return func(ctx context.Context, t Tools) string {
		answer, err := t.Run(ctx, append(argv, strconv.Itoa(oddPort))...)
		if err != nil {
			return ""
		}
		return learn(answer, oddPort)
	}
}
