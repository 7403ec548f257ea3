package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// Fingerprint is what a resource is made from: a short hash for each field, so
// that a change can be named without its value. The zero Fingerprint has no field.
type Fingerprint map[string]string

// Contents are the digests of the configs and secrets of a project, by "config
// NAME" and "secret NAME". What is not in it counts by its declaration alone.
type Contents map[string]string

// FingerprintOf hashes the parts of a service that a container is made from.
// What only says how to get there (build, pull policy, scale, dependencies,
// profiles, watch rules, who sees the logs) does not count.
func FingerprintOf(p *types.Project, s types.ServiceConfig, contents Contents) (Fingerprint, error) {
	s.Build, s.PullPolicy, s.Scale, s.DependsOn, s.Profiles, s.Develop, s.Attach = nil, "", nil, nil, nil, nil, nil
	s.EnvFiles, s.LabelFiles = nil, nil // merged into Environment and Labels by the loader
	s.Extends, s.PullRefreshAfter = nil, ""
	if s.Deploy != nil {
		deploy := *s.Deploy
		deploy.Replicas = nil
		s.Deploy = &deploy
	}
	lists := s // what is hashed entry by entry is left out of the whole
	s.Environment, s.Labels, s.Volumes, s.Ports, s.Networks, s.Configs, s.Secrets = nil, nil, nil, nil, nil, nil, nil
	print, err := fieldsOf(s.Name, s)
	if err != nil {
		return nil, fmt.Errorf("hash service %s: %w", s.Name, err)
	}
	e := entries{print: print, of: s.Name}
	for name, value := range lists.Environment {
		if value != nil { // without a value it is unset in the container too
			e.add("environment "+name, *value)
		}
	}
	for name, value := range lists.Labels {
		e.add("label "+name, value)
	}
	for _, v := range lists.Volumes {
		e.add("mount "+v.Target, v)
	}
	for _, port := range lists.Ports {
		e.add(fmt.Sprintf("port %d/%s", port.Target, port.Protocol), port)
	}
	for key, n := range lists.Networks {
		e.add("network "+key, n)
	}
	for _, c := range lists.Configs {
		e.add("config "+c.Source, []any{c, p.Configs[c.Source].File, contents["config "+c.Source]})
	}
	for _, c := range lists.Secrets {
		e.add("secret "+c.Source, []any{c, p.Secrets[c.Source].File, contents["secret "+c.Source]})
	}
	if e.err != nil {
		return nil, fmt.Errorf("hash service %s: %w", s.Name, e.err)
	}
	return print, nil
}

// entries adds the entries of lists and maps to a fingerprint. Several of one
// name, such as a port that is published twice, count together.
type entries struct {
	print Fingerprint
	of    string // the service
	err   error
}

func (e *entries) add(name string, value any) {
	raw, err := json.Marshal(value)
	if err != nil {
		e.err = err
		return
	}
	e.print[name] = short(e.of, name, e.print[name]+string(raw))
}

// fieldsOf hashes the top-level fields of a service as its JSON has them, or, without the
// name of one, those of a network or volume.
func fieldsOf(service string, value any) (Fingerprint, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, err
	}
	print := Fingerprint{}
	for name, value := range fields {
		if text := string(value); text != "null" && text != "{}" {
			print[name] = short(service, name, text)
		}
	}
	return print, nil
}

// Label is the value of [LabelFields].
func (f Fingerprint) Label() string {
	text, err := json.Marshal(f)
	if err != nil {
		panic(err) // a map of strings always marshals
	}
	return string(text)
}

// Changes names what differs from the fields that an older resource carries in
// its label, sorted; nothing when nothing does.
func (f Fingerprint) Changes(label string) []string {
	var old Fingerprint
	if json.Unmarshal([]byte(label), &old) != nil {
		return []string{"configuration changed"}
	}
	all := maps.Clone(old)
	if all == nil {
		all = Fingerprint{}
	}
	maps.Copy(all, f)
	var changes []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		was, before := old[name]
		is, now := f[name]
		if was == is {
			continue
		}
		switch {
		case !before:
			changes = append(changes, name+" added")
		case !now:
			changes = append(changes, name+" removed")
		default:
			changes = append(changes, name+" changed"+hidden(name))
		}
	}
	return changes
}

// hidden says of a field that its value may be a secret and is not shown.
func hidden(field string) string {
	kind, _, _ := strings.Cut(field, " ")
	switch kind {
	case "environment":
		return " (value hidden)"
	case "secret", "config":
		return " (content hidden)"
	}
	return ""
}

// short is the hash of a field's value. In a service it depends on the names of both, so
// that labels do not show which values are equal. Networks and volumes keep the hash that
// theirs have always had: a volume must not seem changed.
func short(service, field, value string) string {
	if service != "" {
		value = service + "\x00" + field + "\x00" + value
	}
	return digest([]byte(value))[:8]
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Digest is a hash of a file or value that a container is made from, for
// [Contents].
func Digest(content []byte) string { return digest(content)[:16] }
