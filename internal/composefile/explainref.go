package composefile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

// referenceRules are about names that lead nowhere, and about keys that cannot stand
// together.
var referenceRules = []rule{
	{lazyregexp.New(`^service "(.+?)" (?:depends on|declares|refers to) (?:undefined|unknown) service "?([^"\s]+)"?`), undefinedService},
	{lazyregexp.New(`^service "(.+?)" refers to undefined (build secret|network|volume|secret|config|model) (\S+)$`), undefinedName},
	{lazyregexp.New(`^service "(.+?)" not found for network_mode`), func(cause error, files []File, m []string) *fail.Error {
		return undefinedService(cause, files, []string{"", whoSays(files, "network_mode", "service:"+m[1]), m[1]})
	}},
	{lazyregexp.New(`^service "(.+?)" is required by "(.+?)" but is disabled`), func(cause error, files []File, m []string) *fail.Error {
		return undefinedService(cause, files, []string{"", m[2], m[1]})
	}},
	{lazyregexp.New(`^service "(.+?)" declares non-buildable service "(.+?)" as additional contexts (.+)$`), func(cause error, files []File, m []string) *fail.Error {
		return Failure(cause, files, []string{"services", m[1], "build", "additional_contexts", m[3]}, "service %s builds on service %s, which has no build", m[1], m[2])
	}},
	{lazyregexp.New(`^service "(.+?)" has neither an image nor a build`), func(cause error, files []File, m []string) *fail.Error {
		e := Failure(cause, files, []string{"services", m[1]}, "service %s says neither image nor build, so there is nothing to run", m[1])
		return WithHint(e, "build: ./"+m[1]+" builds the Dockerfile of that directory")
	}},
	{lazyregexp.New(`^service "(.+?)" declares mutualy exclusive dockerfile and dockerfile_inline`), func(cause error, files []File, m []string) *fail.Error {
		return Failure(cause, files, []string{"services", m[1], "build", "dockerfile_inline"}, "build of service %s has both dockerfile and dockerfile_inline, and only one can be", m[1])
	}},
	{lazyregexp.New("^service (.+?) declares mutually exclusive `network_mode` and `networks`"), func(cause error, files []File, m []string) *fail.Error {
		return Failure(cause, files, []string{"services", m[1], "network_mode"}, "service %s has both network_mode and networks, and only one can be", m[1])
	}},
	{lazyregexp.New(`^service.build.platforms MUST include service.platform "(.+)"$`), func(cause error, files []File, m []string) *fail.Error {
		service := whoSays(files, "platform", m[1])
		return WithHint(Failure(cause, files, []string{"services", service, "platform"}, "service %s runs on %s, which its build.platforms leave out", service, m[1]), "add it there")
	}},
	{lazyregexp.New(`^healthcheck.test must start`), func(cause error, files []File, _ []string) *fail.Error {
		keys := oddHealthcheck(files)
		return WithHint(Failure(cause, files, keys, "%s is a list that does not begin with CMD, CMD-SHELL or NONE", place(keys)), "for example "+examples["test"])
	}},
	{lazyregexp.New(`^services\.(.+?): can't set distinct values on '(\S+)' and '(\S+)'$`), func(cause error, files []File, m []string) *fail.Error {
		keys := append([]string{"services", m[1]}, strings.Split(m[2], ".")...)
		return WithHint(Failure(cause, files, keys, "service %s says one thing with %s and another with %s", m[1], m[2], m[3]), "keep one of the two")
	}},
	{lazyregexp.New(`^services\.(\S+?): can't set container_name and (\S+) as container name must be unique$`), func(cause error, files []File, m []string) *fail.Error {
		keys := []string{"services", m[2], "container_name"} // the loader has the two names the wrong way round
		return WithHint(Failure(cause, files, keys, "service %s has a container_name, so it cannot have more than one container, as its %s says", m[2], m[1]), "take container_name away")
	}},
	{lazyregexp.New(`^services\.(.+?)\.develop\.watch: target is required`), func(cause error, files []File, m []string) *fail.Error {
		keys := watchWithoutTarget(files, []string{"services", m[1], "develop", "watch"})
		return WithHint(Failure(cause, files, keys, "%s does not say the target, the path in the container", place(keys)), "for example target: /app")
	}},
	{lazyregexp.New(`^(services\.\S+): target (\S+) already mounted as (\S+)$`), func(cause error, files []File, m []string) *fail.Error {
		keys := splitPath(files, m[1])
		return Failure(cause, files, keys, "%s mounts at %s, where %s is mounted already", place(keys), m[2], place(splitPath(files, m[3])))
	}},
	{lazyregexp.New("^secret \"(.+?)\" must declare either"), func(cause error, files []File, m []string) *fail.Error {
		return Failure(cause, files, []string{"secrets", m[1]}, "secrets.%s says neither file nor environment", m[1])
	}},
	{lazyregexp.New(`^dependency cycle detected: (.+)$`), func(cause error, files []File, m []string) *fail.Error {
		chain := fromSmallest(strings.Split(m[1], " -> "))
		return Failure(cause, files, []string{"services", chain[0], "depends_on"}, "these services depend on each other in a circle: %s", strings.Join(chain, " -> "))
	}},
	{lazyregexp.New(`^"(.+?)" is declared both as a service and a job`), func(cause error, files []File, m []string) *fail.Error {
		return Failure(cause, files, []string{"jobs", m[1]}, "%s is the name of a service and of a job, and names must differ", m[1])
	}},
	{lazyregexp.New(`^((?:services|jobs|volumes|networks|secrets|configs)\.[^\s:]+): (.+)$`), func(cause error, files []File, m []string) *fail.Error {
		return explainText(cause, files, splitPath(files, m[1]), m[2])
	}},
	{lazyregexp.New(`^service "?([^" ]+)"? (.+)$`), func(cause error, files []File, m []string) *fail.Error {
		return Failure(cause, files, []string{"services", m[1]}, "service %s %s", m[1], oneLine(m[2]))
	}},
}

