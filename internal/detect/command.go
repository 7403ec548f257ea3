package detect

import (
	"slices"
	"strconv"
	"strings"
)

// decideCommands makes the exec-form commands that start the service so that it
// listens on all addresses of its container, at its port.
func (s *scan) decideCommands(c *candidate) {
	switch c.Stack {
	case Flask, Python:
		c.Dev, c.Prod = c.python.commands(c)
	case CRA:
		c.Dev = c.script(nil) // HOST and PORT of the environment
		c.Build = c.runScript("build")
	case Vite:
		c.Dev = c.viteCommand()
		c.Build = c.runScript("build")
	default:
		c.Dev, c.Prod = c.nodeCommands()
		if build := c.node.Scripts["build"]; build != "" && !isDelegate(build) {
			c.Build = c.runScript("build")
		}
	}
}

// started is the name of the script that starts the service, or empty.
func (c *candidate) started() string {
	switch c.Stack {
	case CRA:
		return scriptThatRuns(c.node, craCommands...)
	case Vite:
		return scriptThatRuns(c.node, "vite", "react-router", "remix")
	}
	if framework, _ := frameworkOf(c.node); framework != nil && framework.command != "" {
		return scriptThatRuns(c.node, framework.command)
	}
	name, _ := startScript(c.node)
	return name
}

// script runs the start script with more arguments.
func (c *candidate) script(arguments []string) []string {
	name := c.started()
	if name == "" {
		name = "start"
	}
	run := c.runScript(name)
	if len(arguments) == 0 {
		return run
	}
	if c.Packages.Manager == "npm" {
		run = append(run, "--") // the others hand arguments on as they are
	}
	return append(run, arguments...)
}

// runScript is "npm run dev", or "npm start" where the manager has the short form.
func (c *candidate) runScript(name string) []string {
	if name == "start" && c.Packages.Manager != "bun" {
		return []string{c.Packages.Manager, "start"}
	}
	return []string{c.Packages.Manager, "run", name}
}

// viteCommand leaves out what the script says itself: Vite reads a doubled
// option as a list and stops. A script that starts several things is passed by.
func (c *candidate) viteCommand() []string {
	port := strconv.Itoa(c.Port.Number)
	text := c.node.script(c.started())
	if text == "" || composite(text) {
		return []string{"npx", "vite", "--host", "0.0.0.0", "--port", port, "--strictPort"}
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '=' })
	var arguments []string
	if !slices.Contains(words, "--host") {
		arguments = append(arguments, "--host", "0.0.0.0")
	}
	if !slices.Contains(words, "--port") {
		arguments = append(arguments, "--port", port)
	}
	if !slices.Contains(words, "--strictPort") && runsProgram(text, "vite") {
		arguments = append(arguments, "--strictPort")
	}
	return c.script(arguments)
}

// nodeCommands start the framework's server, or the script, or the entry file.
func (c *candidate) nodeCommands() (dev, prod []string) {
	framework, _ := frameworkOf(c.node)
	script := c.started()
	text := c.node.script(script)
	if framework != nil && framework.flags != nil && !composite(text) {
		var arguments []string
		for i := 0; i < len(framework.flags); i += 2 {
			if !strings.Contains(text, framework.flags[i]+" ") && !strings.Contains(text, framework.flags[i]+"=") {
				arguments = append(arguments, framework.flags[i], strings.ReplaceAll(framework.flags[i+1], "{port}", strconv.Itoa(c.Port.Number)))
			}
		}
		dev = c.script(arguments)
	} else if script == "" && c.Module != "" {
		return c.watched(c.Module), []string{"node", c.Module}
	} else {
		dev = c.script(nil)
	}
	switch start := strings.TrimSpace(c.node.Scripts["start"]); {
	case start == "" || isDelegate(start) || needsMissingTool(c.node, start):
		prod = dev
	default:
		prod = c.runScript("start")
	}
	// "node server.js" serves the code it began with; --watch makes it follow
	// edits. Hooks and flags in the script would be lost, so only the plain form.
	if words := strings.Fields(text); len(words) == 2 && words[0] == "node" && c.node.Scripts["pre"+script] == "" && c.node.Scripts[script] == text {
		dev = c.watched(words[1])
	}
	return dev, prod
}

// watched runs a file so that it restarts on a change (Node 18.11 and later).
func (c *candidate) watched(name string) []string {
	major, _, _ := strings.Cut(c.Runtime.Version, ".")
	if n, err := strconv.Atoi(major); err == nil && n < 20 {
		return []string{"node", name}
	}
	return []string{"node", "--watch", name}
}
