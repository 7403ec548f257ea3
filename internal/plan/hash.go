package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
)

// Fingerprint is what a container was made from: one hash of everything that
// counts, and one per field, so that a change can be named without its value.
type Fingerprint struct {
	Hash   string
	Fields map[string]string
}

// FingerprintOf hashes the parts of a service that a container is made from.
// What only says how to get there (build, pull policy, scale, dependencies,
// profiles, watch rules) does not count.
func FingerprintOf(s types.ServiceConfig) (Fingerprint, error) {
	s.Build, s.PullPolicy, s.Scale, s.DependsOn, s.Profiles, s.Develop, s.Attach = nil, "", nil, nil, nil, nil, nil
	s.EnvFiles = nil // merged into Environment by the loader
	if s.Deploy != nil {
		deploy := *s.Deploy
		deploy.Replicas = nil
		s.Deploy = &deploy
	}
	raw, err := json.Marshal(s)
	if err != nil {
		return Fingerprint{}, fmt.Errorf("hash service %s: %w", s.Name, err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return Fingerprint{}, fmt.Errorf("hash service %s: %w", s.Name, err)
	}
	f := Fingerprint{Hash: digest(raw), Fields: map[string]string{}}
	delete(fields, "environment")
	for name, value := range fields {
		if string(value) != "null" {
			f.Fields[name] = digest(value)[:8]
		}
	}
	for name, value := range s.Environment {
		if value != nil {
			f.Fields["environment "+name] = digest([]byte(*value))[:8]
		}
	}
	return f, nil
}

// Label is the value of [LabelFields].
func (f Fingerprint) Label() string {
	text, err := json.Marshal(f.Fields)
	if err != nil {
		panic(err) // a map of strings always marshals
	}
	return string(text)
}

// Changes names what differs from the fields that an older container carries
// in its label, sorted. Without such a label it can only say that something does.
func (f Fingerprint) Changes(label string) []string {
	var old map[string]string
	if json.Unmarshal([]byte(label), &old) != nil || old == nil {
		return []string{"configuration changed"}
	}
	var changes []string
	for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
		switch was, ok := old[name]; {
		case !ok:
			changes = append(changes, name+" added")
		case was != f.Fields[name]:
			changes = append(changes, name+" changed")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(old)) {
		if _, ok := f.Fields[name]; !ok {
			changes = append(changes, name+" removed")
		}
	}
	if len(changes) == 0 {
		changes = []string{"configuration changed"}
	}
	return changes
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
