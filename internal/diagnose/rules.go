package diagnose

import (
	"path"

	"github.com/devup-cli/devup/internal/diagnose/rule"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

func re(text string) *lazyregexp.Regexp { return lazyregexp.New(text) }

// Reasons that callers distinguish.
const (
	AllowedHost         = "allowed-host"
	Canceled            = "canceled"
	CompileError        = "compile-error"
	Compiling           = "compiling"
	Crashed             = "crashed"
	CopyKind            = "copy-kind"
	CommandMissing      = "command-missing"
	TableMissing        = "table-missing"
	CrashLoop           = "crash-loop"
	Denied              = "denied"
	DiskFull            = "disk-full"
	EngineGone          = "engine-gone"
	EntryMissing        = "entry-missing"
	FetchFailed         = "fetch-failed"
	Forbidden           = "forbidden"
	ImageUnknown        = "image-unknown"
	LineEnds            = "line-ends"
	ImageNamed          = "image-named"
	ImageMissing        = "image-missing"
	LoginNeeded         = "login-needed"
	LoginRefused        = "login-refused"
	Memory              = "memory"
	MountKind           = "mount-kind"
	MountMissing        = "mount-missing"
	NameUnknown         = "name-unknown"
	NetworkInUse        = "network-in-use"
	NotAllowed          = "not-allowed"
	NotExecutable       = "not-executable"
	NotLocal            = "not-local"
	PortUnknown         = "port-unknown"
	PortTaken           = "port-taken"
	RegistryUnreachable = "registry-unreachable"
	SecretVariables     = "secret-variables"
	SELinux             = "selinux"
	WrongArchitecture   = "wrong-architecture"
)

// machineRules are about what the machine, the engine and the network of a company give.
var machineRules = []rule.Rule{
	{
		Reason: DiskFull, Scope: step | Start | registry, Rank: rule.First, Pattern: re(`(?i)no space left on device`),
		Sentence: "the engine's disk is full", Hint: "free space on it, for instance with `docker system prune`",
	},
	{
		Reason: "watchers", Scope: program, Rank: rule.First, Pattern: re(`ENOSPC: System limit for number of file watchers reached|inotify watch limit reached|OS file watch limit reached`),
		Sentence: "the machine's limit of watched files is reached", Hint: "raise it with `sudo sysctl fs.inotify.max_user_watches=524288`",
	},
	{
		Reason: Memory, Scope: step, Rank: rule.First, Pattern: re(`^(?:.*: line \d+:\s+\d+ |make.*\*\*\* .*\] )?Killed(?:$|\s{2,})|Killed signal terminated program|signal: killed$|\bENOMEM\b|(?:exit code|non-zero code): 137\b`),
		Sentence: "a process was killed, most likely because memory ran out", Hint: "give the service more memory (`mem_limit`, `deploy.resources`), or the engine",
		BuildHint: "give the engine more memory",
	},
	{
		Reason: "heap", Scope: step, Rank: rule.First, Pattern: re(`JavaScript heap out of memory`),
		Sentence: "Node ran out of heap memory", Hint: "set NODE_OPTIONS=--max-old-space-size=4096 in the service's environment",
		BuildHint: "set NODE_OPTIONS=--max-old-space-size=4096 before this step (ENV in the Dockerfile), and give the engine more memory",
	},
	{
		Reason: CrashLoop, Scope: Run,
		Sentence: "the engine restarts the container over and over, and its log names no known cause", Hint: "read the last lines of its log",
	},
	{
		Reason: "certificate", Scope: step, Rank: rule.First,
		Pattern:   re(`(?i)CERTIFICATE_VERIFY_FAILED|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|self[- ]signed certificate in (?:the )?certificate chain|unable to get local issuer certificate|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|SSL certificate problem|server certificate verification failed|certificate signed by unknown authority|certificate is NOT trusted`),
		Sentence:  "the certificate of a server is not trusted, as where something on the way intercepts TLS",
		Hint:      "mount the CA bundle, and name it in NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and REQUESTS_CA_BUNDLE of the service's environment",
		BuildHint: "name the CA bundle in DEVUP_CA, NODE_EXTRA_CA_CERTS or SSL_CERT_FILE and run again",
	},
}

// scriptRules are about programs, scripts and files of any language.
var scriptRules = []rule.Rule{
	{
		Reason: WrongArchitecture, Scope: step | Start, Rank: rule.First,
		Pattern:  re(`(?i)^(?:.*: )?(?:exec )?"?(?P<file>[^\s"]+)"?: exec format error|^\[FATAL tini \(\d+\)\] exec (?P<file2>\S+) failed: Exec format error|^(?P<file3>/\S+): (?:line )?\d+: \x7f?ELF`),
		Sentence: "$file cannot run on this machine: it is for another processor, or lacks its #! line", Hint: "build the image on this machine, or set the service's platform",
	},
	{
		Reason: LineEnds, Scope: step, Rank: rule.First, Pattern: re(`\b(?:sh|bash|python3?|node)(?:\^M|\\r)|^(?P<file>\S+): \d+: set: Illegal option -\s*$`),
		Sentence: "the script[ $file] has Windows line ends (CRLF)", Hint: "run `devup doctor --fix`, and add `*.sh text eol=lf` to .gitattributes",
	},
	{
		Reason: EntryMissing, Scope: step | Start, Rank: rule.High,
		Pattern:  re(`^(?:exec |(?:/bin/)?(?:ba)?sh: (?:\d+: |line \d+: )?)(?P<file>\S+): no such file or directory|: exec (?P<file2>\S+): no such file or directory|^(?:/bin/)?sh: (?:\d+: )?(?P<file3>\S+\.sh): not found|^\[FATAL tini \(\d+\)\] exec (?P<file4>\S*/\S+) failed: No such file or directory`),
		Sentence: "$file is not in the image, or its first line names a program that is not (Windows line ends do that too)", Hint: "check the path, and save the script with LF line ends",
	},
	{
		Reason: NotExecutable, Scope: step | Start,
		Pattern:  re(`^(?:exec |(?:sh|/bin/sh|bash|/bin/bash): (?:\d+: |line \d+: )?)?(?P<file>/?[\w./-]+): [Pp]ermission denied$|^\[FATAL tini \(\d+\)\] exec (?P<file2>\S+) failed: Permission denied|exec: "(?P<file3>[^"]+)": (?:permission denied|is a directory)`),
		Fallback: re(`(?:exit code|non-zero code): 126\b`), Exit: 126,
		Sentence: "[$file|its command] is not executable", Hint: "run `chmod +x` on it (`git update-index --chmod=+x` keeps that in git), or start it through its interpreter",
	},
	{
		Reason: CommandMissing, Scope: step | Start,
		Pattern:  re(`^(?:sh|/bin/sh|bash|/bin/bash|\S+\.sh): (?:\d+: |line \d+: )?(?:exec: )?(?:line \d+: )?(?P<command>[^\s:]+): (?:command )?not found|^\[FATAL tini \(\d+\)\] exec (?P<command2>[^\s/]+) failed: No such file or directory|exec: "(?P<command3>[^"]+)": (?:executable file not found|stat \S+ (?:no such file|not a directory))|executable file [` + "`" + `'](?P<command4>[^` + "`" + `']+)[` + "`" + `'] not found`),
		Fallback: re(`(?:exit code|non-zero code): 127\b`), Exit: 127,
		Sentence: "[the command $command|its command] was not found in the image", Hint: "install [$command|it] in the Dockerfile, or check the spelling",
		BuildHint: "install [$command|it] in the Dockerfile before this step, or check the spelling",
	},
	{
		Reason: "read-only", Scope: step, Pattern: re(`Read-only file system(?:: '(?P<file>[^']+)')?|EROFS: read-only file system, \w+ '(?P<file2>[^']+)'`),
		Sentence: "it writes[ to $file], where only reading is allowed", Hint: "leave out `:ro` or `read_only: true`, or mount a volume there",
	},
	{
		Reason: Denied, Scope: step,
		Pattern:  re(`EACCES: permission denied, \w+ '(?P<file>[^']+)'|\[Errno 13\] Permission denied: '(?P<file2>[^']+)'|(?:can't|cannot) (?:create|open|touch|mkdir|remove)(?: directory)? ['‘]?(?P<file3>/[^\s':’]+)['’]?: Permission denied`),
		Sentence: "the container's user may not use $file", Hint: "give the path to that user in the Dockerfile (chown), or mount a volume that it may write",
		BuildHint: "run the step as root, before USER in the Dockerfile, or give the path to the user (chown)",
	},
	{
		Reason: Denied, Scope: program, Pattern: re(`EACCES: permission denied \S*:(?P<port>\d+)`),
		Sentence: "the container's user may not listen on port $port", Hint: "listen on a port above 1023",
	},
	{
		Reason: Denied, Scope: program, Rank: rule.Low, Pattern: re(`^PermissionError: \[Errno 13\] Permission denied$`),
		Sentence: "the container's user lacks a permission, perhaps to listen on a port below 1024",
	},
	{
		Reason: SELinux, Scope: Run,
		Sentence: "the engine uses SELinux, and the mount is not labelled for containers", Hint: "add `:z` to the mount, as in \"$source:$target:z\"",
	},
	{
		Reason: "file-missing", Scope: step,
		Pattern:  re(`can't open file '(?P<file>[^']+)'|(?:FileNotFoundError|Could not open requirements file): \[Errno 2\] No such file or directory: ['"](?P<file2>[^'"]+)['"]|ENOENT: no such file or directory, \w+ '(?P<file3>[^']+)'`),
		Sentence: "there is no file $file in the container", Hint: "check the path, the WORKDIR, .dockerignore and the volumes of the service",
		BuildHint: "check the path, the WORKDIR and .dockerignore, and copy the file before this step",
		Adjust:    func(n map[string]string) { n["file"] = path.Clean(n["file"]) },
	},
	{
		Reason: "port-in-use", Scope: program, Pattern: re(`EADDRINUSE: address already in use \S*?:(?P<port>\d+)|Port (?P<port2>\d+) is in use by another program|[Aa]ddress already in use.*?:(?P<port3>\d{2,5})\b`),
		Fallback: re(`(?:OSError|error): \[Errno 98\]|[Aa]ddress already in use`),
		Sentence: "[port $port|a port] is already in use inside the container", Hint: "start only one server on [$port|each port] in the service",
	},
	{
		Reason: "env-missing", Scope: step,
		Pattern: re(`^KeyError: ['"](?P<name>[A-Z][A-Z0-9_]{2,})['"]\s*$` +
			`|(?i:(?:missing|required|undefined|no)\b[^.;,]{0,40}\b(?:env(?:ironment)?(?: variables?)?|env vars?)\b:?)[^A-Z.;,]{0,20}(?P<name2>[A-Z][A-Z0-9]*_[A-Z0-9_]+)` +
			`|(?i:environment variables? (?:not found|not set|missing)): ['"]?(?P<name3>[A-Z][A-Z0-9_]{2,})` +
			`|(?P<name4>[A-Z][A-Z0-9]*_[A-Z0-9_]+)["'` + "`" + `]? (?:environment variable |env var |variable )?(?:(?:is|are|was) (?:not (?:set|defined)|undefined|missing|required)|(?:must|needs to) be (?:set|defined|provided))` +
			`|(?i:(?:make sure|ensure|please (?:set|provide|define|add)|you (?:must|need to) (?:set|provide|define))\b.{0,40}?)(?P<name5>[A-Z][A-Z0-9]*_[A-Z0-9_]+)`),
		Sentence: "the variable $name is not set", Hint: "set $name in the service's environment or in its env_file",
		BuildHint: "set $name before this step: with ENV, or with ARG and `build.args`",
	},
	{
		Reason: "syntax", Scope: step | Source, Pattern: re(`^\s*(?:SyntaxError|IndentationError|TabError): (?:/\S+: )?(?P<what>.*)`),
		Sentence: "there is a syntax error: $what",
	},
	{
		// The last one of a stack trace of Java is what it began with.
		Reason: "caused-by", Scope: program, Rank: rule.Low, Pattern: re(`^Caused by: (?:[\w$]+\.)+(?P<kind>[A-Z]\w*): (?P<what>\S.{0,160})`),
		Sentence: "$kind: $what",
	},
	{
		Reason: "uncaught", Scope: program, Rank: rule.Last, Pattern: re(`^(?:[\w.]+\.)?(?P<kind>[A-Z]\w*(?:Error|Exception)): `),
		Sentence: "uncaught $kind",
	},
}
