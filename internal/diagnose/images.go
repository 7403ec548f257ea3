package diagnose

import "github.com/devup-cli/devup/internal/diagnose/rule"

// buildRules are about what happens in builds alone.
var buildRules = []rule.Rule{
	{
		Reason: "rate-limit", Scope: Build, Rank: rule.First, Pattern: re(`(?i)toomanyrequests|429 Too Many Requests|\bE429\b`),
		Sentence: "a server limits requests, and the limit is reached", Hint: "wait, log in to the server for a higher limit, or name a mirror",
	},
	{
		Reason: "entitlement", Scope: Build, Rank: rule.High, Pattern: re(`(?i)(?:security\.insecure|network\.host|entitlement\S*).*not allowed`),
		Sentence: "the engine does not allow builds what this one needs", Hint: "name it in the engine's daemon.json, as in \"builder\": {\"Entitlements\": {\"security-insecure\": true}}",
	},
	{
		Reason: "builder-too-old", Scope: Build, Rank: rule.High, Pattern: re(`unsupported frontend capability`),
		Sentence: "the engine's builder is too old for additional_contexts", Hint: "use a newer engine, or begin the Dockerfile with # syntax=docker/dockerfile:1",
	},
	{
		Reason: "dependency-conflict", Scope: install, Pattern: re(`ERESOLVE`),
		Sentence: "the packages need versions that exclude each other", Hint: "change package.json, or install with npm ci --legacy-peer-deps in the Dockerfile",
	},
	{
		Reason: "engine-inside", Scope: Build, Pattern: re(`(?i)cannot connect to the docker daemon`),
		Sentence: "the step needs a Docker engine, and there is none inside a build", Hint: "move it out of the Dockerfile",
	},
	{
		// That pip lists versions shows that it has reached its index.
		Reason: "no-version", Scope: install, Pattern: re(`Could not find a version that satisfies the requirement (?P<package>\S+).*\(from versions: [^n)]`),
		Fallback: re(`No matching distribution found for (?P<package>\S+)|Could not find a version that satisfies the requirement (?P<package2>\S+)`),
		Sentence: "pip finds no such package or version in its index for this Python: $package", Hint: "check the name and version in requirements.txt, Pipfile or pyproject.toml, and the index",
	},
	{
		Reason: "not-found", Scope: Build, Pattern: re(`\bE404\b|404 Not Found`),
		Sentence: "a package or file does not exist at the address that was requested", Hint: "check its name and version, and the registry",
	},
	{
		Reason: "access-denied", Scope: Build, Pattern: re(`\bE40[13]\b|401 Unauthorized|403 Forbidden|pull access denied|authentication required|(?:^|[:>] )denied: `),
		Sentence: "access was denied", Hint: "log in to the registry (docker login, npm login), or check the name",
	},
	{
		Reason: "not-in-context", Scope: Build, Pattern: re(`(?:failed to calculate checksum of ref[^"]*)?"(?P<file>/[^"]*)":? not found|file not found in build context[^:]*: stat (?P<file2>[^:]+)|failed to calculate checksum of ref`),
		Sentence: "[$file|a file] is not in the build context", Hint: "check the path in the Dockerfile, build.context, and .dockerignore",
	},
	{
		Reason: "native-build", Scope: install,
		Pattern:  re(`error: command '.*(?:gcc|cc)' failed|command 'gcc' failed|Failed building wheel|not found: make|gyp ERR! (?:build error|find Python|stack Error: .make. failed)`),
		Sentence: "a package is compiled during its installation, and lacks a compiler or library",
		Hint:     "install it in the Dockerfile (apt-get install build-essential), or use a version with a ready binary",
	},
	{
		Reason: "release-archived", Scope: Build, Rank: rule.Low, Pattern: re(`does not have a Release file|The repository .* no longer has a Release file|archive\.debian\.org`),
		Sentence: "the Debian release of the base image is archived", Hint: "use a newer base image",
	},
	{
		Reason: "dockerfile", Scope: Build, Rank: rule.Last, Pattern: re(`(?P<what>(?:unknown instruction|unknown flag).*)|parse error[^:]*: (?P<what2>.*)`),
		Sentence: "the Dockerfile has a mistake: $what", Hint: "correct the Dockerfile; if the instruction is new, the engine may be too old for it",
	},
}

