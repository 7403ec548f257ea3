package localcall

import (
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

// Address is what a URL in a file says of the service it points at.
type Address struct {
	Port   int    // 0 where the URL names none
	Path   string // "/api", or empty
	Socket bool   // ws:// or wss://
}

var (
	localURL = lazyregexp.New(`^(?:https?|wss?)://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|host\.docker\.internal|[\w-]+)(?::(\d{2,5}))?(/[^\s"'` + "`" + `,?#]*)?$`)
	// https://4567-${GITPOD_WORKSPACE_ID}.${GITPOD_WORKSPACE_CLUSTER_HOST}/api and https://4567-name.ws-eu1.gitpod.io
	gitpodURL = lazyregexp.New(`^https?://(\d{2,5})-(?:\$\{?GITPOD_\w+\}?|[\w-]+)\.(?:\$\{?GITPOD_\w+\}?|[\w.-]*gitpod\.io)(/[^\s"']*)?$`)
	// https://${CODESPACE_NAME}-4567.${GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN} and https://name-4567.app.github.dev
	codespacesURL = lazyregexp.New(`^https?://(?:\$\{?CODESPACE_NAME\}?|[\w-]+)-(\d{2,5})\.(?:\$\{?GITHUB_CODESPACES_\w+\}?|[\w.-]*(?:github\.dev|githubpreview\.dev))(/[^\s"']*)?$`)
)

// ParseURL knows URLs of this machine, of Gitpod and of Codespaces. All others
// point out of the project.
func ParseURL(text string) (Address, bool) {
	for _, pattern := range []*lazyregexp.Regexp{gitpodURL, codespacesURL, localURL} {
		if match := pattern.FindStringSubmatch(strings.TrimSpace(text)); match != nil {
			port, ok := stack.PortNumber(match[1])
			if !ok && match[1] != "" {
				continue
			}
			return Address{port, match[2], strings.HasPrefix(strings.TrimSpace(text), "ws")}, true
		}
	}
	return Address{}, false
}