// serviceFields are the keys of a service that name other services.
var serviceFields = []string{"depends_on", "links", "volumes_from", "network_mode", "ipc", "pid", "build"}

// undefinedService is about a service that names another one that is not there, or
// not active. The loader does not say with which key.
func undefinedService(cause error, files []File, m []string) *fail.Error {
	service, name := m[1], m[2]
	keys := []string{"services", service}
	e := Failure(cause, files, keys, "service %s needs the service %s, which is not in the config", service, name)
	for _, field := range serviceFields {
		within := append(slices.Clone(keys), field)
		if n := firstNode(NodeAt(files, within), func(n *yaml.Node) *yaml.Node { return naming(n, name) }); n != nil {
			e.Message = fmt.Sprintf("%s of service %s names the service %s, which is not in the config", field, service, name)
			e.File, _ = Locate(files, within...)
			e.Line = n.Line
			break
		}
	}
	if profiles := NodeAt(files, []string{"services", name, "profiles"}); profiles != nil && len(profiles.Content) > 0 {
		profile := profiles.Content[0].Value
		e.Message = strings.Replace(e.Message, "which is not in the config", "which belongs to the profile "+profile+" that is not active", 1)
		return WithHint(e, fmt.Sprintf("activate it with --profile %s, or say required: false below %s in depends_on", profile, name))
	}
	return WithHint(e, didYouMean(name, allKeys(files, "services"), ""))
}

// naming is the node when it names the service: alone, or as in "db:alias" and
// "service:db".
func naming(n *yaml.Node, service string) *yaml.Node {
	text := strings.TrimPrefix(n.Value, "service:")
	if name, _, _ := strings.Cut(text, ":"); n.Kind == yaml.ScalarNode && name == service {
		return n
	}
	return nil
}

// undefinedName is about a network, a volume or the like that is not declared.
func undefinedName(cause error, files []File, m []string) *fail.Error {
	service, kind, name := m[1], m[2], m[3]
	section := strings.TrimPrefix(kind, "build ") + "s"
	keys := []string{"services", service, section}
	if kind == "build secret" {
		keys = []string{"services", service, "build", "secrets"}
	}
	e := Failure(cause, files, keys, "service %s names the %s %s, which is not in the config", service, kind, name)
	if n := firstNode(NodeAt(files, keys), func(n *yaml.Node) *yaml.Node { return naming(n, name) }); n != nil {
		e.Line = n.Line
	}
	hint := fmt.Sprintf("declare it under %s at the top level", section)
	if kind == "volume" {
		hint += fmt.Sprintf(", or write ./%s for a directory next to the file", name)
	}
	return WithHint(e, didYouMean(name, allKeys(files, section), hint))
}

func allKeys(files []File, section string) []string {
	var known []string
	for _, f := range files {
		known = append(known, f.keys(section)...)
	}
	return known
}

// whoSays is the first service whose key has the value, also through a variable.
func whoSays(files []File, key, value string) string {
	likely := ""
	for _, service := range allKeys(files, "services") {
		node := Target(NodeAt(files, []string{"services", service, key}))
		switch {
		case node == nil:
		case node.Value == value:
			return service
		case likely == "" && strings.Contains(node.Value, "$"):
			likely = service
		}
	}
	return likely
}

// oddHealthcheck finds the first test of a healthcheck that is a list and does not say
// how it is to be run.
func oddHealthcheck(files []File) []string {
	for _, service := range allKeys(files, "services") {
		keys := []string{"services", service, "healthcheck", "test"}
		node := Target(NodeAt(files, keys))
		if node == nil || node.Kind != yaml.SequenceNode || len(node.Content) == 0 {
			continue
		}
		if !slices.Contains([]string{"CMD", "CMD-SHELL", "NONE"}, node.Content[0].Value) {
			return keys
		}
	}
	return []string{"services"}
}

// watchWithoutTarget completes keys with the number of the first rule that copies files
// and does not say where.
func watchWithoutTarget(files []File, keys []string) []string {
	return entryWhere(files, keys, func(item *yaml.Node) bool {
		_, target := Child(item, "target")
		_, action := Child(item, "action")
		return target == nil && action != nil && action.Value != "rebuild" && action.Value != "restart"
	})
}

// entryWhere completes the keys of a list with the number of the first entry that passes the
// test; they stay as they are where none does.
func entryWhere(files []File, keys []string, test func(item *yaml.Node) bool) []string {
	if list := Target(NodeAt(files, keys)); list != nil {
		if i := slices.IndexFunc(list.Content, test); i >= 0 {
			return append(slices.Clone(keys), strconv.Itoa(i))
		}
	}
	return keys
}

// serviceEntry finds the first entry that passes the test in a list of any service; nil for none.
func serviceEntry(files []File, list string, test func(item *yaml.Node) bool) []string {
	for _, service := range allKeys(files, "services") {
		if keys := entryWhere(files, []string{"services", service, list}, test); len(keys) > 3 {
			return keys
		}
	}
	return nil
}

// fromSmallest turns a circle, whose first and last member are the same, so that it
// begins with the first name by the alphabet: the loader begins anywhere.
func fromSmallest(circle []string) []string {
	round := circle[:max(1, len(circle)-1)]
	at := slices.Index(round, slices.Min(round))
	turned := append(slices.Clone(round[at:]), round[:at]...)
	return append(turned, turned[0])
}
