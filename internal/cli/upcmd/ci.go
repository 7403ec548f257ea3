package upcmd

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/atomicfile"
	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/logs"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
)

// Bounds of what is kept of the log of a service that failed.
const (
	shownLines = 100      // lines in the job's own log
	keptBytes  = 10 << 20 // bytes in a file
)

// runReport is what a program that runs up gets when it ends: the result, and in a job of a CI service
// what that service reads.
type runReport struct {
	env  *command.Env
	off  bool                                        // the run is for a user who looks on
	dir  string                                      // for the files; empty for none
	fold func(name, title string) (open, end string) // lines around what is folded in the job's log
	note func(e *fail.Error) string                  // a line by which a failure is shown next to the code; empty for none
}

// newRunReport is what the environment asks for.
func newRunReport(env *command.Env, o upOptions) *runReport {
	r := &runReport{
		env: env, off: !o.detached() || o.dryRun, dir: o.ci,
		fold: func(string, string) (string, string) { return "", "" }, note: func(*fail.Error) string { return "" },
	}
	switch {
	case r.off, env.UI.Mode() == ui.JSON:
	case env.Getenv("GITHUB_ACTIONS") == "true":
		r.fold, r.note = githubGroup, githubError
	case env.Getenv("GITLAB_CI") == "true":
		r.fold = gitlabSection
	}
	return r
}

// githubGroup folds lines, of which none is taken for a command of the job.
func githubGroup(_, title string) (open, end string) {
	token := rand.Text()
	return "::group::" + githubText(title) + "\n::stop-commands::" + token + "\n", "::" + token + "::\n::endgroup::\n"
}

func githubError(e *fail.Error) string {
	property := func(s string) string { return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(githubText(s)) }
	properties := []string{"title=" + property(strings.TrimPrefix(e.Service+" ", " ")+string(e.Code))}
	if e.File != "" {
		properties = append(properties, "file="+property(ui.FromHere(e.File)))
	}
	if e.Line > 0 {
		properties = append(properties, fmt.Sprintf("line=%d", e.Line))
	}
	text := e.Message
	if e.Hint != "" {
		text += "\nhint: " + e.Hint
	}
	return "::error " + strings.Join(properties, ",") + "::" + githubText(text) + "\n"
}

// githubText is a text as the commands of a job have it.
func githubText(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func gitlabSection(name, title string) (open, end string) {
	now := time.Now().Unix()
	return fmt.Sprintf("\x1b[0Ksection_start:%d:%s[collapsed=true]\r\x1b[0K%s\n", now, name, title), fmt.Sprintf("\x1b[0Ksection_end:%d:%s\r\x1b[0K\n", now, name)
}

// begin folds what follows, up to the call of end.
func (r *runReport) begin() (end func()) {
	open, last := r.fold("devup_up", "devup up")
	r.env.UI.Mark(open)
	return func() { r.env.UI.Mark(last) }
}

// print prints the result, and adds to the failure of a run that of writing the files.
func (r *runReport) print(ctx context.Context, s *session.Session, rows []expose.Row, failed error) error {
	if r.off {
		return failed
	}
	if err := r.show(ctx, s, failed); err != nil {
		failed = errors.Join(failed, err)
	}
	show.Result(ctx, r.env, s, nil, rows)
	return failed
}

// show shows how a run ended: the logs of services that failed, in the job's log and as files, the
// failures next to the code, and a file in the form of JUnit. The session is nil where it could not be opened.
func (r *runReport) show(ctx context.Context, s *session.Session, failed error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	files := map[string][]byte{}
	for _, service := range slices.Sorted(maps.Keys(fail.Services(failed))) {
		text := r.log(ctx, s, service)
		if len(text) == 0 {
			continue
		}
		files[service+".log"] = text
		if open, end := r.fold("devup_"+service, "logs of "+service); open != "" {
			lines := bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
			r.env.UI.Mark(open)
			for _, line := range lines[max(0, len(lines)-shownLines):] {
				r.env.Say(string(line))
			}
			r.env.UI.Mark(end)
		}
	}
	for _, e := range fail.Failures(failed) {
		r.env.UI.Mark(r.note(e))
	}
	if r.dir == "" {
		return nil
	}
	files["junit.xml"] = junit(s, failed)
	return r.keep(files)
}

// log is the newest of what the containers of a service printed.
func (r *runReport) log(ctx context.Context, s *session.Session, service string) []byte {
	if s == nil || s.Engine == nil {
		return nil
	}
	var text bytes.Buffer
	err := show.Logs(ctx, r.env, s, show.Followed{Services: []string{service}}, logs.Options{Timestamps: true, Sink: func(e event.Event) {
		if e.Kind != event.Log {
			return
		}
		text.WriteString(e.Text + "\n")
		if extra := text.Len() - keptBytes; extra > 0 {
			text.Next(extra)
		}
	}})
	if err != nil {
		return nil // why the run failed says more
	}
	return text.Bytes()
}

// keep writes the files below the directory, over those of an earlier run.
func (r *runReport) keep(files map[string][]byte) error {
	base, dir := filepath.Split(filepath.Clean(r.dir))
	root, err := os.OpenRoot(filepath.Join(".", base))
	if filepath.IsAbs(base) {
		root, err = os.OpenRoot(base)
	}
	if err == nil {
		defer root.Close()
		err = root.MkdirAll(dir, 0o755)
	}
	for name, content := range files {
		if err == nil {
			err = atomicfile.ReplaceIn(root, filepath.Join(dir, name), content, 0o644)
		}
	}
	if err != nil {
		return fail.Wrap(err, fail.Denied, "name another directory: --ci=DIR", "the files for CI cannot be written to %s", r.dir)
	}
	return nil
}

// A file in the form of JUnit, which CI services read.
type (
	testSuite struct {
		XMLName  xml.Name   `xml:"testsuite"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Cases    []testCase `xml:"testcase"`
	}
	testCase struct {
		Class    string        `xml:"classname,attr"`
		Name     string        `xml:"name,attr"`
		Failures []testFailure `xml:"failure"`
	}
	testFailure struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// junit has a test for each service of a run, and one for what failed without a service.
func junit(s *session.Session, failed error) []byte {
	byService := map[string][]testFailure{}
	suite := testSuite{Name: "devup"}
	for _, e := range fail.Failures(failed) {
		text := strings.Join(append(slices.Clone(e.Lines), "hint: "+e.Hint), "\n")
		byService[e.Service] = append(byService[e.Service], testFailure{string(e.Code), e.Error(), text})
		suite.Failures++
	}
	names := slices.Collect(maps.Keys(byService))
	if s != nil && s.Project != nil {
		suite.Name = s.Name
		names = append(names, s.Project.ServiceNames()...)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		title := name
		if name == "" {
			title = "devup up"
		}
		suite.Cases = append(suite.Cases, testCase{suite.Name, title, byService[name]})
	}
	suite.Tests = len(suite.Cases)
	text, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		panic(errors.Join(errors.New("upcmd: a test suite that XML cannot hold"), err))
	}
	return append([]byte(xml.Header), append(text, '\n')...)
}
