package build

import (
	"errors"
	"strings"
	"testing"
	"time"

	bkclient "github.com/moby/buildkit/client"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
)

func TestExplainBase(t *testing.T) {
	t.Parallel()
	const private = "931637612335.dkr.ecr.us-east-1.amazonaws.com/cruddur-python:3.10-slim-buster"
	for _, test := range []struct{ name, text, reason, sentence, hint string }{
		{
			"an AWS registry that cannot be found",
			private + ": failed to resolve source metadata for " + private + `: failed to do request: Head "https://931637612335.dkr.ecr.us-east-1.amazonaws.com/v2/": dial tcp: lookup 931637612335.dkr.ecr.us-east-1.amazonaws.com on 10.0.0.1:53: no such host`,
			"registry-unreachable",
			"its base image " + private + " cannot be fetched: the name 931637612335.dkr.ecr.us-east-1.amazonaws.com cannot be resolved",
			"get-login-password --region us-east-1 | docker login --username AWS --password-stdin 931637612335.dkr.ecr.us-east-1.amazonaws.com`",
		},
		{
			"an AWS registry that wants a login",
			private + ": failed to resolve source metadata for " + private + ": unexpected status from HEAD request to https://x/v2/: 403 Forbidden",
			"login-needed",
			"its base image " + private + " cannot be fetched: 931637612335.dkr.ecr.us-east-1.amazonaws.com has no such image, or requires a login for it",
			"private registry at AWS with",
		},
		{
			"no network",
			`python:3.13: failed to resolve source metadata for docker.io/library/python:3.13: failed to do request: Head "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host`,
			"registry-unreachable",
			"its base image python:3.13 cannot be fetched: the name registry-1.docker.io cannot be resolved",
			"devup doctor",
		},
		{
			"no such tag",
			"python:9: failed to resolve source metadata for docker.io/library/python:9: docker.io/library/python:9: not found",
			"image-unknown",
			"its base image python:9 cannot be fetched: docker.io has no such image or tag",
			"name and tag in FROM",
		},
		{
			"a limit of pulls",
			"debian:12: failed to resolve source metadata for docker.io/library/debian:12: failed to copy: httpReadSeeker: failed open: unexpected status from GET request to https://registry-1.docker.io/v2/library/debian/manifests/sha256:962f: 429 Too Many Requests\ntoomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit",
			"rate-limit",
			"its base image debian:12 cannot be fetched: docker.io limits pulls, and the limit is reached",
			"log in with `docker login`",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, want := &fail.Error{Service: "web"}, "the image of web cannot be built: "+test.sentence
			explain(got, "", test.text)
			if got.Message != want || got.Reason != test.reason || !strings.Contains(got.Hint, test.hint) {
				t.Errorf("got  %s: %q\nwant %s: %q\nwith the hint %q\nwant one with %q", got.Reason, got.Message, test.reason, want, got.Hint, test.hint)
			}
		})
	}
}

func TestStepLine(t *testing.T) {
	t.Parallel()
	const text = "FROM a AS one\nWORKDIR /x\n\nRUN b\nFROM one\nENV A=1\nCOPY c \\\n /\nRUN d\n"
	for name, want := range map[string]int{
		"[one 2/3] WORKDIR /x":     2,
		"[one 3/3] RUN b":          4,
		"[one 3/3] COPY b":         0, // another numbering
		"[stage-1 1/2] COPY c /":   7,
		"[stage-1 2/2] RUN d":      9,
		"[two 1/1] RUN":            0,
		"[internal] load metadata": 0,
		"exporting to image":       0,
	} {
		if got := stepLine([]byte(text), name); got != want {
			t.Errorf("%s is in line %d, want %d", name, got, want)
		}
	}
	if got := stepLine([]byte("ARG P=one\nFROM a AS one\nFROM ${P}\nRUN b\n"), "[stage-1 1/1] RUN b"); got != 4 {
		t.Errorf("in a stage that begins with an argument: line %d, want 4", got)
	}
	if got := stepLine([]byte("FROM a\nRUN b\n"), "[2/2] RUN b"); got != 2 {
		t.Errorf("in a file of one stage: line %d, want 2", got)
	}
}

