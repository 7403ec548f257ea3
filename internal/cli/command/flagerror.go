package command

import (
	"errors"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/devup-cli/devup/internal/fail"
)

// FlagError explains a flag that cannot be understood and names the nearest one.
func FlagError(c *cobra.Command, err error) error {
	if value, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return badValue(c, value)
	}
	text := FirstLine(err.Error())
	hint := "see `" + c.CommandPath() + " --help`"
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok && unknown.GetSpecifiedShortnames() == "" {
		name := unknown.GetSpecifiedName()
		return fail.New(fail.Usage, Nearest(name, flagsLike(c, name), "--", hint), "%s has no flag --%s", c.CommandPath(), name)
	}
	return fail.New(fail.Usage, hint, "%s", text)
}

// flagsLike are the flags of a command that resemble a name, by cobra's rule for commands.
func flagsLike(c *cobra.Command, name string) (like []string) {
	name = strings.ToLower(name)
	c.Flags().VisitAll(func(f *pflag.Flag) {
		near := levenshtein.Distance(name, f.Name, nil) <= 2 || strings.HasPrefix(f.Name, name)
		if near && !f.Hidden {
			like = append(like, f.Name)
		}
	})
	return like
}

// Nearest is a hint that names those of the suggestions that are nearest to a word, or another
// hint where there are none. One that begins with the word is as near as can be.
func Nearest(word string, suggestions []string, prefix, otherwise string) string {
	if len(suggestions) == 0 {
		return otherwise
	}
	distance := func(s string) int {
		if strings.HasPrefix(s, word) {
			return 0
		}
		return levenshtein.Distance(word, s, nil)
	}
	least := distance(suggestions[0])
	for _, s := range suggestions {
		least = min(least, distance(s))
	}
	var quoted []string
	for _, s := range suggestions {
		if distance(s) == least {
			quoted = append(quoted, "`"+prefix+s+"`")
		}
	}
	return "did you mean " + strings.Join(quoted, " or ") + "?"
}
