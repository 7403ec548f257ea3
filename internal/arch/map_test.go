package arch

// ours says which packages of internal each package may import.
var ours = map[string][]string{
	"dockerconfig": {}, // the docker command's config.json

	"arch":          {},
	"page":          {},       // for tests: what the documentation's tables name
	"fakeengine":    {},       // for tests: engines that run nothing
	"tree/treetest": {"tree"}, // for tests: repositories out of archives
	"event":         {},
	"fail":          {},
	"fail/failtest": {"fail"},                                                   // for tests: the sentences of errors, next to each other
	"atomicfile":    {},                                                         // files that are replaced in one step
	"owner":         {},                                                         // whose files are: directories of the user alone, no files of root's in a checkout
	"lock":          {"atomicfile", "owner"},                                    // one devup at a time
	"checkout":      {"lock", "atomicfile", "owner", "untrusted", "lazyregexp"}, // what is kept in a checkout's .devup, and files that are written into one
	"consent":       {"atomicfile", "owner", "untrusted"},                       // answers of the user, by checkout
	"lazyregexp":    {},
	"garbage":       {},
	"errno":         {},                        // what a failed system call failed of, on every system
	"composeschema": {},                        // Compose's JSON schema: keys, forms of values
	"suggest":       {},                        // the known word that a user most likely meant
	"secret":        {"lazyregexp"},            // which variables hold secrets, and texts without them
	"graph":         {},                        // the order of what needs each other
	"untrusted":     {"lazyregexp"},            // files and text of a clone: bounded reads, output that is safe to print
	"envfile":       {"lazyregexp"},            // the text of env files that devup writes into; project reads them
	"gitindex":      {},                        // which files git tracks
	"tree":          {"untrusted", "gitindex"}, // the directories and files of a repository that people wrote
	// What devup knows of frameworks: the words for it, languages with their stacks, the table.
	"stack/versions":    {"lazyregexp"},
	"stack":             {"lazyregexp", "diagnose/rule", "tree", "untrusted", "secret"},     // untrusted: the gate for values in generated files; secret: the kinds of secrets
	"stack/stacktest":   {"tree", "stack"},                                                  // for tests: what stacks find, as text
	"stack/manifest":    {"lazyregexp", "tree"},                                             // which packages a repository lists, in any language
	"stack/sqlfile":     {"lazyregexp", "tree", "stack"},                                    // SQL files that a database loads at its first start
	"stack/dataservice": {"lazyregexp", "tree", "stack", "stack/manifest", "stack/sqlfile"}, // databases, caches, queues: the table, and what shows them
	"stack/node":        {"lazyregexp", "diagnose/rule", "tree", "stack", "stack/versions", "stack/node/npm", "stack/node/script", "untrusted"},
	"stack/node/script": {"untrusted"},                                                                       // which commands the scripts of a package.json run; it knows no framework
	"stack/node/npm":    {"lazyregexp", "tree", "stack", "stack/dataservice", "stack/versions", "untrusted"}, // how packages get into an image, apart from the frameworks; dataservice: which packages are drivers of SQL
	"stack/python":      {"lazyregexp", "diagnose/rule", "tree", "stack", "stack/versions", "untrusted", "stack/python/pip"},
	"stack/python/pip":  {"lazyregexp", "tree", "stack", "stack/versions", "untrusted"}, // how packages get into an image, apart from the frameworks
	"stack/deno":        {"lazyregexp", "tree", "stack", "untrusted"},
	"stack/ruby":        {"lazyregexp", "diagnose/rule", "tree", "stack", "untrusted"},
	"stack/static":      {"lazyregexp", "tree", "stack", "untrusted"},
	"stack/dotnet":      {"lazyregexp", "diagnose/rule", "tree", "stack", "untrusted"},
	"stack/elixir":      {"lazyregexp", "diagnose/rule", "tree", "stack", "untrusted"},
	"stack/php":         {"lazyregexp", "diagnose/rule", "tree", "stack", "stack/versions", "untrusted"},
	"stack/java":        {"lazyregexp", "diagnose/rule", "tree", "stack", "untrusted"},
	"stack/golang":      {"lazyregexp", "diagnose/rule", "tree", "stack", "untrusted"},
	"stack/rust":        {"lazyregexp", "diagnose/rule", "tree", "stack", "untrusted"},
	"stack/stacks":      {"stack", "stack/node", "stack/python", "stack/ruby", "stack/php", "stack/java", "stack/golang", "stack/rust", "stack/deno", "stack/dotnet", "stack/elixir", "stack/static"},
	"detect/runfiles":   {"lazyregexp", "tree", "stack", "stack/stacks", "envfile"},                                                                                                                          // files that say how a repository runs; envfile: what an example leaves open
	"detect/filenames":  {"tree", "stack", "stack/manifest", "stack/dataservice", "stack/stacks", "detect/runfiles"},                                                                                         // which files detection reads
	"detect/localcall":  {"lazyregexp", "tree", "stack"},                                                                                                                                                     // URLs on this machine in sources
	"detect":            {"lazyregexp", "tree", "stack", "stack/stacks", "stack/manifest", "stack/dataservice", "secret", "envfile", "detect/runfiles", "detect/localcall", "detect/filenames", "untrusted"}, // secret: which ones are generated; envfile: what an example leaves open; untrusted: quotes directories in proposed commands
	"framework":         {"lazyregexp", "stack", "stack/stacks"},                                                                                                                                             // reads what the stacks say of proxies and debuggers; apart from detect, which `up` does not need
	"workspace":         {"lazyregexp", "fail", "diagnose"},
	"settings":          {"lazyregexp", "fail"},
	"egress":            {"lazyregexp", "fail", "untrusted", "dockerconfig"},                                  // untrusted: it reads which registries a project names
	"diagnose/rule":     {"lazyregexp"},                                                                       // the words of that table
	"diagnose":          {"lazyregexp", "diagnose/rule", "stack/stacks", "stack/python"},                      // text of a failure → reason, sentence, hint; below all whose work can fail
	"registry":          {"lazyregexp", "event", "diagnose", "dockerconfig"},                                  // logins and refusals of container registries, for pulls, pushes and builds
	"symbol":            {"lazyregexp"},                                                                       // variables whose values are decided after loading
	"composefile":       {"composeschema", "symbol", "suggest", "lazyregexp", "untrusted", "envfile", "fail"}, // envfile: what the library misreads; the files of a project: positions, variables, the model, errors as sentences
	"project":           {"gitindex", "composefile", "composeschema", "symbol", "suggest", "stack/stacks", "lazyregexp", "untrusted", "secret", "fail"},
	"urls":              {"symbol", "project", "lazyregexp", "fail"}, // what services are called where: URLs in files, and routes of the gateway
	"ports":             {"errno", "project", "fail"},
	"scaffold":          {"errno", "lazyregexp", "detect", "tree", "stack", "stack/stacks", "fail", "untrusted", "stack/dataservice"}, // untrusted: the gate for values in generated files; tree: the mark of what init made
	"engine":            {"errno", "lazyregexp", "event", "fail", "dockerconfig"},
	"daemon":            {"garbage", "fail", "atomicfile", "untrusted", "owner"}, // a process that outlives its command: its state file, control and log
	"history":           {"atomicfile", "untrusted", "owner"},                    // what the last runs did
	"dashboard":         {"daemon"},                                              // a page about what runs: who may ask, and streams to it
	"gateway":           {"lazyregexp", "fail", "untrusted", "daemon"},           // one origin for all services: a proxy, and what its process serves
	"build":             {"lazyregexp", "project", "egress", "registry", "event", "fail", "untrusted", "diagnose"},
	"plan":              {"project", "fail", "graph"},
	"packages":          {"build", "egress", "plan", "engineconfig", "containerexec", "event", "fail"},                  // packages in a volume instead of an image
	"images":            {"project", "build", "plan", "observe", "transfer", "registry", "event", "atomicfile", "fail"}, // which images to pull and to build
	"observe":           {"lazyregexp", "plan", "untrusted", "fail"},                                                    // the state of the engine
	"engineconfig":      {"lazyregexp", "project", "plan", "fail", "untrusted"},                                         // services, networks and volumes as the engine takes them; untrusted: seccomp profiles
	"containerexec":     {},                                                                                             // commands in running containers
	"transfer":          {"engineconfig", "registry", "event", "fail", "diagnose"},                                      // pulls and pushes of images
	"run":               {"lazyregexp", "plan", "engineconfig", "containerexec", "event", "fail", "owner", "diagnose"},
	"ready":             {"containerexec", "project", "stack/stacks", "lazyregexp", "event", "fail", "untrusted", "diagnose"},
	"expose":            {"lazyregexp", "diagnose", "project", "workspace", "event", "fail"},
	"tunnel":            {"lazyregexp", "fail"}, // a way from the internet to this machine, by a program that the user has
	"logs":              {"event", "fail"},
	"setup":             {"lazyregexp", "project", "graph", "plan", "containerexec", "event", "fail", "diagnose", "untrusted"}, // steps that run in containers which answer: after run and ready, and no part of a plan
	"watch":             {"containerexec", "diagnose", "project", "event", "fail", "untrusted"},                                // fail: the limit of watched directories is the user's to raise
	"provider":          {"lazyregexp", "dockerconfig", "project", "graph", "event", "fail"},                                   // programs behind services that are no containers
	"up": {
		"provider",
		"errno",
		"workspace", "project", "urls", "ports", "images", "egress", "plan", "observe", "run", "transfer", "ready", "setup", "expose", "logs", "watch", "framework",
		"containerexec", "gateway", "owner", "untrusted",
		"packages", "build", // build: how a Dockerfile installs its packages
		"engineconfig", // which secrets and configs would be copied, and are mounted in read_only services // containerexec: how a setup step ended that ran in a container of its own
		"event", "fail",
	},
	// detect: init and doctor read addresses in source with the same eyes; egress: the HTTP client.
	"doctor":  {"secret", "lazyregexp", "detect", "egress", "engine", "project", "atomicfile", "checkout", "lock", "untrusted", "settings", "workspace", "fail"}, // project: it checks what a config says; checkout, atomicfile: it writes into one; lock: what killed runs left
	"ui":      {"untrusted", "lazyregexp", "event", "fail"},
	"version": {"lazyregexp"},
	// What a fresh clone lacks; build and project say what that is. doctor: which variables are secrets.
	"prepare": {"build", "composefile", "checkout", "consent", "secret", "egress", "envfile", "project", "untrusted", "fail"},
	// What a command works with. up: it is a session that runs; detect: what the source of a service serves.
	"session": {
		"prepare", "up", "provider", "watch", "images", "build", "observe", "plan", "composefile", "project", "urls", "expose", "setup", "ready", "gateway", "dashboard", "history", "daemon", "detect",
		"workspace", "engine", "egress", "registry", "checkout", "consent", "lock", "owner", "settings", "untrusted",
		"event", "fail",
	},
	// A group of commands uses everything below, and no other group.
	"cli":              {"errno", anything, "cli/command", "cli/show", "cli/upcmd", "cli/containercmd", "cli/execcmd", "cli/imagecmd", "cli/urlcmd", "cli/projectcmd", "cli/doctorcmd", "cli/agentcmd", "cli/dashboardcmd"},
	"cli/command":      {"errno", "session", "settings", "ui", "version", "untrusted", "lazyregexp", "event", "fail"},
	"cli/show":         {anything, "cli/command"},
	"cli/reconcile":    {anything, "cli/command", "cli/show"},
	"cli/upcmd":        {anything, "cli/command", "cli/show", "cli/reconcile"},
	"cli/containercmd": {anything, "cli/command", "cli/show", "cli/reconcile"},
	"cli/execcmd":      {anything, "cli/command", "cli/show", "cli/reconcile"},
	"cli/imagecmd":     {anything, "cli/command", "cli/show", "cli/reconcile"},
	"cli/urlcmd":       {anything, "cli/command", "cli/show", "cli/reconcile"},
	"cli/projectcmd":   {anything, "cli/command", "cli/show", "cli/reconcile"},
	"cli/agentcmd":     {anything, "cli/command", "cli/show"},
	"cli/doctorcmd":    {anything, "cli/command", "cli/show", "cli/reconcile"},
	"cli/dashboardcmd": {anything, "cli/command", "cli/show"},
}

