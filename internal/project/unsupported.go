package project

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/composefile"
	"github.com/devup-cli/devup/internal/fail"
)

// unsupported are the keys of a service that devup does not carry out. Each is
// refused by name: a project in which one was ignored would look as if it ran.
var unsupported = []struct {
	key, why, hint string
	used           func(types.ServiceConfig) bool
}{
	{
		"pre_start", "asks for hooks per replica, which devup does not support", "remove per_replica: the hooks run once, before the first container starts",
		func(s types.ServiceConfig) bool {
			return slices.ContainsFunc(s.PreStart, func(h types.PreStartHook) bool { return h.PerReplica })
		},
	},
	{
		"use_api_socket", "needs the engine's socket and this machine's credentials, which devup does not pass on", "mount /var/run/docker.sock under volumes, if the socket is enough",
		func(s types.ServiceConfig) bool { return s.UseAPISocket },
	},
	{
		"credential_spec", "is an account for containers of Windows, which devup does not run", "remove it",
		func(s types.ServiceConfig) bool { return s.CredentialSpec != nil },
	},
	{
		"umask", "has no counterpart in the engine", "set it in the command: sh -c \"umask 027; exec …\"",
		func(s types.ServiceConfig) bool { return s.Umask != nil },
	},
}

// refuseProvider refuses a provider that waits for a container: providers run before all
// containers, whose variables they set.
func (l *loading) refuseProvider(p *Project) error {
	for _, name := range p.ServiceNames() {
		if p.Services[name].Provider == nil {
			continue
		}
		for _, other := range slices.Sorted(maps.Keys(p.Services[name].DependsOn)) {
			if p.Services[other].Provider != nil {
				continue
			}
			e := composefile.Failure(nil, l.set.Files, []string{"services", name, "depends_on"}, "service %s has a provider and depends on %s, but providers run before all containers", name, other)
			e.Service = name
			return composefile.WithHint(e, "remove the dependency")
		}
	}
	return nil
}

// refuse gives the first key of a service that devup does not carry out, with
// its file and line; nil when there is none.
func (l *loading) refuse(p *Project) error {
	for _, name := range p.ServiceNames() {
		for _, u := range unsupported {
			if !u.used(p.Services[name]) {
				continue
			}
			e := fail.New(fail.Config, u.hint, "service %s says %s: it %s", name, u.key, u.why)
			e.Service = name
			e.File, e.Line = composefile.Locate(l.set.Files, "services", name, u.key)
			return e
		}
	}
	return nil
}

// unsupportedBuild are the values of a build section that no builder of an engine
// carries out. Each gives what stands there, or nothing where it can be done.
var unsupportedBuild = []struct {
	key, why, hint string
	value          func(*types.BuildConfig) string
}{
	{
		"network", "BuildKit builds in the engine's own network, or in host or none, and joins no other", "set it to host or none, or remove it; a server that the build needs is reached by its published port with network: host",
		func(b *types.BuildConfig) string {
			if slices.Contains([]string{"", "default", "host", "none"}, b.Network) {
				return ""
			}
			return b.Network
		},
	},
	{
		"isolation", "it is about containers of Windows, which devup does not build", "remove it",
		func(b *types.BuildConfig) string {
			if b.Isolation == "default" {
				return ""
			}
			return b.Isolation
		},
	},
	{
		"extra_hosts", "a build takes addresses only", "write an IP address, or host-gateway for the engine's machine",
		func(b *types.BuildConfig) string {
			for _, name := range slices.Sorted(maps.Keys(b.ExtraHosts)) {
				for _, address := range b.ExtraHosts[name] {
					if address != "host-gateway" && net.ParseIP(strings.Trim(address, "[]")) == nil {
						return name + "=" + address
					}
				}
			}
			return ""
		},
	},
	{
		"additional_contexts", "OCI layouts are not supported", "use a directory, docker-image:// or a URL",
		func(b *types.BuildConfig) string {
			for _, name := range slices.Sorted(maps.Keys(b.AdditionalContexts)) {
				if strings.HasPrefix(b.AdditionalContexts[name], "oci-layout://") {
					return name + "=" + b.AdditionalContexts[name]
				}
			}
			return ""
		},
	},
}

// refuseBuild gives the first value of a build section that no builder carries
// out, with its file and line, and notes what a build leaves aside.
func (l *loading) refuseBuild(p *Project) error {
	for _, name := range p.ServiceNames() {
		b := p.Services[name].Build
		if b == nil {
			continue
		}
		for _, u := range unsupportedBuild {
			value := u.value(b)
			if value == "" {
				continue
			}
			e := fail.New(fail.Config, u.hint, "service %s says build.%s: %s, and %s", name, u.key, value, u.why)
			e.Service = name
			e.File, e.Line = composefile.Locate(l.set.Files, "services", name, "build", u.key)
			return e
		}
		for _, s := range b.Secrets {
			if s.UID != "" || s.GID != "" || s.Mode != nil {
				l.notes = append(l.notes, "uid, gid and mode of the build secret "+s.Source+" of "+name+" have no effect: in a build they are said at the RUN --mount that uses it")
			}
		}
	}
	return nil
}

