package scaffold

import (
	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Opening says of a service with a port whether it is marked as public, which lets a cloud
// workspace open it to the internet.
type Opening struct {
	Service string          // its name in the Compose model
	Public  bool            // it is marked
	Marked  bool            // an existing devup.yaml decided that
	Why     detect.Evidence // why it is marked; the zero value where it is not, or where devup.yaml decided
}

// Openings are the services with a port, in the order of the repository, as [Render] marks
// them with these options.
func Openings(repo detect.Repository, o Options) []Opening {
	var all []Opening
	for _, s := range complete(repo).Services {
		if s.Port.Number == 0 {
			continue
		}
		opening := Opening{Service: key(s), Public: o.opens(s)}
		if _, opening.Marked = o.Marked[opening.Service]; !opening.Marked && opening.Public {
			opening.Why = s.Public
		}
		all = append(all, opening)
	}
	return all
}

// why is the reason for a public port, for a comment; empty where devup.yaml decided.
func (o Options) why(s detect.Service) untrusted.Inert {
	if _, marked := o.Marked[key(s)]; marked || !o.opens(s) {
		return ""
	}
	return untrusted.Comment(s.Public.Text)
}

// opens tells whether the service is marked as public.
func (o Options) opens(s detect.Service) bool {
	if public, marked := o.Marked[key(s)]; marked {
		return public
	}
	return s.Public.Text != ""
}