// builderRules are about what the builder says itself. What a step says of connections of its own
// is not among it.
var builderRules = []rule.Rule{
	{
		// The words of gRPC or of BuildKit, depending on which call notices first that the other end is lost.
		Reason: EngineGone, Scope: Builder, Rank: rule.First, Pattern: re(`(?:code = Unavailable desc = |Unavailable: )(?:error reading from server|connection error|closing transport|transport is closing)|failed to dial gRPC`),
		Sentence: "the engine went away", Example: "rpc error: code = Unavailable desc = error reading from server: EOF",
	},
	{
		// A frontend, the engine's own or that of a syntax line, that knows secrets as files only.
		Reason: SecretVariables, Scope: Builder, Rank: rule.High, Pattern: re(`unexpected key 'env' in`),
		Sentence: "the builder is older than Docker 27.3", Hint: "use a newer engine",
		Example: "failed to solve: dockerfile parse error line 3: unexpected key 'env' in 'env=DEVUP_1'",
	},
	{
		// The image of a FROM or of a syntax line. The build sends what logins there are.
		Reason: FetchFailed, Scope: Builder, Pattern: re(`(?s)^(?P<image>\S+): failed to resolve source metadata for \S+: (?:failed to do request: \w+ "[^"]*": )?(?P<why>.*)$`),
		Fallback: re(`failed to (?:resolve source metadata|do request|authorize)|pull access denied|not found`),
		Sentence: "[the image $image|an image] cannot be fetched[: $why|]", Hint: "check its name in the Dockerfile",
		Example: "nope: failed to resolve source metadata for docker.io/library/nope:latest: not found",
	},
	{
		// The image store of containerd creates a name that two builds give at a time once only.
		Reason: ImageNamed, Scope: Builder, Transient: true, Pattern: re(`image "[^"]+": already exists`),
		Sentence: "another build gave the image its name at the same time", Hint: "build it again",
		Example: `failed to solve: image "docker.io/library/shop-api:latest": already exists`,
	},
	{
		Reason: Canceled, Scope: Builder, Rank: rule.Last, Pattern: re(`context canceled`),
		Sentence: "another step failed, or the user stopped the build", Example: "context canceled",
	},
}

