// Package php has the stacks of PHP, one a file, and what they share.
package php

import "github.com/devup-cli/devup/internal/stack"

// Language is what all stacks of PHP share.
var Language = stack.Language{Name: "php", Manifests: []string{"composer.json"}, Wants: wants}

// wants is what a composer.json says of a package.
func wants(read func(string) string, name string) (versions string, found bool) {
	return stack.WantedInJSON(read("composer.json"), name, "require", "require-dev")
}
