package python

import (
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

// Streamlit is a script that `streamlit run` serves.
var Streamlit = stack.Stack{
	Name: "python", Title: "Streamlit", Language: &Language, Port: 8501,
	Packages: []string{"streamlit"},
	Find:     inSource(lazyregexp.New(`(?m)^\s*import\s+streamlit\b`), "Streamlit"),
	Describe: func(a *stack.App) { a.Module = a.Entry },
	Commands: func(a *stack.App) stack.Commands {
		return stack.Commands{Dev: []string{"streamlit", "run", a.Module, "--server.address", "0.0.0.0", "--server.port", port(a)}}
	},
}
