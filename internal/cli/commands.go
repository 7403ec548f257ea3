package cli

import "github.com/spf13/cobra"

// addCommands adds every command to its group.
func (a *app) addCommands(add func(group string, commands ...*cobra.Command)) {
	add("start", a.initCommand())
	add("work", a.urlsCommand(), a.openCommand())
	add("look", a.configCommand())
	add("more", a.schemaCommand(), a.versionCommand(), a.completionCommand(), a.manCommand())
}
