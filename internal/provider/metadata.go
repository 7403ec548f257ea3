package provider

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// metadata is what a provider tells of itself. The zero value is one that tells nothing, and
// gets every option.
type metadata struct {
	Description string      `json:"description"`
	Up          parameters  `json:"up"`
	Down        parameters  `json:"down"`
	Stop        *parameters `json:"stop"`
}

// parameters are the options that a command takes.
type parameters struct {
	Parameters []struct {
		Name     string `json:"name"`
		Required bool   `json:"required"`
	} `json:"parameters"`
}

func (m metadata) none() bool {
	return m.Description == "" && m.Up.Parameters == nil && m.Down.Parameters == nil
}

// metadata asks a provider about itself. One that cannot tell is an older one, or none at all:
// so it is asked in an empty directory, where it finds no file of a clone.
func (r Runner) metadata(ctx context.Context, program string) metadata {
	dir, err := os.MkdirTemp("", "devup-provider-")
	if err != nil {
		return metadata{}
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(ctx, metadataTime)
	defer cancel()
	asked := r.process(ctx, program, "metadata")
	asked.Dir, asked.WaitDelay = dir, time.Second
	said := &limited{stop: cancel}
	asked.Stdout = said
	if err := asked.Run(); err != nil {
		return metadata{}
	}
	var m metadata
	if json.Unmarshal(said.text, &m) != nil {
		return metadata{}
	}
	return m
}

// What a program that is asked for its metadata may take: a clone chooses its name, and it may
// be any on the PATH.
const (
	metadataTime = 10 * time.Second
	mostMetadata = 1 << 20
)

// limited keeps what a program prints, and stops one that prints too much.
type limited struct {
	text []byte
	stop context.CancelFunc
}

func (l *limited) Write(p []byte) (int, error) {
	if len(l.text)+len(p) > mostMetadata {
		l.stop()
		return 0, io.ErrShortWrite
	}
	l.text = append(l.text, p...)
	return len(p), nil
}

// arguments are those of a command for a service: its options, as far as the command takes
// them. It is an error where one is missing.
func (m metadata) arguments(c Command, p *project.Project, service string) ([]string, error) {
	var takes parameters
	switch c {
	case up:
		takes = m.Up
	case Down:
		takes = m.Down
	case Stop:
		takes = *m.Stop
	}
	options := p.Services[service].Provider.Options
	known := map[string]bool{}
	for _, parameter := range takes.Parameters {
		known[parameter.Name] = true
		if _, given := options[parameter.Name]; parameter.Required && !given {
			return nil, fail.New(fail.Config, "add it under options", "service %s lacks the option %s, which its provider needs", service, parameter.Name)
		}
	}
	args := []string{"--project-name=" + p.Name, c.name}
	for _, name := range slices.Sorted(maps.Keys(options)) {
		for _, value := range options[name] {
			if m.none() || known[name] {
				args = append(args, "--"+name+"="+value)
			}
		}
	}
	return append(args, service), nil
}
