package project

import (
	"context"
	"errors"
)

// Load reads the project that o describes.
func Load(ctx context.Context, o Options) (*Project, error) {
	return nil, errors.New("not there yet")
}

// PublishedPorts lists the ports that the services publish.
func (p *Project) PublishedPorts() []Port { return nil }

// Resolve puts values in the place of tokens.
func (p *Project) Resolve(hostPorts map[PortKey]int, w Where) *Project { return p }

// Key identifies the port.
func (p Port) Key() PortKey {
	return PortKey{Service: p.Service, Target: p.Target, Protocol: p.Protocol, Index: p.Index}
}

// YAML is the project as a Compose file.
func (p *Project) YAML() ([]byte, error) { return nil, errors.New("not there yet") }

// Schema is the JSON schema of devup.yaml.
func Schema() []byte { return nil }
