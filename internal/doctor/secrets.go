package doctor

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/secret"
	"github.com/devup-cli/devup/internal/untrusted"
)

// How much of the env files that git has is looked at.
const (
	mostEnvFiles = 50
	mostOfEnv    = 64 << 10
)

// checkSecrets looks for env files with secrets that git has: everyone who clones the
// repository has them too. It reads git's index and names keys, never values.
func checkSecrets(ctx context.Context, p Project) Finding {
	if p.Git == nil || p.Files == nil {
		return nothing()
	}
	list, err := p.Git(ctx, "ls-files", "-z", "--", ":(glob)**/.env", ":(glob)**/.env.*", ":(glob)**/*.env")
	if err != nil {
		return nothing() // no repository, or not one of this user
	}
	var told, files []string
	names := strings.FieldsFunc(string(list), func(r rune) bool { return r == 0 })
	for _, name := range names[:min(len(names), mostEnvFiles)] {
		if keys := secretKeys(p.Files, name); len(keys) > 0 && !isExample(name) {
			told = append(told, name+" with "+few(keys))
			files = append(files, name)
		}
	}
	if len(told) == 0 {
		return good("")
	}
	return warning("git has files that look like secrets: "+strings.Join(told, "; "),
		fmt.Sprintf("`git rm --cached %[1]s && echo %[1]s >> .gitignore` keeps the file and takes it out of git; renew the secrets, which stay in its history", untrusted.Arguments(files[0])))
}

// isExample tells of an env file that is meant to be in git.
func isExample(name string) bool {
	base := strings.ToLower(path.Base(name))
	return slices.ContainsFunc([]string{"example", "sample", "template", "dist", "vault", "test"}, func(word string) bool {
		return slices.Contains(strings.Split(base, "."), word)
	})
}

// secretKeys are the variables of an env file that look like secrets and are set to
// something that may be one.
func secretKeys(files fs.FS, name string) []string {
	file, err := files.Open(name)
	if err != nil {
		return nil
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, mostOfEnv))
	if err != nil {
		return nil
	}
	var keys []string
	for line := range strings.Lines(string(content)) {
		key, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		value = strings.Trim(strings.TrimSpace(value), `"'`)
		if ok && secret.HasName(key) && !placeholder.MatchString(value) {
			keys = append(keys, strings.TrimSpace(key))
		}
	}
	return keys
}

// placeholder is a value that is no secret: none, a switch, a reference, or a word that
// asks for one.
var placeholder = lazyregexp.New(`(?i)^$|^(true|false|yes|no|on|off|none|null|\d{1,4})$|^\$\{?\w+\}?$|^<.*>$|change.?me|replace|example|placeholder|todo|x{3,}|^your|_here$`)

// few names some and counts the rest.
func few(names []string) string {
	if len(names) <= mostNamed {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:mostNamed], ", "), len(names)-mostNamed)
}
