package engineconfig

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/fail"
)

// TestArchive: what is copied into a container has the path, owner and mode that the
// service gives it, and what is a file on this machine is not among it.
func TestArchive(t *testing.T) {
	t.Parallel()
	p := load(t, `
services:
  web:
    image: x
    secrets: [file, short, {source: long, target: /etc/token, uid: "1", gid: "2", mode: 0o400}]
    configs: [short]
secrets:
  file: {file: ./secret}
  short: {environment: TOKEN}
  long: {environment: TOKEN}
configs: {short: {content: hello}}
`)
	p.Environment["TOKEN"] = "open sesame"
	files, err := filesOf(p, p.Services["web"])
	if err != nil {
		t.Fatal(err)
	}
	content, err := archive(files)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for r := tar.NewReader(bytes.NewReader(content)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %d:%d %o %s", h.Name, h.Uid, h.Gid, h.Mode, text))
	}
	want := []string{"/run/secrets/short 0:0 444 open sesame", "/etc/token 1:2 400 open sesame", "/short 0:0 444 hello"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("archive (-want +got):\n%s", diff)
	}
}

// TestFilesThatCannotBe: what devup cannot give a container is refused by name, and never
// with the value.
func TestFilesThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, service, secret, want string }{
		{"not set", "{image: x, secrets: [s]}", "{environment: MISSING}", "service web: the variable MISSING of its secret s is not set"},
		{"read only", "{image: x, read_only: true, secrets: [s]}", "{environment: TOKEN}", "service web: /run/secrets/s has to be copied into its container, which is read_only"},
		{"external", "{image: x, secrets: [s]}", "{external: true}", `service web: cannot use the secret "s", which is external`},
		{"a name for an owner", "{image: x, secrets: [{source: s, uid: root}]}", "{environment: TOKEN}", `the owner of the secret s is not a number: "root"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := load(t, "services: {web: "+test.service+"}\nsecrets: {s: "+test.secret+"}\n")
			p.Environment["TOKEN"] = "open sesame"
			_, _, err := mountsOf(p, p.Services["web"], "", nil)
			if fail.CodeOf(err) != fail.Config || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "sesame") {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}
