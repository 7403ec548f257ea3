package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/devup-cli/devup/internal/project"
)

// loadProject loads a project and remembers that its files were right, so that the next
// load is faster. Where that cannot be kept, it is not.
func (a *app) loadProject(ctx context.Context, o project.Options) (*project.Project, error) {
	file := a.proofFile(o)
	if known, err := os.ReadFile(file); err == nil {
		o.Proof = string(known)
	}
	p, err := project.Load(ctx, a.withAnswers(ctx, o))
	if err == nil && p.Proof != o.Proof && file != "" && os.MkdirAll(filepath.Dir(file), 0o700) == nil {
		_ = os.WriteFile(file, []byte(p.Proof), 0o600) // half a proof proves nothing, and is replaced
	}
	return p, err
}

// proofFile is where the proof of what these options load is kept; empty for nowhere.
func (a *app) proofFile(o project.Options) string {
	dir, err := filepath.Abs(o.Dir)
	if err != nil || a.stateDir() == "" {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", append([]string{provenanceOf().Version, dir}, o.Files...)))
	return filepath.Join(a.stateDir(), "proofs", hex.EncodeToString(sum[:8]))
}
