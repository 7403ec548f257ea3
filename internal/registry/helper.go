package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"time"

	"github.com/docker/docker-credential-helpers/credentials"
)

// helperTime is how long a credential helper may take: some ask for a password
// in a window of their own.
const helperTime = time.Minute

// tokenUser is the user name by which a helper says that its secret is an
// identity token.
const tokenUser = "<token>"

// ask runs a credential helper by the protocol that Docker has with them: the
// command get, the registry on its input, JSON on its output. A registry that
// the helper does not know is no login and no trouble.
func ask(ctx context.Context, helper, of string) Login {
	program := "docker-credential-" + helper
	if strings.ContainsAny(helper, `/\`) {
		return Login{Trouble: "Docker's configuration names a credential helper that is not a plain name"}
	}
	ctx, cancel := context.WithTimeout(ctx, helperTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "get")
	cmd.WaitDelay = time.Second // a child of the helper may hold its output open
	cmd.Stdin = strings.NewReader(server(of))
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) { // it ended well, and its answer is whole
		err = nil
	}
	said := firstLine(stderr.String())
	if !answers(out.Bytes()) { // an answer holds a secret; helpers complain there too
		said = firstLine(out.String() + "\n" + stderr.String())
	}
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return Login{Trouble: "the credential helper " + program + " is not installed here"}
	case err != nil && credentials.IsErrCredentialsNotFoundMessage(said):
		return Login{}
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return Login{Trouble: "the credential helper " + program + " does not answer"}
	case err != nil && said != "":
		return Login{Trouble: "the credential helper " + program + " failed: " + said}
	case err != nil:
		return Login{Trouble: "the credential helper " + program + " failed: " + err.Error()}
	}
	var answer struct{ Username, Secret string }
	if json.Unmarshal(out.Bytes(), &answer) != nil { // the text holds a secret, so it is not shown
		return Login{Trouble: "the credential helper " + program + " answers something other than JSON"}
	}
	if answer.Username == tokenUser {
		return Login{Server: server(of), IdentityToken: answer.Secret}
	}
	return Login{Server: server(of), Username: answer.Username, Password: answer.Secret}
}

// answers reports whether a helper's output begins as an answer does.
func answers(out []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(out), []byte("{")) }

// firstLine is the first line with something in it, short enough for a sentence.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			return strings.ToValidUTF8(line[:min(len(line), 200)], "")
		}
	}
	return ""
}
