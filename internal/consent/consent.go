// Package consent keeps what the user has answered to questions about one checkout: whether
// its builds may use a token, for example. The answers lie in devup's state directory, by a
// word for the checkout, and never in the clone, which could bring them along. A directory
// that another user could write to answers nothing.
//
// It asks nothing itself.
package consent

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/devup-cli/devup/internal/atomicfile"
	"github.com/devup-cli/devup/internal/owner"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Memory is where the answers are. The zero value remembers nothing.
type Memory struct {
	Dir string // made when needed; empty where there is no home
}

// answers is the file of a checkout.
type answers struct {
	Checkout string          `json:"checkout"`
	Answers  map[string]bool `json:"answers"` // by question
}

// Answer is what the user has answered to a question about a checkout. known is false for a
// question that was not asked yet, and for a checkout without a word.
func (m Memory) Answer(checkout, question string) (yes, known bool) {
	yes, known = m.read(checkout).Answers[question]
	return yes, known
}

// Keep remembers an answer. Where that is impossible the user is asked again.
func (m Memory) Keep(checkout, question string, yes bool) error {
	if m.Dir == "" || checkout == "" {
		return nil
	}
	if err := owner.PrivateDir(m.Dir); err != nil {
		return err
	}
	kept := m.read(checkout)
	kept.Answers[question] = yes
	content, err := json.MarshalIndent(kept, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.Replace(m.file(checkout), append(content, '\n'))
}

// Nonce is a word of random digits that stays the same for the user. Where it cannot be kept
// each call gives another.
func (m Memory) Nonce() string {
	name := filepath.Join(m.Dir, "nonce")
	if m.private() {
		if kept, err := untrusted.ReadFile(name, 64); err == nil && len(kept) == 32 {
			return string(kept)
		}
	}
	var random [16]byte
	_, _ = rand.Read(random[:]) // it does not fail
	made := hex.EncodeToString(random[:])
	if m.Dir != "" && owner.PrivateDir(m.Dir) == nil {
		_ = atomicfile.Replace(name, []byte(made)) // else the next build is not cached
	}
	return made
}

func (m Memory) file(checkout string) string {
	sum := sha256.Sum256([]byte(checkout))
	return filepath.Join(m.Dir, hex.EncodeToString(sum[:8])+".json")
}

// read gives no answers where there are none, or where they are those of another checkout.
func (m Memory) read(checkout string) answers {
	none := answers{Checkout: checkout, Answers: map[string]bool{}}
	if checkout == "" || !m.private() {
		return none
	}
	content, err := untrusted.ReadFile(m.file(checkout), untrusted.MaxText)
	var kept answers
	if err != nil || json.Unmarshal(content, &kept) != nil || kept.Checkout != checkout || kept.Answers == nil {
		return none
	}
	return kept
}

// private tells whether there is a directory, which no other user can write to.
func (m Memory) private() bool {
	if m.Dir == "" {
		return false
	}
	if _, err := os.Lstat(m.Dir); err != nil {
		return false // commands that only look make none
	}
	return owner.PrivateDir(m.Dir) == nil
}
