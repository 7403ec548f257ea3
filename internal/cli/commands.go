package cli

import "github.com/spf13/cobra"

// addCommands adds every command to its group.
func (a *app) addCommands(add func(group string, commands ...*cobra.Command)) {
	add("start", a.initCommand(), a.upCommand(), a.downCommand())
	add("work", a.psCommand(), a.logsCommand(), a.urlsCommand(), a.openCommand(), a.shareCommand(), a.execCommand(), a.runCommand(), a.attachCommand(), a.buildCommand(),
		a.startCommand(), a.stopCommand(), a.restartCommand(), a.killCommand(), a.pauseCommand(), a.unpauseCommand(), a.rmCommand(), a.cpCommand(), a.waitCommand(),
		a.createCommand(), a.scaleCommand(), a.watchCommand(), a.pullCommand(), a.pushCommand(), a.pruneCommand())
	add("look", a.planCommand(), a.whyCommand(), a.lsCommand(), a.imagesCommand(), a.volumesCommand(), a.portCommand(), a.topCommand(), a.eventsCommand(), a.doctorCommand(), a.configCommand())
	add("more", a.schemaCommand(), a.gatewayCommand(), a.versionCommand(), a.completionCommand(), a.manCommand())
}
