package build

import (
	"context"

	"github.com/docker/cli/cli/config/types"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/auth/authprovider"
	"github.com/moby/buildkit/session/secrets/secretsprovider"
	"github.com/moby/buildkit/session/sshforward/sshprovider"

	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/untrusted"
)

// attachables are the services that the engine may call back during a build:
// registry credentials, secrets and SSH agents.
func (b *buildKit) attachables(s Spec, grant egress.Grant) ([]session.Attachable, error) {
	secrets, err := secretValues(s)
	if err != nil {
		return nil, err
	}
	for _, file := range grant.All() {
		secrets[file.Name] = file.Content
	}
	list := []session.Attachable{
		authprovider.NewDockerAuthProvider(authprovider.DockerAuthProviderConfig{AuthConfigProvider: b.credentials}),
		secretsprovider.FromMap(secrets),
	}
	if len(s.SSH) == 0 {
		return list, nil
	}
	agents, err := b.options.agents(s)
	return append(list, agents), err
}

func secretValues(s Spec) (map[string][]byte, error) {
	values := map[string][]byte{}
	for _, secret := range s.Secrets {
		if secret.File == "" {
			values[secret.ID] = []byte(secret.Value)
			continue
		}
		data, err := untrusted.ReadFile(secret.File, untrusted.MaxText)
		if err != nil {
			e := configError(s, err, "create the file, or change the secret in the project's file", "the secret %q of the build of %s cannot be read", secret.ID, s.Service)
			e.File = s.relative(secret.File)
			return nil, e
		}
		values[secret.ID] = data
	}
	return values, nil
}

// agents hands the user's SSH agent or the keys of the build section on.
func (o Options) agents(s Spec) (session.Attachable, error) {
	var agents []sshprovider.AgentConfig
	for _, key := range s.SSH {
		path := key.Path
		if path == "" {
			path, _ = o.LookupEnv("SSH_AUTH_SOCK")
		}
		if path == "" {
			return nil, configError(s, nil, "start one (eval $(ssh-agent); ssh-add), or name a key under build.ssh", "the build of %s needs an SSH agent, and SSH_AUTH_SOCK is not set", s.Service)
		}
		agents = append(agents, sshprovider.AgentConfig{ID: key.ID, Paths: []string{path}})
	}
	provider, err := sshprovider.NewSSHAgentProvider(agents)
	if err != nil {
		return nil, configError(s, err, "check the socket or key that build.ssh names", "the SSH agent for the build of %s cannot be used: %v", s.Service, err)
	}
	return provider, nil
}

// credentials answers BuildKit, which asks when a registry does. Which of its own
// answers BuildKit keeps for how long is its own affair.
func (o Options) credentials() authprovider.AuthConfigProvider {
	return func(ctx context.Context, host string, _ []string, _ authprovider.ExpireCachedAuthCheck) (types.AuthConfig, error) {
		l := o.Logins.For(ctx, host)
		return types.AuthConfig{
			Username: l.Username, Password: l.Password, ServerAddress: l.Server,
			IdentityToken: l.IdentityToken, RegistryToken: l.RegistryToken,
		}, nil
	}
}
