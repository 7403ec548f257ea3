// Package engineconfig turns the services, networks and volumes of a project into the options
// by which an engine creates them. It asks no engine and writes nothing.
package engineconfig

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// Container is one container that a service should have.
type Container struct {
	Service types.ServiceConfig
	Number  int
	Labels  map[string]string
	Image   string            // the ID of its image, for the label of volumes that hold what it holds; empty where these are not used again
	Volumes map[string]string // mount target -> existing anonymous volume to mount there again
	API     string            // the version that is spoken with the engine; empty for the newest
}

// Create gives the options that create a container. What the engine is too old for is an
// error that names it.
func Create(p *types.Project, c Container) (client.ContainerCreateOptions, error) {
	var none client.ContainerCreateOptions
	if err := tooNew(c.Service, c.API); err != nil {
		return none, err
	}
	config, err := containerConfig(p, c)
	if err != nil {
		return none, err
	}
	host, err := hostConfig(p, c)
	if err != nil {
		return none, err
	}
	now, _, err := endpoints(p, c)
	if err != nil {
		return none, err
	}
	opts := client.ContainerCreateOptions{Config: config, HostConfig: host, Name: plan.ContainerName(p, c.Service, c.Number)}
	if len(now) > 0 {
		opts.NetworkingConfig = &network.NetworkingConfig{EndpointsConfig: map[string]*network.EndpointSettings{}}
		for _, e := range now {
			opts.NetworkingConfig.EndpointsConfig[e.Network] = e.Settings
		}
	}
	if c.Service.Platform != "" {
		opts.Platform = Platform(c.Service.Platform)
	}
	return opts, nil
}

func containerConfig(p *types.Project, c Container) (*container.Config, error) {
	s := c.Service
	exposed, err := exposedPorts(s)
	if err != nil {
		return nil, err
	}
	health, err := healthcheck(s)
	if err != nil {
		return nil, err
	}
	config := &container.Config{
		Hostname: s.Hostname, Domainname: s.DomainName, User: s.User,
		AttachStdout: true, AttachStderr: true, Tty: s.Tty, OpenStdin: s.StdinOpen, ExposedPorts: exposed,
		Env: Environment(s.Environment), Cmd: []string(s.Command), Entrypoint: []string(s.Entrypoint),
		Healthcheck: health, Image: plan.ImageName(p, s),
		WorkingDir: s.WorkingDir, Labels: c.Labels, StopSignal: s.StopSignal,
		NetworkDisabled: s.NetworkMode == "disabled",
	}
	if s.StopGracePeriod != nil {
		// Rounded up: 0 would mean to kill at once.
		seconds := int(math.Ceil(time.Duration(*s.StopGracePeriod).Seconds()))
		config.StopTimeout = &seconds
	}
	return config, nil
}

// Environment is NAME=value, sorted. A name without a value tells the engine to
// take the image's variable of that name away.
func Environment(values types.MappingWithEquals) []string {
	var env []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if value := values[name]; value != nil {
			name += "=" + *value
		}
		env = append(env, name)
	}
	return env
}

func healthcheck(s types.ServiceConfig) (*container.HealthConfig, error) {
	h := s.HealthCheck
	if h == nil {
		return nil, nil
	}
	if h.Disable {
		return &container.HealthConfig{Test: []string{"NONE"}}, nil
	}
	if h.StartInterval != nil && h.StartPeriod == nil {
		return nil, fail.New(fail.Config, "add start_period: how long the service may take to start",
			"service %s: healthcheck.start_interval has no effect without start_period", s.Name)
	}
	config := &container.HealthConfig{
		Test: h.Test, Interval: duration(h.Interval), Timeout: duration(h.Timeout),
		StartPeriod: duration(h.StartPeriod), StartInterval: duration(h.StartInterval),
	}
	if h.Retries != nil {
		config.Retries = int(min(*h.Retries, math.MaxInt32))
	}
	return config, nil
}

func duration(d *types.Duration) time.Duration {
	if d == nil {
		return 0
	}
	return time.Duration(*d)
}

// Labels are the labels of a container: the service's own, Compose's, devup's. What
// the plan compares later is not among them: it comes with the operation.
func Labels(p *types.Project, s types.ServiceConfig, number int, image string, inputs string) map[string]string {
	labels := maps.Clone(map[string]string(s.Labels))
	if labels == nil {
		labels = map[string]string{}
	}
	maps.Copy(labels, s.CustomLabels)
	maps.Copy(labels, map[string]string{
		plan.LabelProject: p.Name, plan.LabelService: s.Name, plan.LabelNumber: strconv.Itoa(number),
		plan.LabelOneOff: "False", plan.LabelImage: image, plan.LabelVersion: plan.ComposeVersion,
		plan.LabelWorkingDir: p.WorkingDir, plan.LabelFiles: strings.Join(p.ComposeFiles, ","),
		plan.LabelDependsOn: dependsOn(s),
	})
	if inputs != "" {
		labels[plan.LabelInputs] = inputs
	}
	if names := optional(s); len(names) > 0 {
		labels[plan.LabelOptional] = strings.Join(names, ",")
	}
	return labels
}

// optional are the services without which a service starts, too. Compose's label has no place
// for that.
func optional(s types.ServiceConfig) []string {
	return slices.DeleteFunc(plan.Dependencies(s), func(name string) bool {
		d, declared := s.DependsOn[name]
		return !declared || d.Required
	})
}

// dependsOn is Compose's notation: service:condition:restart, comma-separated.
func dependsOn(s types.ServiceConfig) string {
	var list []string
	for _, name := range plan.Dependencies(s) {
		d := s.DependsOn[name]
		condition := d.Condition
		if condition == "" {
			condition = types.ServiceConditionStarted
		}
		list = append(list, fmt.Sprintf("%s:%s:%t", name, condition, d.Restart))
	}
	return strings.Join(list, ",")
}

// Platform is os/architecture/variant, parsed. The loader has checked nothing
// of it: the engine says what it does not know.
func Platform(text string) *ocispec.Platform {
	parts := [3]string{}
	copy(parts[:], strings.SplitN(text, "/", 3))
	return &ocispec.Platform{OS: parts[0], Architecture: parts[1], Variant: parts[2]}
}
