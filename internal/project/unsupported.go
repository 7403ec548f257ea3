package project

import (
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
)

// unsupported are the keys of a service that devup does not carry out. Each is
// refused by name: a project in which one was ignored would look as if it ran.
var unsupported = []struct {
	key, why, hint string
	used           func(types.ServiceConfig) bool
}{
	{
		"provider", "is run by a program beside the engine, which devup does not start", "leave the service out with a profile, or start what it stands for by hand",
		func(s types.ServiceConfig) bool { return s.Provider != nil },
	},
	{
		"pre_start", "wants containers that run before it, which devup does not do", "make a service of the hook, and let this one depend on it with the condition service_completed_successfully",
		func(s types.ServiceConfig) bool { return len(s.PreStart) > 0 },
	},
	{
		"models", "wants a model of Docker Model Runner, which devup does not start", "run the model as a service, or leave this one out with a profile",
		func(s types.ServiceConfig) bool { return len(s.Models) > 0 },
	},
	{
		"use_api_socket", "wants the engine's socket and the credentials of this machine, and devup hands out no credentials", "mount /var/run/docker.sock under volumes, if the socket is enough",
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
			e.File, e.Line = locate(l.sources, "services", name, u.key)
			return e
		}
	}
	return nil
}
