package registry

import (
	"testing"

	"github.com/devup-cli/devup/internal/diagnose"
)

// TestExplain has the words of engines and registries, as they were seen.
func TestExplain(t *testing.T) {
	t.Parallel()
	login := Login{Username: "ada", Password: "lovelace"}
	aws := "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1"
	tests := []struct {
		name, text string
		attempt    Attempt
		reason     string
		sentence   string
		hint       string
	}{
		{
			"no login", `Head "http://127.0.0.1:5000/v2/shop/web/manifests/1": no basic auth credentials`,
			Attempt{Image: "127.0.0.1:5000/shop/web:1"},
			diagnose.LoginNeeded, "127.0.0.1:5000 requires a login", "log in with `docker login 127.0.0.1:5000`",
		},
		{
			"no login, said by containerd", `failed to resolve reference "r.example/web:1": pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`,
			Attempt{Image: "r.example/web:1"},
			diagnose.LoginNeeded, "r.example requires a login", "log in with `docker login r.example`",
		},
		{
			"no login at AWS", `Head "https://` + aws + `": no basic auth credentials`,
			Attempt{Image: aws},
			diagnose.LoginNeeded, "123456789012.dkr.ecr.eu-west-1.amazonaws.com requires a login",
			"log in with `aws ecr get-login-password --region eu-west-1 | docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-west-1.amazonaws.com`",
		},
		{
			"a login that ran out at AWS", `pull access denied for ` + aws + `, repository does not exist or may require 'docker login': denied: Your authorization token has expired. Reauthenticate and try again.`,
			Attempt{Image: aws, Login: login},
			diagnose.LoginRefused, "123456789012.dkr.ecr.eu-west-1.amazonaws.com refuses the login that is stored for it",
			"log in again with `aws ecr get-login-password --region eu-west-1 | docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-west-1.amazonaws.com`",
		},
		{
			"a wrong password", `Head "https://r.example/v2/web/manifests/1": unauthorized: authentication required`,
			Attempt{Image: "r.example/web:1", Login: login},
			diagnose.LoginRefused, "r.example refuses the login that is stored for it", "log in again with `docker login r.example`",
		},
		{
			"a wrong password at Docker Hub", `Head "https://registry-1.docker.io/v2/ada/web/manifests/1": unauthorized: incorrect username or password`,
			Attempt{Image: "ada/web:1", Login: login},
			diagnose.LoginRefused, "docker.io refuses the login that is stored for it", "log in again with `docker login`",
		},
		{
			"private or not there", `pull access denied for ada/web, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
			Attempt{Image: "ada/web"},
			diagnose.LoginNeeded, "docker.io has no such image, or requires a login for it", "check the image's name; if it is private, log in with `docker login`",
		},
		{
			"private or not there, and logged in", `error from registry: denied`,
			Attempt{Image: "ghcr.io/ada/web", Login: login},
			diagnose.Forbidden, "ghcr.io has no such image, or does not show it to this login", "check the image's name and the rights of the account, or log in as another user with `docker login ghcr.io`",
		},
		{
			"no helper", `no basic auth credentials`,
			Attempt{Image: "r.example/web", Login: Login{Trouble: "the credential helper docker-credential-x is not installed here"}},
			diagnose.LoginNeeded, "r.example requires a login", "the credential helper docker-credential-x is not installed here: fix that, or log in with `docker login r.example`",
		},
		{
			"no such tag", `manifest for redis:nope not found: manifest unknown: manifest unknown`,
			Attempt{Image: "redis:nope"},
			diagnose.ImageUnknown, "docker.io has no such image or tag", "check the image's name and tag",
		},
		{
			"the limit", `toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit`,
			Attempt{Image: "redis"},
			"rate-limit", "docker.io limits pulls, and the limit is reached", "wait, or log in with `docker login` for a higher limit",
		},
		{
			"no such host", `Get "https://registry.invalid/v2/": dial tcp: lookup registry.invalid on 10.0.0.1:53: no such host`,
			Attempt{Image: "registry.invalid/x"},
			diagnose.RegistryUnreachable, "the name registry.invalid cannot be resolved", "check the image's name, and the network and its DNS with `devup doctor`",
		},
		{
			"nobody there", `Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused`,
			Attempt{Image: "127.0.0.1:1/x/y"},
			diagnose.RegistryUnreachable, "127.0.0.1:1 cannot be reached: connection refused", "check the network, and the engine's proxy if there is one",
		},
		{
			"no answer", `Get "https://r.example/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)`,
			Attempt{Image: "r.example/x"},
			diagnose.RegistryUnreachable, "r.example cannot be reached: Timeout exceeded", "check the network, and the engine's proxy if there is one",
		},
		{
			"an unknown authority", `Get "https://r.example:8443/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
			Attempt{Image: "r.example:8443/x"},
			"certificate", "the engine does not trust the certificate of r.example:8443", "give the engine the CA: /etc/docker/certs.d/r.example:8443/ca.crt on its machine",
		},
		{
			"no TLS", `Get "https://r.example:5000/v2/": http: server gave HTTP response to HTTPS client`,
			Attempt{Image: "r.example:5000/x"},
			"certificate", "r.example:5000 speaks HTTP, not HTTPS", "name it under insecure-registries in the engine's daemon.json",
		},
		{
			"not for this machine", `no matching manifest for linux/arm64/v8 in the manifest list entries: no match for platform in manifest: not found`,
			Attempt{Image: "r.example/x"},
			"platform", "it is not made for linux/arm64/v8", "use an image that is, or set platform of the service (or DOCKER_DEFAULT_PLATFORM) to one that this image has, which the engine then emulates if it can",
		},
		{
			"not for the platform of the service", `image with reference x was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)`,
			Attempt{Image: "x", Platform: "linux/arm64"},
			"platform", "it is not made for linux/arm64", "use an image that is, or set platform of the service (or DOCKER_DEFAULT_PLATFORM) to one that this image has, which the engine then emulates if it can",
		},
		{
			"no room", `write /var/lib/docker/tmp/GetImageBlob1: no space left on device`,
			Attempt{Image: "x"},
			diagnose.DiskFull, "the engine's disk is full", "free space on it, for instance with `docker system prune`",
		},
		{
			"trouble over there", `received unexpected HTTP status: 503 Service Unavailable`,
			Attempt{Image: "r.example/x"},
			"registry-broken", "r.example answers with an error: 503 Service Unavailable", "try again in a while",
		},
		{
			"something else", `Error response from daemon: the moon is full`,
			Attempt{Image: "r.example/x"},
			"", "the moon is full", "check the image's name, and that the engine reaches r.example",
		},
		{
			"a push without a login", `no basic auth credentials`,
			Attempt{Image: "r.example/x", Push: true},
			diagnose.LoginNeeded, "r.example requires a login", "log in with `docker login r.example`",
		},
		{
			"a push of a name alone", `denied: requested access to the resource is denied`,
			Attempt{Image: "shop:1", Push: true, Login: login},
			diagnose.Forbidden, "a name without a registry and an account stands for an image of Docker's own on Docker Hub",
			"call the image docker.io/USER/shop:1 for Docker Hub, after `docker login`, or HOST/shop:1 for another registry",
		},
		{
			"a push of a name alone without a network", `lookup registry-1.docker.io on 10.0.0.1:53: no such host`,
			Attempt{Image: "docker.io/library/shop", Push: true},
			diagnose.RegistryUnreachable, "the name registry-1.docker.io cannot be resolved",
			"call the image docker.io/USER/shop for Docker Hub, after `docker login`, or HOST/shop for another registry",
		},
		{
			"a push to somebody else's", `denied: requested access to the resource is denied`,
			Attempt{Image: "ada/x", Push: true, Login: login},
			diagnose.Forbidden, "docker.io denies this login the right to push there", "check the image's name and the rights of the account, or log in as another user with `docker login`",
		},
		{
			"a push to no repository", `name unknown: The repository with name 'shop/web' does not exist in the registry with id '123456789012'`,
			Attempt{Image: aws, Push: true, Login: login},
			diagnose.ImageUnknown, "123456789012.dkr.ecr.eu-west-1.amazonaws.com has no such repository", "create the repository there first, or check the image's name",
		},
		{
			"a push of nothing", `An image does not exist locally with the tag: r.example/x`,
			Attempt{Image: "r.example/x", Push: true},
			diagnose.NotLocal, "it is not on this engine yet", "build it first: `devup build`",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := Explain(test.text, test.attempt)
			if got.Reason != test.reason || got.Sentence != test.sentence || got.Hint != test.hint {
				t.Errorf("got  %s: %q\n     %q\nwant %s: %q\n     %q", got.Reason, got.Sentence, got.Hint, test.reason, test.sentence, test.hint)
			}
		})
	}
}

func TestLoginCommand(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		Hub:                                     "docker login",
		"ghcr.io":                               "docker login ghcr.io",
		"shop.jfrog.io":                         "docker login shop.jfrog.io",
		"r.example:5000":                        "docker login r.example:5000",
		"public.ecr.aws":                        "aws ecr-public get-login-password --region us-east-1 | docker login --username AWS --password-stdin public.ecr.aws",
		"1.dkr.ecr.cn-north-1.amazonaws.com.cn": "aws ecr get-login-password --region cn-north-1 | docker login --username AWS --password-stdin 1.dkr.ecr.cn-north-1.amazonaws.com.cn",
		"1.dkr.ecr-fips.us-gov-west-1.amazonaws.com": "aws ecr get-login-password --region us-gov-west-1 | docker login --username AWS --password-stdin 1.dkr.ecr-fips.us-gov-west-1.amazonaws.com",
	} {
		if got := LoginCommand(host); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", host, got, want)
		}
	}
}
