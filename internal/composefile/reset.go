package composefile

import (
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v4"
)

// applyResets removes the entries of variables, labels and the like that a file resets and none
// after it sets. compose-go does so in the first of several files alone: a merge makes lists
// of these mappings, in which it no longer finds the entry (override/merge.go,
// mergeKeyValueSequence and mergeToSequence; loader/reset.go, applyNullOverrides).
func applyResets(p *types.Project, files []File) {
	for _, services := range []types.Services{p.Services, p.DisabledServices} {
		for name, s := range services {
			reset(files, s.Environment, "services", name, "environment")
			reset(files, s.Labels, "services", name, "labels")
			reset(files, s.Annotations, "services", name, "annotations")
			reset(files, s.Sysctls, "services", name, "sysctls")
			reset(files, s.ExtraHosts, "services", name, "extra_hosts")
			if s.Deploy != nil {
				reset(files, s.Deploy.Labels, "services", name, "deploy", "labels")
			}
			if s.Build != nil {
				reset(files, s.Build.Args, "services", name, "build", "args")
				reset(files, s.Build.Labels, "services", name, "build", "labels")
				reset(files, s.Build.AdditionalContexts, "services", name, "build", "additional_contexts")
				reset(files, s.Build.ExtraHosts, "services", name, "build", "extra_hosts")
			}
		}
	}
	for name, n := range p.Networks {
		reset(files, n.Labels, "networks", name, "labels")
	}
	for name, v := range p.Volumes {
		reset(files, v.Labels, "volumes", name, "labels")
	}
}

// reset removes from the mapping at the keys what the last file that has a word for it resets.
func reset[M ~map[string]V, V any](files []File, entries M, keys ...string) {
	if len(entries) == 0 {
		return
	}
	gone := map[string]bool{}
	for _, f := range files {
		for _, root := range append([]*yaml.Node{f.root}, f.more...) {
			if root == nil {
				continue
			}
			if _, depth, n := descend(root, keys); depth == len(keys) {
				noteResets(Target(n), gone)
			}
		}
	}
	for _, name := range slices.Collect(maps.Keys(gone)) {
		if gone[name] {
			delete(entries, name)
		}
	}
}

// noteResets takes in which entries a mapping, or a list NAME=VALUE, resets and which it sets.
func noteResets(n *yaml.Node, gone map[string]bool) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			gone[n.Content[i].Value] = n.Content[i+1].Tag == "!reset"
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			end := strings.IndexAny(item.Value+"=", "=:") // a host's name may end in a colon
			gone[item.Value[:end]] = false
		}
	}
}