// startRules are about what the engine refuses to start or change, or the program of a workspace.
var startRules = []rule.Rule{
	{
		Reason: PortTaken, Scope: Start,
		Pattern:  re(`(?i)^(?:.*?(?:\]|[\d.:]+):(?P<port>\d{1,5})\b.*?)?(?:port is already allocated|address already in use|ports are not available(?:.*?(?:\]|[\d.]+):(?P<port2>\d{1,5})\b)?)`),
		Sentence: "the host port[ $port] is held by another program or container", Hint: "run `devup up` again: it looks for a free port",
	},
	{
		Reason: MountMissing, Scope: Start, Pattern: re(`bind source path does not exist: (?P<source>.+)`),
		Sentence: "the engine does not see $source", Hint: "run the engine where the files are, or share the directory with the machine that it runs on",
	},
	{
		Reason: MountKind, Scope: Start, Rank: rule.High, Pattern: re(`error mounting "(?P<source>[^"]+)" to rootfs at "(?P<target>[^"]+)".*not a directory`),
		Sentence: "$source cannot be mounted at $target: one is a directory, the other a file", Hint: "make both of one kind; what did not exist at the first mount is a directory now",
	},
	{
		Reason: NetworkInUse, Scope: Change, Pattern: re(`has active endpoints`),
		Sentence: "other containers use the network", Hint: "stop them first",
		Example: `error while removing network: network cruddur-net has active endpoints (name:"web-1" id:"8120fc62afc6")`,
	},
	{
		Reason: ImageMissing, Scope: Start, Pattern: re(`(?i)no such image|\bimage\b.*not (?:found|known)`),
		Sentence: "the image does not exist", Hint: "build it with `devup build`, or pull it with `devup pull`",
		Example: "No such image: shop-web:latest",
	},
	{
		Reason: CopyKind, Scope: Change, Pattern: re(`cannot overwrite|(?:not|is) a directory`),
		Sentence: "one of the two is a directory, the other a file", Hint: "make both of one kind",
		Example: `cannot overwrite non-directory "/app/a" with directory "/"`,
	},
	{
		Reason: NotAllowed, Scope: Workspace, Rank: rule.First, Pattern: re(`(?i)\b40[13]\b|forbidden|unauthorized|permission|not (?:allowed|permitted)|policy|disabled by|admin rights|auth login|required scope`),
		Sentence: "the workspace does not allow it", Hint: "ask who administers the workspace",
		Example: "HTTP 403: Must have admin rights to Repository",
	},
	{
		Reason: PortUnknown, Scope: Workspace, Transient: true, Pattern: re(`(?i)\b404\b|not found|timed? ?out|deadline exceeded`),
		Sentence: "the port is not known to the workspace yet", Hint: "try again",
		Example: "error getting tunnel port: 404 Not Found",
	},
	{
		Reason: "user-unknown", Scope: Start | Exec, Pattern: re(`unable to find user (?P<user>[^\s:]+)`),
		Sentence: "the image has no user $user", Hint: "use a user of the image, or a number",
	},
	{
		Reason: "runtime-refused", Scope: Start | Exec, Rank: rule.Last, Pattern: re(`OCI runtime \w+ failed: (?:.*: unable to start container process: )?(?P<what>.+)`),
		Sentence: "the container runtime refuses it: $what", Hint: "check the command, and the options of the service",
	},
	{
		Reason: "workdir-missing", Scope: Start | Exec, Rank: rule.High, Pattern: re(`chdir to cwd \("(?P<dir>[^"]*)"\).*(?:no such file|not a directory)`),
		Sentence: "the container has no directory $dir to run in", Hint: "create it first",
	},
}

