package egress

import (
	"bytes"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// caVariables name a bundle on this machine, most explicit first.
var caVariables = []string{
	"DEVUP_CA", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "GIT_SSL_CAINFO",
}

// systemBundles are where systems keep all authorities in one file; the first
// that is there counts.
var systemBundles = map[string][]string{
	"linux": {
		"/etc/ssl/certs/ca-certificates.crt",
		"/etc/pki/tls/certs/ca-bundle.crt",
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
		"/etc/ssl/ca-bundle.pem",
		"/etc/ssl/cert.pem",
	},
	"darwin": {"/etc/ssl/cert.pem", "/opt/homebrew/etc/ca-certificates/cert.pem", "/usr/local/etc/ca-certificates/cert.pem"},
	"windows": {
		`C:\Program Files\Git\mingw64\etc\ssl\certs\ca-bundle.crt`,
		`C:\Program Files\Git\mingw64\ssl\certs\ca-bundle.crt`,
	},
}

// additions are the directories in which an administrator of a Linux machine puts
// authorities of the company.
var additions = []string{
	"/usr/local/share/ca-certificates",
	"/etc/pki/ca-trust/source/anchors",
	"/etc/ca-certificates/trust-source/anchors",
}

const (
	maxSecret    = 500 * 1024 // what BuildKit takes for one secret
	completeFrom = 40         // a bundle of this many authorities has the public ones
)

// configured is a CA file that a tool's own settings name.
type configured struct{ source, path string }

// ca joins the authorities that variables, tools and directories name with those of
// the system: pip, curl and git replace their built-in list by the file they
// are given, so the file must hold all.
func (m machine) ca(s *Settings, more ...configured) {
	var b bundle
	var sources []string
	read := map[string]bool{} // several variables often name one file
	for _, file := range append(m.caFiles(), more...) {
		if read[file.path] {
			continue
		}
		read[file.path] = true
		switch data, err := m.readFile(file.path); {
		case file.path == "":
		case err != nil:
			s.note(fmt.Sprintf("%s names a CA bundle that cannot be read: %s", file.source, reason(err)))
		case b.add(data) == 0 && !b.has(data):
			s.note(file.source + " names a file that holds no PEM certificate")
		default:
			sources = append(sources, file.source)
		}
	}
	for _, dir := range m.additions() {
		if m.addDir(&b, dir) {
			sources = append(sources, dir)
		}
	}
	if len(sources) == 0 {
		return
	}
	for _, path := range systemBundles[m.goos] {
		if read[path] {
			break
		}
		if data, err := m.readFile(path); err == nil {
			b.add(data)
			break
		}
	}
	s.CA, s.CAPart, s.CASource = b.pem.Bytes(), len(b.seen) < completeFrom, sources[0]
	if s.CAPart {
		s.note("the CA bundle of " + s.CASource + " lacks the public authorities and none were found on this machine: only Node.js gets it")
	}
	if len(s.CA) > maxSecret {
		s.note(fmt.Sprintf("the CA bundle is larger than the %d kB that a build can take: it is left out", maxSecret/1024))
		s.CA, s.CAPart, s.CASource = nil, false, ""
	}
}

func (m machine) caFiles() []configured {
	var files []configured
	for _, name := range caVariables {
		if path := m.env(name); path != "" {
			files = append(files, configured{name, path})
		}
	}
	return files
}

func (m machine) additions() []string {
	if m.goos != "linux" {
		return nil
	}
	return additions
}

// addDir reports whether the directory held an authority.
func (m machine) addDir(b *bundle, dir string) bool {
	found := false
	for _, pattern := range []string{"*", "*/*"} {
		names := m.glob(filepath.Join(dir, pattern))
		slices.Sort(names)
		for _, name := range names {
			switch strings.ToLower(filepath.Ext(name)) {
			case ".crt", ".pem", ".cer":
				if data, err := m.readFile(name); err == nil {
					found = b.add(data) > 0 || b.has(data) || found
				}
			}
		}
	}
	return found
}

// bundle collects certificates, each once, without the comments around them.
type bundle struct {
	pem  bytes.Buffer
	seen map[[32]byte]bool
}

// add appends the certificates of data that are new and says how many.
func (b *bundle) add(data []byte) int {
	n := 0
	for cert := range certificates(data) {
		if sum := sha256.Sum256(cert); !b.seen[sum] {
			if b.seen == nil {
				b.seen = map[[32]byte]bool{}
			}
			b.seen[sum] = true
			n++
			_ = pem.Encode(&b.pem, &pem.Block{Type: "CERTIFICATE", Bytes: cert}) // a Buffer does not fail
		}
	}
	return n
}

// has reports whether data holds a certificate that the bundle has.
func (b *bundle) has(data []byte) bool {
	for cert := range certificates(data) {
		if b.seen[sha256.Sum256(cert)] {
			return true
		}
	}
	return false
}

func certificates(data []byte) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for {
			var block *pem.Block
			block, data = pem.Decode(data)
			if block == nil {
				return
			}
			if strings.HasSuffix(block.Type, "CERTIFICATE") && len(block.Bytes) > 0 && !yield(block.Bytes) {
				return
			}
		}
	}
}

// reason is the plain cause of a file error, without the path.
func reason(err error) string {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Err.Error()
	}
	return err.Error()
}
