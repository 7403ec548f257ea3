package scaffold

import (
	"slices"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/stack/stacks"
)

// complete gives the repository with all fields of its services filled in: detection leaves
// little open, but a service of a hand-written devup.yaml has a name, a directory and a stack.
func complete(repo detect.Repository) detect.Repository {
	repo.Services = slices.Clone(repo.Services)
	for i, s := range repo.Services {
		repo.Services[i] = withDefaults(s)
	}
	return repo
}

func withDefaults(s detect.Service) detect.Service {
	s.Dir = or(s.Dir, ".")
	if of := stacks.Default(s.StackName); of != nil {
		return of.Complete(s)
	}
	return s
}