func TestFailureNamesTheUsersFileAndLine(t *testing.T) {
	t.Parallel()
	text := []byte("FROM a\nRUN b\n")
	sent, _ := rewrite(text, small, func(string) bool { return false })
	j := job{spec: Spec{Service: "web", Root: "/p", Context: "/p/web", Dockerfile: "/p/web/Dockerfile"}, def: definition{text: text}, sent: sent}
	s := newSteps("web", event.Discard, sent.plain)
	s.update(&bkclient.SolveStatus{
		Vertexes: []*bkclient.Vertex{{Digest: "sha256:1", Name: "[stage-0 2/2] RUN --mount=type=secret,id=ca,target=/run/s/ca,mode=0444 b", Error: "process did not complete"}},
		Logs:     []*bkclient.VertexLog{{Vertex: "sha256:1", Stream: 2, Data: []byte("oh\nno")}},
	})
	s.update(&bkclient.SolveStatus{Vertexes: []*bkclient.Vertex{{Digest: "sha256:1", Error: "again"}}})
	cause := errdefs.WithSource(errors.New(`failed to solve: process "/bin/sh -c b" did not complete successfully: exit code: 4`),
		&errdefs.Source{Info: &pb.SourceInfo{Filename: "Dockerfile"}, Ranges: []*pb.Range{{Start: &pb.Position{Line: 4}, End: &pb.Position{Line: 4}}}})
	got, ok := errors.AsType[*fail.Error](j.failure(cause, s))
	if !ok || got.Error() != "web/Dockerfile:2: the image of web cannot be built: RUN b ended with exit code 4" || got.Service != "web" || got.Code != fail.BuildFailed {
		t.Errorf("got %v, %+v", got, got)
	}
	if lines := strings.Join(got.Lines, "|"); lines != "oh|no" {
		t.Errorf("lines %q", lines)
	}
	parse := errors.New("failed to solve: dockerfile parse error on line 4: unknown instruction: RUNN")
	if got := j.failure(parse, newSteps("web", event.Discard, sent.plain)).Error(); got != "web/Dockerfile:2: the image of web cannot be built: the Dockerfile has a mistake: unknown instruction: RUNN" {
		t.Errorf("a parse error is %q", got)
	}
}

