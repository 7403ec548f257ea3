package stack

import (
	"slices"
	"strings"
)

// Reload is the command that builds a program and runs it, and does both again after an edit.
// The program reload of the images gets both as words, which no shell reads.
func Reload(build []string, run ...string) []string {
	return slices.Concat([]string{"reload"}, build, []string{"--"}, run)
}

// Rebuild is what [Reload] builds with; nil for another command.
func Rebuild(command []string) []string {
	end := slices.Index(command, "--")
	if end < 1 || command[0] != "reload" {
		return nil
	}
	return command[1:end]
}

// Within is a command that makes directories before it starts the program. Their names are plain, as a
// shell takes them.
func Within(command, directories []string) []string {
	start := 0
	if Rebuild(command) != nil {
		start = slices.Index(command, "--") + 1
	}
	shell := []string{"sh", "-c", "mkdir -p " + strings.Join(directories, " ") + ` && exec "$0" "$@"`}
	return slices.Concat(command[:start], shell, command[start:])
}
