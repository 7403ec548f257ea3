package show

import (
	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/up"
)

// The objects of a plan in JSON. Their names are a promise.
type (
	buildObject struct {
		Type    string `json:"type"` // "build"
		Service string `json:"service"`
		Cause   string `json:"cause"`
	}
	pullObject struct {
		Type     string   `json:"type"` // "pull"
		Image    string   `json:"image"`
		Services []string `json:"services"`
	}
	operationObject struct {
		Type    string   `json:"type"` // "operation"
		Action  string   `json:"action"`
		Name    string   `json:"name"`
		Service string   `json:"service,omitempty"`
		Causes  []string `json:"causes"`
	}
	setupObject struct {
		Type    string `json:"type"` // "setup"
		Service string `json:"service"`
		Step    string `json:"step"`
		Cause   string `json:"cause"`
	}
)

// Outcome prints what a run would do.
func Outcome(env *command.Env, o *up.Outcome) {
	if asJSON(env) {
		outcomeObjects(env, o)
		return
	}
	var lines []string
	for _, built := range o.Builds {
		lines = append(lines, "build "+built.Service+": "+built.Cause)
	}
	for _, pulled := range o.Pulls {
		lines = append(lines, "pull "+pulled.Image+" for "+command.List(pulled.Services))
	}
	if o.Plan != nil {
		lines = append(lines, o.Plan.Lines()...)
	}
	for _, step := range o.Setup {
		lines = append(lines, "set up "+step.Title()+": "+step.Cause)
	}
	if len(lines) == 0 {
		env.Say("nothing to do: everything runs as the files say")
	}
	env.UI.Text(lines...)
}

func outcomeObjects(env *command.Env, o *up.Outcome) {
	for _, built := range o.Builds {
		env.UI.Object(buildObject{"build", built.Service, built.Cause})
	}
	for _, pulled := range o.Pulls {
		env.UI.Object(pullObject{"pull", pulled.Image, pulled.Services})
	}
	if o.Plan == nil {
		return
	}
	for _, op := range o.Plan.Ops {
		if op.Action == plan.Await {
			continue
		}
		causes := op.Causes
		if causes == nil {
			causes = []string{}
		}
		env.UI.Object(operationObject{"operation", string(op.Action), op.Name, op.Service, causes})
	}
	for _, step := range o.Setup {
		env.UI.Object(setupObject{"setup", step.Service, step.Name, step.Cause})
	}
}

// Operations prints what a plan would do.
func Operations(env *command.Env, todo *plan.Plan) {
	if !asJSON(env) {
		env.UI.Text(todo.Lines()...)
		return
	}
	for _, op := range todo.Ops {
		if op.Action != plan.Await {
			env.UI.Object(operationObject{"operation", string(op.Action), op.Title(), op.Service, op.Causes})
		}
	}
}

// Operation prints what would be done to something that is in no plan.
func Operation(env *command.Env, action, name string) {
	if asJSON(env) {
		env.UI.Object(operationObject{"operation", action, name, "", nil})
		return
	}
	env.UI.Text(action + " " + name)
}
