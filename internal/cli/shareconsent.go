package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/project"
)

// shareConsent is what a user agrees to with one yes: these ports of this checkout, opened
// by this program. Anything else is another question.
type shareConsent struct {
	Directory string   `json:"directory"` // of the project, absolute and without links
	Tool      string   `json:"tool"`
	Services  []string `json:"services"` // each with its port, and those that a gateway leads to; sorted
}

// shareConsentFor is the consent that opening these rows takes.
func shareConsentFor(p *project.Project, tool string, rows []expose.Row) shareConsent {
	c := shareConsent{Directory: p.WorkingDir, Tool: tool}
	if real, err := filepath.EvalSymlinks(c.Directory); err == nil {
		c.Directory = real
	}
	for _, r := range rows {
		for _, service := range expose.Through(p, r) {
			c.Services = append(c.Services, service+":"+strconv.Itoa(r.Target))
		}
	}
	slices.Sort(c.Services)
	return c
}

// file is where the consent is kept in the user's state directory; empty where there is none.
// Its name is a hash of all that was agreed to, so that a file that exists is the consent.
func (c shareConsent) file(stateDir string) (name string, content []byte) {
	content, err := json.Marshal(c)
	if err != nil || stateDir == "" {
		return "", nil
	}
	sum := sha256.Sum256(content)
	return filepath.Join(stateDir, "share-consents", hex.EncodeToString(sum[:16])+".json"), content
}

// given tells whether the user agreed before.
func (c shareConsent) given(stateDir string) bool {
	name, _ := c.file(stateDir)
	if name == "" {
		return false
	}
	_, err := os.Lstat(name)
	return err == nil
}

// keep keeps the consent. Where that is not possible, the user is asked again.
func (c shareConsent) keep(stateDir string) {
	name, content := c.file(stateDir)
	if name != "" && os.MkdirAll(filepath.Dir(name), 0o700) == nil {
		_ = os.WriteFile(name, content, 0o600)
	}
}