// defaultPlatform gives the services without a platform that of
// DOCKER_DEFAULT_PLATFORM. Those whose build lists platforms take one of the list.
func (l *loading) defaultPlatform(p *Project) error {
	wanted := l.set.Env["DOCKER_DEFAULT_PLATFORM"]
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		if s.Platform == "" {
			s.Platform = wanted
		}
		if s.Build != nil && len(s.Build.Platforms) > 0 && s.Platform != "" && !slices.Contains(s.Build.Platforms, s.Platform) {
			e := fail.New(fail.Config, "add it to build.platforms, or change platform (or DOCKER_DEFAULT_PLATFORM)", "service %s runs on %s, and its build is for %s only", name, s.Platform, strings.Join(s.Build.Platforms, ", "))
			e.Service = name
			e.File, e.Line = composefile.Locate(l.set.Files, "services", name, "build", "platforms")
			return e
		}
		p.Services[name] = s
	}
	return nil
}

// Keys that mean something on another machine or in a swarm. `docker compose up` passes
// over those of a swarm, so devup does too and says so; what a service cannot do without
// is refused.

// swarmKeys are the keys of deploy that only a swarm carries out.
var swarmKeys = []struct {
	key  string
	used func(*types.DeployConfig) bool
}{
	{"mode", func(d *types.DeployConfig) bool { return d.Mode != "" && d.Mode != "replicated" }},
	{"placement", func(d *types.DeployConfig) bool {
		return len(d.Placement.Constraints)+len(d.Placement.Preferences) > 0 || d.Placement.MaxReplicas > 0
	}},
	{"update_config", func(d *types.DeployConfig) bool { return d.UpdateConfig != nil }},
	{"rollback_config", func(d *types.DeployConfig) bool { return d.RollbackConfig != nil }},
	{"endpoint_mode", func(d *types.DeployConfig) bool { return d.EndpointMode != "" }},
}

// swarmNotes names each key of a swarm once, with the first place that has it.
func (l *loading) swarmNotes(p *Project) {
	for _, swarm := range swarmKeys {
		var services []string
		for _, name := range p.ServiceNames() {
			if d := p.Services[name].Deploy; d != nil && swarm.used(d) {
				services = append(services, name)
			}
		}
		if len(services) == 0 {
			continue
		}
		file, line := composefile.Locate(l.set.Files, "services", services[0], "deploy", swarm.key)
		l.notes = append(l.notes, fmt.Sprintf("%s: deploy.%s has a meaning in a swarm only, and is left out (%s:%d)",
			strings.Join(services, ", "), swarm.key, filepath.Base(file), line))
	}
	if jobs := slices.Sorted(maps.Keys(p.Jobs)); len(jobs) > 0 {
		file, line := composefile.Locate(l.set.Files, "jobs")
		l.notes = append(l.notes, fmt.Sprintf("jobs are not run by up: %s (%s:%d)", strings.Join(jobs, ", "), filepath.Base(file), line))
	}
}

// refuseExternal refuses secrets and configs that only a swarm keeps, where a service
// wants one.
func (l *loading) refuseExternal(p *Project) error {
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		for _, secret := range s.Secrets {
			if bool(p.Secrets[secret.Source].External) {
				return l.external("secret", secret.Source, name)
			}
		}
		for _, config := range s.Configs {
			if bool(p.Configs[config.Source].External) {
				return l.external("config", config.Source, name)
			}
		}
		for i, mount := range s.Volumes {
			if mount.Type == types.VolumeTypeCluster {
				e := composefile.Failure(nil, l.set.Files, []string{"services", name, "volumes", strconv.Itoa(i)}, "service %s mounts a volume of the type cluster, which only a swarm has", name)
				return composefile.WithHint(e, "use type: volume")
			}
		}
	}
	return nil
}

func (l *loading) external(kind, name, service string) *fail.Error {
	e := composefile.Failure(nil, l.set.Files, []string{kind + "s", name, "external"}, "the %s %s is external, which only a swarm has, and service %s needs it", kind, name, service)
	e.Service = service
	return composefile.WithHint(e, fmt.Sprintf("give it a file instead, for example in devup.yaml: %ss: {%s: !override {file: ./%s.txt}}", kind, name, name))
}

// models tells the services that use models where these are and what they are called, in the
// variables that Docker Compose sets too. Without the address of a server it is an error that
// a service needs one: devup starts none.
func (l *loading) models(p *Project) error {
	for _, service := range p.ServiceNames() {
		used := p.Services[service].Models
		if len(used) > 0 && l.options.ModelURL == "" {
			e := composefile.Failure(nil, l.set.Files, []string{"services", service, "models"}, "service %s needs models: devup starts none, and the setting model_url names no server that has them", service)
			e.Service = service
			return composefile.WithHint(e, "set DEVUP_MODEL_URL to the URL of a server with OpenAI's API, as containers reach it")
		}
		for _, name := range slices.Sorted(maps.Keys(used)) {
			setEnvironment(p, service, modelVariables(name, used[name], p.Models[name].Model, l.options.ModelURL))
		}
	}
	return nil
}

// modelVariables are those of one model, under the names that a service gives them.
func modelVariables(name string, c *types.ServiceModelConfig, model, url string) map[string]string {
	if c == nil {
		c = &types.ServiceModelConfig{}
	}
	prefix := strings.ReplaceAll(strings.ToUpper(name), "-", "_")
	return map[string]string{cmp.Or(c.ModelVariable, prefix+"_MODEL"): model, cmp.Or(c.EndpointVariable, prefix+"_URL"): url}
}

// setEnvironment is [Project.AddEnvironment] for variables that replace those of the service.
func setEnvironment(p *Project, service string, variables map[string]string) {
	for name := range variables {
		delete(p.Services[service].Environment, name)
		delete(p.declared[service], name)
	}
	p.AddEnvironment(service, variables)
}