// registryRules are about pulls and pushes. Facts: "registry" is its host, "login" the
// command that logs in to it, "platform" what was asked for, where that was said.
var registryRules = []rule.Rule{
	{
		Reason: NotLocal, Scope: pushes, Rank: rule.First, Pattern: re(`(?i)does not exist locally|no such image|tag does not exist|failed to find image|reference does not exist`),
		Sentence: "it is not on this engine yet", Hint: "build it first: `devup build`",
	},
	{
		Reason: "rate-limit", Scope: registry, Rank: rule.First, Pattern: re(`(?i)toomanyrequests|too many requests|rate limit|429 `),
		Sentence: "$registry limits pulls, and the limit is reached", Hint: "wait, or log in with `$login` for a higher limit",
	},
	{
		Reason: "certificate", Scope: registry, Rank: rule.First, Pattern: re(`(?i)x509:|certificate signed by unknown|tls: failed|self[- ]signed certificate|remote error: tls`),
		Sentence: "the engine does not trust the certificate of $registry", Hint: "give the engine the CA: /etc/docker/certs.d/$registry/ca.crt on its machine",
	},
	{
		Reason: "certificate", Scope: registry, Rank: rule.First, Pattern: re(`(?i)server gave HTTP response to HTTPS client`),
		Sentence: "$registry speaks HTTP, not HTTPS", Hint: "name it under insecure-registries in the engine's daemon.json",
	},
	{
		Reason: "platform", Scope: registry, Rank: rule.High, Pattern: re(`(?i)no matching manifest for (?P<platform>[^\s,]+)|does not (?:match|provide) the specified platform|no match for platform`),
		Sentence: "it is not made for [$platform|the engine's platform]",
		Hint:     "use an image that is, or set platform of the service (or DOCKER_DEFAULT_PLATFORM) to one that this image has, which the engine then emulates if it can",
	},
	{
		Reason: RegistryUnreachable, Scope: registry, Rank: rule.High, Pattern: re(`lookup (?P<host>\S+?)(?: on \S+)?: (?:no such host|server misbehaving|Temporary failure|i/o timeout)`),
		Sentence: "the name $host cannot be resolved", Hint: "check the image's name, and the network and its DNS with `devup doctor`",
	},
	{
		Reason: RegistryUnreachable, Scope: registry,
		Pattern:  re(`(?i)proxyconnect tcp: (?P<why>.+)|(?P<why2>i/o timeout|timeout exceeded|TLS handshake timeout|deadline exceeded|connection timed out|connection refused|no route to host|network is unreachable|connection reset|unexpected EOF)`),
		Sentence: "$registry cannot be reached: $why", Hint: "check the network, and the engine's proxy if there is one",
	},
	{
		Reason: LoginRefused, Scope: registry, Rank: rule.High, Pattern: re(`(?i)incorrect username or password|authorization token has expired|invalid username/password|bad credentials|wrong (?:user ?name|password)|token (?:has )?expired`),
		Sentence: "$registry refuses the login that is stored for it", Hint: "log in again with `$login`",
	},
	{
		Reason: LoginRefused, Scope: PullLogin | PushLogin, Rank: rule.Low, Pattern: re(unauthorized),
		Sentence: "$registry refuses the login that is stored for it", Hint: "log in again with `$login`",
	},
	{
		Reason: LoginNeeded, Scope: Pull | Push, Pattern: re(unauthorized),
		Sentence: "$registry requires a login", Hint: "log in with `$login`",
	},
	{
		Reason: LoginNeeded, Scope: Push, Pattern: re(denied),
		Sentence: "$registry requires a login", Hint: "log in with `$login`",
	},
	{
		Reason: LoginNeeded, Scope: Pull, Rank: rule.Low, Pattern: re(denied), // containerd says that of any refusal
		Sentence: "$registry has no such image, or requires a login for it", Hint: "check the image's name; if it is private, log in with `$login`",
	},
	{
		Reason: Forbidden, Scope: PullLogin, Pattern: re(denied),
		Sentence: "$registry has no such image, or does not show it to this login", Hint: "check the image's name and the rights of the account, or log in as another user with `$login`",
	},
	{
		Reason: Forbidden, Scope: PushLogin, Pattern: re(denied),
		Sentence: "$registry denies this login the right to push there", Hint: "check the image's name and the rights of the account, or log in as another user with `$login`",
	},
	{
		Reason: ImageUnknown, Scope: pulls, Rank: rule.Last, Pattern: re(missing),
		Sentence: "$registry has no such image or tag", Hint: "check the image's name and tag",
	},
	{
		Reason: ImageUnknown, Scope: pushes, Rank: rule.Last, Pattern: re(missing),
		Sentence: "$registry has no such repository", Hint: "create the repository there first, or check the image's name",
	},
	{
		Reason: "registry-broken", Scope: registry, Rank: rule.Last, Pattern: re(`(?i)\b(?P<why>5\d\d (?:internal|bad|service|gateway)[\w ]*)|unexpected HTTP status: (?P<why2>5.*)|status code (?P<why3>5\d\d)`),
		Sentence: "$registry answers with an error: $why", Hint: "try again in a while",
	},
}

// What registries say, which means different things with a login and without one.
const (
	unauthorized = `(?i)unauthorized|no basic auth credentials|authentication (?:is )?required|401 `
	denied       = `(?i)denied|forbidden|403 |insufficient_scope|insufficient scopes`
	missing      = `(?i)manifest unknown|manifest for \S+ not found|: not found|repository \S+ not found|name unknown|name_unknown|no such image|404 `
)