// only names the outside packages that live in few of ours, by the beginning of their
// import path. A package stands for those below it, too.
var only = map[string][]string{
	"github.com/spf13/cobra":                       {"cli"},
	"github.com/modelcontextprotocol/go-sdk":       {"cli"}, // the server of devup mcp
	"github.com/spf13/viper":                       {"settings"},
	"github.com/compose-spec/compose-go/v2/loader": {"composefile"},
	"github.com/compose-spec/compose-go/v2/cli":    {"composefile"},
	"github.com/compose-spec/compose-go/v2/dotenv": {"composefile"},
	"github.com/compose-spec/compose-go/v2/interp": {"composefile"},
	"github.com/compose-spec/compose-go/v2/schema": {"composeschema", "composefile"},
	"github.com/moby/buildkit":                     {"build", "detect/runfiles"}, // detect/runfiles: the Dockerfile parser alone, which the linter holds
	"github.com/moby/moby/client":                  {"engine", "fakeengine", "build", "observe", "engineconfig", "containerexec", "packages", "transfer", "run", "ready", "logs", "watch", "images", "up", "doctor", "cli"},
	"github.com/docker/cli/cli/context":            {"engine"},
	"github.com/docker/cli/cli/connhelper":         {"engine"},
	"github.com/docker/cli/cli/config":             {"dockerconfig", "registry", "engine", "build"}, // its types; dockerconfig reads it
	"github.com/fsnotify/fsnotify":                 {"watch"},
	"github.com/gofrs/flock":                       {"lock"},
	"rsc.io/qr":                                    {"ui", "dashboard"},
	"charm.land/":                                  {"ui"},
	"github.com/containerd/console":                {"cli"},                    // cli turns off a terminal's echo
	"github.com/charmbracelet/":                    {"ui", "cli", "untrusted"}, // cli asks whether a stream is a terminal
	"text/template":                                {"scaffold", "cli"},        // cli: --format of Compose's commands
	"net/http":                                     {"engine", "fakeengine", "build", "ready", "workspace", "expose", "egress", "doctor", "gateway", "daemon", "dashboard"},
	"os/exec":                                      {"engine", "provider", "ports", "doctor", "registry", "tunnel", "daemon", "checkout", "session", "cli"}, // checkout asks git; session runs the programs of a workspace
	"github.com/devup-cli/devup/templates":         {"scaffold", "cli"},
}

