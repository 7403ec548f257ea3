package scaffold

import (
	"slices"
	"strconv"

	"github.com/devup-cli/devup/internal/detect"
)

// complete gives the repository with all fields of its services filled in.
func complete(repo detect.Repository) detect.Repository {
	repo.Services = slices.Clone(repo.Services)
	for i, s := range repo.Services {
		repo.Services[i] = withDefaults(s)
	}
	return repo
}

// withDefaults fills in what nobody found or said: detection leaves little open,
// but a service of a hand-written devup.yaml has a name, a folder and a stack.
func withDefaults(s detect.Service) detect.Service {
	python := s.Stack == "flask" || s.Stack == "python"
	s.Dir = or(s.Dir, ".")
	if s.Port.Number == 0 {
		s.Port.Number = map[string]int{"flask": 5000, "cra": 3000, "vite": 5173, "node": 3000}[s.Stack]
	}
	if s.HostPort == 0 {
		s.HostPort = s.Port.Number
	}
	if s.Runtime.Language == "" {
		s.Runtime.Language = "node"
		if python {
			s.Runtime.Language = "python"
		}
	}
	if s.Runtime.Version == "" {
		s.Runtime.Version = nodeVersion
		if python {
			s.Runtime.Version = pythonVersion
		}
	}
	if s.Stack == "cra" || s.Stack == "vite" {
		s.Page = true
		s.Packages.Manifest = or(s.Packages.Manifest, "package.json")
	}
	return withCommands(s)
}

// withCommands fills in the commands that detection did not settle.
func withCommands(s detect.Service) detect.Service {
	port := strconv.Itoa(s.Port.Number)
	dev := s.Dev
	switch s.Stack {
	case "flask":
		s.Module = or(s.Module, "app")
		dev = []string{"flask", "run", "--host=0.0.0.0", "--port=" + port}
	case "cra":
		s.Output = or(s.Output, "build")
		dev = []string{"npm", "start"}
	case "vite":
		s.Output = or(s.Output, "dist")
		dev = []string{"npx", "vite", "--host", "0.0.0.0", "--port", port, "--strictPort"}
	case "node":
		dev = []string{"npm", "start"}
		if s.Module != "" {
			dev = []string{"node", s.Module}
		}
	case "python":
		dev = []string{"python", or(s.Module, "main.py")}
	}
	if len(s.Dev) == 0 {
		s.Dev = dev
	}
	if len(s.Build) == 0 && s.Output != "" {
		s.Build = []string{"npm", "run", "build"}
	}
	if len(s.Prod) == 0 && s.ProdModule != "" {
		s.Prod = []string{"gunicorn", "--bind=0.0.0.0:" + port, s.ProdModule}
	}
	if len(s.Prod) == 0 {
		s.Prod = s.Dev
	}
	return s
}