func TestStepsBecomeEvents(t *testing.T) {
	t.Parallel()
	var got []string
	s := newSteps("web", func(e event.Event) {
		got = append(got, strings.TrimSpace(strings.Join([]string{string(e.State), e.Name, e.Stream, e.Text}, " ")))
	}, func(text string) string { return text })
	for _, update := range []*bkclient.SolveStatus{
		{Vertexes: []*bkclient.Vertex{{Digest: "sha256:0", Name: "[internal] load build definition"}, {Digest: "sha256:1", Name: "[stage-0 2/3] RUN  a\n b"}}},
		{Vertexes: []*bkclient.Vertex{{Digest: "sha256:1", Started: at(0)}}, Logs: []*bkclient.VertexLog{{Vertex: "sha256:1", Stream: 1, Data: []byte("one\n     ━━━━━━━━━ 350.7/350.7 kB 101.0 MB/s eta 0:00:00\ntw")}}},
		{Vertexes: []*bkclient.Vertex{{Digest: "sha256:1", Started: at(0)}}, Logs: []*bkclient.VertexLog{{Vertex: "sha256:1", Stream: 1, Data: []byte("o\n10%\r50%\r100%\r\nrest")}}},
		{Vertexes: []*bkclient.Vertex{{Digest: "sha256:1", Started: at(0), Completed: at(3)}}},
		{Vertexes: []*bkclient.Vertex{{Digest: "sha256:2", Name: "[3/3] COPY", Cached: true, Started: at(0), Completed: at(0)}}},
		{Vertexes: []*bkclient.Vertex{{Digest: "sha256:3", Name: "[4/3] RUN", Started: at(0), Completed: at(1), Error: "context canceled: context canceled"}}},
	} {
		s.update(update)
	}
	want := []string{
		"working [2/3] RUN a …", "working [2/3] RUN a … stdout one", "working [2/3] RUN a … stdout two", "working [2/3] RUN a … stdout 100%",
		"working [2/3] RUN a … stdout rest", "done [2/3] RUN a …", "cached [3/3] COPY",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if s.allCached() {
		t.Error("a step was carried out, but all count as cached")
	}
}

func at(seconds int) *time.Time {
	moment := time.Unix(int64(seconds), 0)
	return &moment
}

// TestExplain: what is the matter follows the instruction, instead of the builder's
// own words where those show it, and the command of a RUN is no evidence.
func TestExplain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, instruction, text string
		lines                   []string
		want, hint              string
	}{
		{
			"by its output", "RUN npm ci", `process "/bin/sh -c npm ci" did not complete successfully: exit code: 1`,
			[]string{"npm error code EUSAGE", "npm error"},
			"lock-file: RUN npm ci ended with exit code 1: the lock file does not match the list of packages next to it", "run npm install",
		},
		{
			"by the builder's words", "COPY nowhere /", `failed to calculate checksum of ref a::b: "/nowhere": not found`, nil,
			"not-in-context: COPY nowhere /: /nowhere is not in the build context", "check the path",
		},
		{
			"by the exit code", "RUN ./x", "exit code: 127", nil,
			"command-missing: RUN ./x ended with exit code 127: its command was not found in the image", "install it",
		},
		{
			"not by the command", `RUN sh -c "echo connection refused; false"`, `process "/bin/sh -c sh -c "echo connection refused; false"" did not complete successfully: exit code: 1`, nil,
			`: RUN sh -c "echo connection refused; false" ended with exit code 1`, "",
		},
		{"by the classic builder's words", "", "COPY failed: file not found in build context or excluded by .dockerignore: stat nowhere: file does not exist", nil, "not-in-context: nowhere is not in the build context", "check the path"},
		{"unknown", "RUN x", "the moon is full", nil, ": RUN x: the moon is full", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e := &fail.Error{Service: "web", Lines: test.lines}
			explain(e, test.instruction, test.text)
			if got := e.Reason + ": " + strings.TrimPrefix(e.Message, "the image of web cannot be built: "); got != test.want || !strings.HasPrefix(e.Hint, test.hint) {
				t.Errorf("got  %s (%s)\nwant %s (%s)", got, e.Hint, test.want, test.hint)
			}
		})
	}
}

// TestAnEngineFailureIsNotABuildFailure: where the connection or the disk is at fault, the
// Dockerfile is not blamed. The texts are those of Docker 28.
func TestAnEngineFailureIsNotABuildFailure(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF":                                                               "engine-gone: the engine went away while the image of web was built",
		"failed to solve: Unavailable: error reading from server: EOF":                                                                                                "engine-gone: the engine went away while the image of web was built",
		"failed to solve: ResourceExhausted: write /var/lib/docker/overlay2/1dr1062sw14tgxibt3e4eqh7y/diff/d/big: no space left on device":                            "build-failed: the image of web cannot be built: the engine's disk is full",
		"failed to solve: process \"/bin/sh -c ./check\" did not complete successfully: exit code: 1: rpc error: code = Unavailable desc = name resolver error: none": "build-failed: the image of web cannot be built: exit code: 1: rpc error: code = Unavailable desc = name resolver error: none",
	} {
		sent, _ := rewrite(nil, small, func(string) bool { return false })
		j := job{spec: Spec{Service: "web", Root: "/p", Context: "/p", Dockerfile: "/p/Dockerfile"}, sent: sent}
		failure := fail.Failures(j.failure(errors.New(text), newSteps("web", event.Discard, sent.plain)))[0]
		if got := string(failure.Code) + ": " + failure.Message; got != want {
			t.Errorf("of %s\ngot  %s\nwant %s", text, got, want)
		}
	}
}