// never names what a package must do without, with all that lies below it.
var never = map[string][]string{
	"event":             {"context", "os", "net"},
	"fail":              {"os", "net"}, // it knows context.Canceled, but waits for nothing
	"detect":            {"context", "os", "net", "time"},
	"detect/runfiles":   {"context", "os", "net", "time"},
	"tree":              {"context", "os", "net", "time"},
	"stack":             {"context", "os", "net", "time"},
	"stack/dataservice": {"context", "os", "time"},
	"stack/sqlfile":     {"context", "os", "time"},
	"stack/node":        {"context", "os", "net", "time"},
	"stack/node/script": {"context", "os", "net", "time"},
	"stack/deno":        {"context", "os", "net", "time"},
	"stack/node/npm":    {"context", "os", "net", "time"},
	"stack/python":      {"context", "os", "net", "time"},
	"stack/python/pip":  {"context", "os", "net", "time"},
	"stack/ruby":        {"context", "os", "net", "time"},
	"stack/static":      {"context", "os", "net", "time"},
	"stack/dotnet":      {"context", "os", "net", "time"},
	"stack/elixir":      {"context", "os", "net", "time"},
	"stack/php":         {"context", "os", "net", "time"},
	"stack/java":        {"context", "os", "net", "time"},
	"stack/golang":      {"context", "os", "net", "time"},
	"stack/rust":        {"context", "os", "net", "time"},
	"diagnose":          {"context", "os", "net", "time"},
	"framework":         {"context", "os", "net", "time"},
	"plan":              {"context", "os", "net", "time"},
	"scaffold":          {"context", "net", "os/exec"},
}

// anything stands for every package of ours but those of cli.
const anything = "*"
