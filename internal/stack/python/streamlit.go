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
	Proxy: []stack.Rule{
		{
			// The two settings of Streamlit's own template for Codespaces; each setting has a
			// variable: https://docs.streamlit.io/develop/api-reference/configuration/config.toml

			Variables: []stack.Setting{
				{Name: "STREAMLIT_SERVER_ENABLE_CORS", Value: "false"},
				{Name: "STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION", Value: "false"},
			},
		},
	},
}
