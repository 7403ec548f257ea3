package build

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/page"
)

// said are lines as tools print them in builds, with the reason that they show; empty
// for none.
var said = []struct{ line, reason string }{
	{"something else", ""},
	{"added 152 packages, and audited 153 packages in 4s", ""},
	{"npm warn EBADENGINE Unsupported engine {", ""},
	{"debconf: delaying package configuration, since apt-utils is not installed", ""},
	{"WARNING: Running pip as the 'root' user can result in broken permissions", ""},
	{"npm error code ERESOLVE", "dependency-conflict"},
	{"ERROR: No matching distribution found for jwt==9", "no-version"},
	{"write /var/lib/docker/tmp/x: no space left on device", "disk-full"},
	{"npm error self-signed certificate in certificate chain", "certificate"},
	{"granting entitlement security.insecure is not allowed by build daemon configuration", "entitlement"},
	{"unexpected status: 429 Too Many Requests", "rate-limit"},
	{"pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock [--no-update]` to fix the lock file.", "lock-file"},
	{"Your Pipfile.lock (ab547e) is out of date. Expected: (9d352e).", "lock-file"},
	{"ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?", "engine-inside"},
	{"npm error request to https://npm.example/x failed, reason: getaddrinfo EAI_AGAIN npm.example", "name-unknown"},
	{"Temporary failure resolving 'mirror.example'", "name-unknown"},
	{"curl: (7) Failed to connect to mirror.example port 443 after 2 ms: Connection refused", "unreachable"},
	{"npm error 404 Not Found - GET https://npm.example/left-pat - Not found", "not-found"},
	{"pull access denied for x, repository does not exist", "access-denied"},
	{"failed to calculate checksum of ref a::b: \"/package-lock.json\": not found", "not-in-context"},
	{"Error: pg_config executable not found.", "native-build"},
	{"error: command 'gcc' failed: No such file or directory", "native-build"},
	{"npm error gyp ERR! stack Error: not found: make", "native-build"},
	{"E: The repository 'http://mirror.example/debian buster Release' does not have a Release file.", "release-archived"},
	{"Error: error:0308010C:digital envelope routines::unsupported", "openssl"},
	{"FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", "memory"},
	{"/bin/sh: 1: yarn: not found", "command-missing"},
	{"unsupported frontend capability moby.buildkit.frontend.contexts", "builder-too-old"},
	{"dockerfile parse error on line 3: unknown instruction: RUNN", "dockerfile"},
}

func TestLikely(t *testing.T) {
	t.Parallel()
	for _, test := range said {
		reason, hint := likely([]string{"first", test.line})
		if reason != test.reason || (hint == "") != (reason == "") {
			t.Errorf("%s\n gives %q with the hint %q, want %q", test.line, reason, hint, test.reason)
		}
	}
}

// TestLikelyOfWholeLogs runs over what tools really printed: in logs with several
// errors the one counts that the others follow from.
func TestLikelyOfWholeLogs(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/causes/*.log")
	if err != nil || len(files) == 0 {
		t.Fatalf("no logs: %v", err)
	}
	begins := map[string]string{"tls": "certificate", "lock": "lock-file"}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := strings.Cut(filepath.Base(file), "-")
		if reason, _ := likely(strings.Split(string(text), "\n")); reason != begins[kind] {
			t.Errorf("%s: got %q, want %q", file, reason, begins[kind])
		}
	}
}

// TestEveryReason: each cause explains a line, and stands in docs/troubleshooting.md.
func TestEveryReason(t *testing.T) {
	t.Parallel()
	var reasons, shown []string
	for _, known := range causes {
		reasons = append(reasons, known.reason)
	}
	for _, test := range said {
		if test.reason != "" {
			shown = append(shown, test.reason)
		}
	}
	slices.Sort(reasons)
	slices.Sort(shown)
	if diff := cmp.Diff(reasons, slices.Compact(shown)); diff != "" {
		t.Errorf("causes (-) and those that a line shows (+):\n%s", diff)
	}
	if diff := cmp.Diff(reasons, page.Column(t, "../../docs/troubleshooting.md", "reason of a build")); diff != "" {
		t.Errorf("causes (-) and docs/troubleshooting.md (+):\n%s", diff)
	}
}
