package build

import (
	"regexp"

	"github.com/devup-cli/devup/internal/fail"
)

// cause is what a build's output shows to be the matter.
type cause struct {
	hint string
	code fail.Code // empty: BuildFailed
}

// causes are tried in this order; the first that matches a line counts.
var causes = []struct {
	pattern *regexp.Regexp
	cause   cause
}{
	{
		regexp.MustCompile(`(?i)no space left on device|ENOSPC`),
		cause{"the engine's disk is full: docker system prune frees what no container uses", fail.DiskFull},
	},
	{
		regexp.MustCompile(`(?i)self[- ]signed certificate|SELF_SIGNED_CERT_IN_CHAIN|CERTIFICATE_VERIFY_FAILED|unable to get local issuer certificate|UNABLE_TO_GET_ISSUER_CERT|certificate signed by unknown authority|SSL certificate problem`),
		cause{hint: "something between here and the internet intercepts TLS: name its CA bundle in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE (or DEVUP_CA) and run again"},
	},
	{
		regexp.MustCompile(`npm (ci|install).*can only install|package\.json and package-lock\.json.*(in sync|not in sync)|EUSAGE|ERR_PNPM_OUTDATED_LOCKFILE|lockfile needs to be updated|frozen-lockfile`),
		cause{hint: "the lock file does not match package.json: run npm install (or yarn, pnpm install) in the service's folder and commit the lock file"},
	},
	{
		regexp.MustCompile(`ERESOLVE`),
		cause{hint: "the packages want versions that exclude each other: change package.json, or install with npm ci --legacy-peer-deps in the Dockerfile"},
	},
	{
		regexp.MustCompile(`(?i)could not resolve host|temporary failure in name resolution|EAI_AGAIN|ENOTFOUND|no such host|name or service not known|NameResolutionError|Temporary failure resolving`),
		cause{hint: "a name could not be resolved inside the build: check the network and its DNS with devup doctor"},
	},
	{
		regexp.MustCompile(`No matching distribution found for|Could not find a version that satisfies`),
		cause{hint: "pip finds no such package or version in its index for this Python: check the name and version in requirements.txt, and the index"},
	},
	{
		regexp.MustCompile(`(?i)ECONNREFUSED|connection refused|ETIMEDOUT|network is unreachable|i/o timeout|TLS handshake timeout|Connection timed out`),
		cause{hint: "a server could not be reached from inside the build: check the network, and HTTP_PROXY and HTTPS_PROXY"},
	},
	{
		regexp.MustCompile(`E404|404 Not Found`),
		cause{hint: "a package or file does not exist at the address that was asked: check its name and version, and the registry"},
	},
	{
		regexp.MustCompile(`\bE40[13]\b|401 Unauthorized|403 Forbidden|pull access denied|authentication required|denied: `),
		cause{hint: "access was denied: log in to the registry (docker login, npm login), or check the name"},
	},
	{
		regexp.MustCompile(`"/[^"]*":? not found|failed to calculate checksum of ref`),
		cause{hint: "the file is not in the build context: check the path in the Dockerfile, build.context, and .dockerignore"},
	},
	{
		regexp.MustCompile(`pg_config executable not found|error: command '.*(gcc|cc)' failed|command 'gcc' failed|gcc: not found|Failed building wheel|not found: make|gyp ERR!`),
		cause{hint: "a package is compiled during its installation and lacks a compiler or library: install it in the Dockerfile (apt-get install build-essential), or take a version with a ready binary"},
	},
	{
		regexp.MustCompile(`does not have a Release file|The repository .* no longer has a Release file|archive\.debian\.org`),
		cause{hint: "the base image's Debian release is archived: take a newer base image"},
	},
	{
		regexp.MustCompile(`ERR_OSSL_EVP_UNSUPPORTED|digital envelope routines`),
		cause{hint: "the build tools are older than this Node.js: set NODE_OPTIONS=--openssl-legacy-provider, or take Node 16"},
	},
	{
		regexp.MustCompile(`Killed|exit code: 137|ENOMEM|JavaScript heap out of memory`),
		cause{hint: "the step ran out of memory: give the engine more"},
	},
	{
		regexp.MustCompile(`exit code: 127|: not found$|command not found`),
		cause{hint: "a program is not in the image at this point: install it in the Dockerfile before this step"},
	},
	{
		regexp.MustCompile(`unsupported frontend capability`),
		cause{hint: "this engine's builder is too old for additional_contexts: use a newer engine, or begin the Dockerfile with # syntax=docker/dockerfile:1"},
	},
	{
		regexp.MustCompile(`unknown instruction|unknown flag|parse error`),
		cause{hint: "correct the Dockerfile; if the instruction is new, the engine may be too old for it"},
	},
}

// likelyCause looks for a known cause; the zero cause when there is none.
func likelyCause(lines []string) cause {
	for _, known := range causes {
		for _, line := range lines {
			if known.pattern.MatchString(line) {
				return known.cause
			}
		}
	}
	return cause{hint: "the step's last lines tell more"}
}
