package build

import (
	"slices"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

var noSpace = lazyregexp.New(`(?i)no space left on device|ENOSPC`)

// causes are what a build's output shows to be the matter, each with its stable name
// and with what to do about it. They are tried in this order; the first that matches a
// line counts.
var causes = []struct {
	reason  string
	pattern *lazyregexp.Regexp
	hint    string
}{
	{
		"disk-full", noSpace,
		"the engine's disk is full: `docker system prune` frees what no container uses",
	},
	{
		"certificate", lazyregexp.New(`(?i)self[- ]signed certificate|SELF_SIGNED_CERT_IN_CHAIN|CERTIFICATE_VERIFY_FAILED|unable to get local issuer certificate|UNABLE_TO_GET_ISSUER_CERT|certificate signed by unknown authority|SSL certificate problem|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|server certificate verification failed|certificate is NOT trusted`),
		"something between here and the internet intercepts TLS: name its CA bundle in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE (or DEVUP_CA) and run again",
	},
	{
		"entitlement", lazyregexp.New(`(?i)(?:security\.insecure|network\.host|entitlement\S*).*not allowed`),
		"the engine does not allow builds that much: name it in its daemon.json, as in \"builder\": {\"Entitlements\": {\"security-insecure\": true}}",
	},
	{
		"rate-limit", lazyregexp.New(`(?i)toomanyrequests|429 Too Many Requests|\bE429\b`),
		"a server limits how often one may ask it, and the limit is reached: wait, log in to it for a higher limit, or name a mirror",
	},
	{
		"lock-file", lazyregexp.New(`npm (ci|install).*can only install|package\.json and package-lock\.json.*(in sync|not in sync)|EUSAGE|ERR_PNPM_OUTDATED_LOCKFILE|lockfile needs to be updated|frozen-lockfile|changed significantly since poetry\.lock was last generated|Pipfile\.lock \(\w+\)(?: is)? out of date`),
		"the lock file does not match the list of packages beside it: run npm install (or yarn, pnpm install, poetry lock, pipenv lock) in the service's folder and commit the lock file",
	},
	{
		"dependency-conflict", lazyregexp.New(`ERESOLVE`),
		"the packages want versions that exclude each other: change package.json, or install with npm ci --legacy-peer-deps in the Dockerfile",
	},
	{
		"engine-inside", lazyregexp.New(`(?i)cannot connect to the docker daemon`),
		"the step wants a Docker engine, and there is none inside a build",
	},
	{
		"name-unknown", lazyregexp.New(`(?i)could not resolve host|temporary failure in name resolution|EAI_AGAIN|ENOTFOUND|no such host|name or service not known|NameResolutionError|Temporary failure resolving`),
		"a name could not be resolved inside the build: check the network and its DNS with devup doctor",
	},
	{
		"no-version", lazyregexp.New(`No matching distribution found for|Could not find a version that satisfies`),
		"pip finds no such package or version in its index for this Python: check the name and version in requirements.txt, and the index",
	},
	{
		"unreachable", lazyregexp.New(`(?i)ECONNREFUSED|connection refused|EHOSTUNREACH|no route to host|ETIMEDOUT|network is unreachable|i/o timeout|TLS handshake timeout|Connection timed out`),
		"a server could not be reached from inside the build: check the network, and HTTP_PROXY and HTTPS_PROXY",
	},
	{
		"not-found", lazyregexp.New(`E404|404 Not Found`),
		"a package or file does not exist at the address that was asked: check its name and version, and the registry",
	},
	{
		"access-denied", lazyregexp.New(`\bE40[13]\b|401 Unauthorized|403 Forbidden|pull access denied|authentication required|denied: `),
		"access was denied: log in to the registry (docker login, npm login), or check the name",
	},
	{
		"not-in-context", lazyregexp.New(`"/[^"]*":? not found|failed to calculate checksum of ref`),
		"the file is not in the build context: check the path in the Dockerfile, build.context, and .dockerignore",
	},
	{
		"native-build", lazyregexp.New(`pg_config executable not found|error: command '.*(gcc|cc)' failed|command 'gcc' failed|gcc: not found|Failed building wheel|not found: make|gyp ERR!`),
		"a package is compiled during its installation and lacks a compiler or library: install it in the Dockerfile (apt-get install build-essential), or take a version with a ready binary",
	},
	{
		"release-archived", lazyregexp.New(`does not have a Release file|The repository .* no longer has a Release file|archive\.debian\.org`),
		"the base image's Debian release is archived: take a newer base image",
	},
	{
		"openssl", lazyregexp.New(`ERR_OSSL_EVP_UNSUPPORTED|digital envelope routines`),
		"the build tools are older than this Node.js: set NODE_OPTIONS=--openssl-legacy-provider, or take Node 16",
	},
	{
		"memory", lazyregexp.New(`Killed|exit code: 137|ENOMEM|JavaScript heap out of memory`),
		"the step ran out of memory: give the engine more",
	},
	{
		"command-missing", lazyregexp.New(`exit code: 127|: not found$|command not found`),
		"a program is not in the image at this point: install it in the Dockerfile before this step",
	},
	{
		"builder-too-old", lazyregexp.New(`unsupported frontend capability`),
		"this engine's builder is too old for additional_contexts: use a newer engine, or begin the Dockerfile with # syntax=docker/dockerfile:1",
	},
	{
		"dockerfile", lazyregexp.New(`unknown instruction|unknown flag|parse error`),
		"correct the Dockerfile; if the instruction is new, the engine may be too old for it",
	},
}

// likely looks for a known cause in the lines: its stable name, and what to do about it;
// both are empty when there is none.
func likely(lines []string) (reason, hint string) {
	for _, known := range causes {
		if slices.ContainsFunc(lines, known.pattern.MatchString) {
			return known.reason, known.hint
		}
	}
	return "", ""
}
