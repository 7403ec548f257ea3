package urls

import (
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/symbol"
)

// cloudForms are the ways in which cloud workspaces write the address of a port, where
// it can be told from the address without doubt. Each has the port as its group "port".
// A variable part is either spelt out or the token of the variable that the cloud sets.
// What a platform puts under a path or a bare port number looks like anybody's server.
var cloudForms = compileForms(
	// Gitpod: https://4567-<workspace>.ws-eu1.gitpod.io
	`(?P<port>\d{2,5})-(?:{word}|{GITPOD_WORKSPACE_ID})\.(?:{GITPOD_WORKSPACE_CLUSTER_HOST}|(?:[a-z0-9-]+\.)?gitpod\.io)`,
	// Ona: https://4567--<environment>.<region>.gitpod.dev
	`(?P<port>\d{2,5})--{word}\.(?:[a-z0-9-]+\.)*gitpod\.dev`,
	// Codespaces: https://<codespace>-4567.app.github.dev
	`(?:{CODESPACE_NAME}|{word})-(?P<port>\d{2,5})\.(?:{GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN}|(?:preview\.)?app\.github\.dev|githubpreview\.dev)`,
	// Coder, at a domain of the company's own; an "s" says that the port speaks TLS:
	// https://4567--<agent>--<workspace>--<owner>.coder.example.com
	`(?P<port>\d{4,5})s?--{name}--{name}--{name}\.(?:{word}\.)+[a-z]{2,}`,
	// GitLab, at a domain of the company's own: https://4567-workspace-<agent>-<user>-<id>.workspaces.example.com
	`(?P<port>\d{2,5})-workspace-{word}\.(?:{word}\.)+[a-z]{2,}`,
	// Cloud Workstations, Firebase Studio: https://4567-<workstation>.<cluster>.cloudworkstations.dev;
	// Cloud Shell: https://4567-cs-<id>-default.cs-<region>.cloudshell.dev
	`(?P<port>\d{2,5})-{word}\.(?:{word}\.)?(?:cloudworkstations|cloudshell)\.dev`,
	// CodeSandbox: https://<id>-4567.csb.app; dev tunnels: https://<id>-4567.euw.devtunnels.ms
	`{word}-(?P<port>\d{2,5})\.(?:csb\.app|(?:{word}\.)?devtunnels\.ms)`,
	// Daytona: https://4567-<sandbox>.proxy.daytona.works
	`(?P<port>\d{4,5})-{word}\.(?:{word}\.)*daytona\.works?`,
)

func compileForms(forms ...string) []*lazyregexp.Regexp {
	compiled := make([]*lazyregexp.Regexp, len(forms))
	for i, form := range forms {
		form = strings.ReplaceAll(form, "{word}", `[a-z0-9](?:[a-z0-9-]*[a-z0-9])?`)
		form = strings.ReplaceAll(form, "{name}", `[a-z0-9]+(?:-[a-z0-9]+)*`) // without the "--" that divides names
		for _, name := range symbol.CloudVariables {
			form = strings.ReplaceAll(form, "{"+name+"}", symbol.TokenPattern(name))
		}
		compiled[i] = lazyregexp.New(`(?P<scheme>(?:(?:https?|wss?)://)?)` + form)
	}
	return compiled
}

// cloudURLs replaces the cloud addresses in s whose port is known. ports leads
// from the port in the address to the host port. urls are the replacements that
// differ from what stood there, in the order in which they stand in s.
func cloudURLs(s string, ports map[int]int, urlOf func(port int) string) (text string, urls []string) {
	for _, form := range cloudForms {
		var out strings.Builder
		done := 0
		for _, m := range form.FindAllStringSubmatchIndex(s, -1) {
			group := func(name string) string {
				i := 2 * form.SubexpIndex(name)
				return s[m[i]:m[i+1]]
			}
			n, _ := strconv.Atoi(group("port")) // two to five digits
			port := ports[n]
			if port == 0 || !wholeHost(s, m[0], m[1], group("scheme")) {
				continue
			}
			replacement := withScheme(urlOf(port), group("scheme"))
			if replacement != s[m[0]:m[1]] && !slices.Contains(urls, replacement) {
				urls = append(urls, replacement)
			}
			out.WriteString(s[done:m[0]])
			out.WriteString(replacement)
			done = m[1]
		}
		out.WriteString(s[done:])
		s = out.String()
	}
	return s, urls
}

// wholeHost tells whether s[start:end] is a host name and not a part of one.
func wholeHost(s string, start, end int, scheme string) bool {
	if scheme == "" && start > 0 && inHost(s[start-1]) {
		return false
	}
	rest := strings.TrimPrefix(s[end:], ".")
	return rest == "" || !inHost(rest[0])
}

func inHost(c byte) bool {
	return c == '-' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// withScheme gives the URL the kind of scheme that the replaced one had: none,
// one for WebSockets, or its own.
func withScheme(url, like string) string {
	url = strings.TrimSuffix(url, "/")
	switch {
	case like == "":
		_, host, _ := strings.Cut(url, "://")
		return host
	case strings.HasPrefix(like, "ws"):
		return "ws" + strings.TrimPrefix(url, "http")
	default:
		return url
	}
}
