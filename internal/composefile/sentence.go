package composefile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/fail"
)

// place names a part of the config for users: "services.web.ports", "entry 2 of
// services.web.ports", "target in entry 2 of services.web.ports".
func place(keys []string) string {
	for i := len(keys) - 1; i > 0; i-- {
		n, err := strconv.Atoi(strings.Trim(keys[i], "[]"))
		if err != nil {
			continue
		}
		entry := fmt.Sprintf("entry %d of %s", n+1, place(keys[:i]))
		if i == len(keys)-1 {
			return entry
		}
		return strings.Join(keys[i+1:], ".") + " in " + entry
	}
	return strings.Join(keys, ".")
}

// kindOf says in a word what a node is.
func kindOf(n *yaml.Node) string {
	switch n = Target(n); n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.Tag {
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	case "!!null":
		return "nothing"
	default:
		return "a text"
	}
}

// kinds are the words of [kindOf] for the schema's types, in the order in which they
// are listed to users.
var kinds = []struct{ schema, word string }{
	{"string", "a text"},
	{"number", "a number"},
	{"integer", "a number"},
	{"boolean", "true or false"},
	{"array", "a list"},
	{"object", "a mapping"},
}

// wrongKind is the sentence for a value that is of none of the schema's types; of a right
// one, and still in none of the forms that the schema has for it, where types are none.
func wrongKind(cause error, files []File, keys, types []string) *fail.Error {
	if len(keys) == 0 {
		return WithHint(Failure(cause, files, nil, "this is not a Compose file: it has a list or a text in place of keys"), "a Compose file begins with services:")
	}
	var wanted []string
	for _, k := range kinds {
		if slices.Contains(types, k.schema) && !slices.Contains(wanted, k.word) {
			wanted = append(wanted, k.word)
		}
	}
	node := NodeAt(files, keys)
	if node == nil || len(wanted) == 0 || slices.Contains(wanted, kindOf(node)) {
		return Failure(cause, files, keys, "%s is not what Compose expects", place(keys))
	}
	got := kindOf(node)
	e := Failure(cause, files, keys, "%s must be %s, not %s", place(keys), either(wanted), got)
	if got == "nothing" {
		e.Message = fmt.Sprintf("%s is empty, and must be %s", place(keys), either(wanted))
	}
	e.Hint = kindHint(node, keys, got, wanted)
	return e
}

var lackHints = map[string]string{"type": "for example type: bind, or volume or tmpfs"}

// either joins words with commas and "or".
func either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// kindHint shows how the value would be right.
func kindHint(node *yaml.Node, keys []string, got string, wanted []string) string {
	key := keys[len(keys)-1]
	value := Target(node).Value
	switch {
	case len(keys) == 2 && keys[0] == "services":
		return fmt.Sprintf("write its keys below %s:, for example image: nginx", key)
	case len(keys) == 1:
		return sectionHint(key)
	case len(keys) > 2 && keys[len(keys)-2] == "depends_on" && got == "a mapping":
		return "with conditions depends_on is a mapping: write the names without dashes"
	case len(keys) > 1 && strings.Trim(key, "0123456789") == "" && got == "a mapping" && len(Target(node).Content) > 1:
		return fmt.Sprintf(`in a list it is written "- %s=…"; without the "-" it is a mapping`, Target(node).Content[0].Value) // the value may be a password
	case examples[key] != "":
		return "for example " + examples[key]
	case got == "a number" && slices.Contains(wanted, "a text"):
		return fmt.Sprintf("put it into quotes: %s: %q", key, value)
	case got == "a text" && slices.Contains(wanted, "a list") && len(value) < 40:
		return fmt.Sprintf("write it as a list: %s: [%s]", key, value)
	case got == "a mapping" && slices.Contains(wanted, "a list"):
		return "write it as a list, each entry after a dash"
	default:
		return ""
	}
}

func sectionHint(key string) string {
	switch key {
	case "services":
		return "write the name of each service below it, and its image or build below the name"
	case "volumes", "networks", "secrets", "configs":
		return "write each name below it as a key, with a colon: data:"
	default:
		return ""
	}
}

// examples show a right value for keys that are often got wrong.
var examples = map[string]string{
	"ports":             `ports: ["3000:3000"], the host's port and then the container's`,
	"published":         `published: "8080"`,
	"target":            "target: 80, the port in the container",
	"expose":            `expose: ["3000"]`,
	"environment":       "environment: {NAME: value}",
	"args":              "args: {NAME: value}",
	"labels":            "labels: {name: value}",
	"sysctls":           "sysctls: {net.core.somaxconn: 1024}",
	"command":           "command: npm run dev",
	"entrypoint":        "entrypoint: [node, server.js]",
	"build":             "build: ./web, the directory with the Dockerfile",
	"logging":           "logging: {driver: json-file}",
	"restart":           "restart: unless-stopped",
	"healthcheck":       `healthcheck: {test: ["CMD", "curl", "-f", "http://localhost"]}`,
	"test":              `test: ["CMD", "curl", "-f", "http://localhost"] or test: curl -f http://localhost`,
	"interval":          "interval: 30s",
	"timeout":           "timeout: 30s",
	"start_period":      "start_period: 30s",
	"start_interval":    "start_interval: 5s",
	"stop_grace_period": "stop_grace_period: 10s",
	"delay":             "delay: 5s",
	"window":            "window: 2m",
	"mem_limit":         "mem_limit: 512m or 2g",
	"mem_reservation":   "mem_reservation: 512m",
	"memswap_limit":     "memswap_limit: 1g",
	"memory":            "memory: 512m or 2g",
	"shm_size":          "shm_size: 64m",
	"cpus":              `cpus: "1.5"`,
	"replicas":          "replicas: 2",
	"scale":             "scale: 2",
	"retries":           "retries: 3",
	"nofile":            "nofile: 65536 or nofile: {soft: 1024, hard: 65536}",
	"extra_hosts":       `extra_hosts: ["db.local:10.0.0.5"]`,
	"pull_policy":       "pull_policy: always, missing, never, build, daily, weekly or every_12h",
	"count":             "count: 1 or count: all",
	"ipv4_address":      "ipv4_address: 10.5.0.10",
	"ipv6_address":      "ipv6_address: 2001:db8::10",
	"subnet":            "subnet: 10.5.0.0/16",
	"depends_on":        "depends_on: [db]",
	"version":           `nothing: version has no meaning any more and may be deleted`,
	"name":              "name: shop",
	"include":           "include: [other/compose.yaml]",
	"external":          "external: true",
}

// Example is what can stand at a key, for a hint: "subnet: 10.5.0.0/16".
func Example(key string) string { return examples[key] }
