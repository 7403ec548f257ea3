package images

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/devup-cli/devup/internal/atomicfile"
)

// memory is what devup knows of images beyond what the engine reports, as facts
// that hold on every engine because an image's ID is a hash of what it is:
//
//	built ID INPUTS         the image was built from these inputs
//	current REF ID SECONDS  the registry's image of that name was this one, then
//	serves ID PLATFORM      the image runs on that platform
//
// They are kept in a file of the user's. When that is lost or cannot be written,
// what is unknown is built or asked for again; nothing else depends on it.
type memory struct {
	file string // empty: it lasts for the run only

	mu     sync.Mutex
	facts  map[string]string // what a fact is about -> its last word
	inputs map[string]bool   // image IDs that were built here
	added  []string          // lines that the file does not have yet
}

// The facts that a file may hold before the older half is dropped.
const manyFacts = 2000

// recall reads the memory in a directory; no directory gives an empty memory.
func recall(dir string) *memory {
	m := &memory{facts: map[string]string{}, inputs: map[string]bool{}}
	if dir == "" {
		return m
	}
	m.file = filepath.Join(dir, "images")
	text, err := os.ReadFile(m.file)
	if err != nil {
		return m // none yet, or not for us
	}
	lines := slices.Collect(strings.Lines(string(text)))
	if len(lines) > manyFacts {
		lines = lines[len(lines)-manyFacts/2:]
		_ = atomicfile.Replace(m.file, []byte(strings.Join(lines, ""))) // else the longer one stays
	}
	for _, line := range lines {
		m.learn(strings.TrimSuffix(line, "\n"))
	}
	return m
}

// learn takes a line for true and reports whether it is new. A line that is no fact, of a
// newer devup or of a write that broke off, is passed over.
func (m *memory) learn(line string) bool {
	words := strings.Split(line, " ")
	key, value := line, ""
	switch {
	case len(words) == 3 && (words[0] == "built" || words[0] == "serves"):
	case len(words) == 4 && words[0] == "current":
		key, value = strings.Join(words[:3], " "), words[3]
	default:
		return false
	}
	if was, known := m.facts[key]; known && was == value {
		return false
	}
	m.facts[key] = value
	if words[0] == "built" {
		m.inputs[words[1]] = true
	}
	return true
}

func (m *memory) add(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.learn(line) {
		m.added = append(m.added, line)
	}
}

func (m *memory) know(key string) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.facts[key]
	return value, ok
}

func (m *memory) built(id, inputs string) bool {
	_, ok := m.know("built " + id + " " + inputs)
	return ok
}

// builtHere reports whether the image was built by devup, from any inputs.
func (m *memory) builtHere(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.inputs[id]
}

func (m *memory) serves(id, platform string) bool {
	_, ok := m.know("serves " + id + " " + platform)
	return ok
}

// current is when the registry's image was this one for the last time that
// devup asked; zero when it never did.
func (m *memory) current(ref, id string) time.Time {
	text, _ := m.know("current " + ref + " " + id)
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// save writes what was added. One write appends whole lines, so that two devups
// at once do not disturb each other.
func (m *memory) save() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.file == "" || len(m.added) == 0 {
		return
	}
	text := strings.Join(m.added, "\n") + "\n"
	m.added = nil
	if os.MkdirAll(filepath.Dir(m.file), 0o700) != nil {
		return
	}
	f, err := os.OpenFile(m.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	_, _ = f.Write([]byte(text)) // see memory
}
