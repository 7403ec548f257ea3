package plan_test

import (
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/plan"
)

// TestFingerprintHidesWhatIsEqual: a label can be read by all who reach the engine. It says
// that a value has changed, and not that two are the same.
func TestFingerprintHidesWhatIsEqual(t *testing.T) {
	t.Parallel()
	value := "hunter2"
	of := func(service string) plan.Fingerprint {
		t.Helper()
		f, err := plan.FingerprintOf(&types.Project{}, types.ServiceConfig{
			Name: service,
			ContainerSpec: types.ContainerSpec{
				User: value, Hostname: value,
				Environment: types.MappingWithEquals{"PASSWORD": &value, "PIN": &value},
				Labels:      types.Labels{"a": value, "b": value},
			},
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	seen := map[string]string{}
	for _, service := range []string{"web", "db"} {
		for field, hash := range of(service) {
			if other := seen[hash]; other != "" {
				t.Errorf("%s of %s has the hash of %s", field, service, other)
			}
			seen[hash] = field + " of " + service
		}
	}
	if changes := of("web").Changes(of("web").Label()); len(changes) > 0 {
		t.Errorf("the same service differs: %v", changes)
	}
}
