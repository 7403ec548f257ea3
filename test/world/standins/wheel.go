package main

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

// makeWheels makes wheels of all Debian packages in a directory: for each distribution one
// of Debian's version, and one of each further version that the list names.
func makeWheels(ctx context.Context, list, debs, out string) error {
	extra, err := readList(list)
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(debs, "*.deb"))
	if err != nil {
		return err
	}
	var all []*deb
	held := map[string][]string{} // Debian package -> distributions
	for _, file := range files {
		d, err := readDeb(ctx, file)
		if err != nil {
			return err
		}
		all = append(all, d)
		for _, dist := range d.dists {
			held[d.name] = append(held[d.name], dist.name)
		}
	}
	for _, d := range all {
		for _, dist := range d.dists {
			for _, version := range append([]string{dist.version}, extra[d.name]...) {
				if err := writeWheel(out, d, dist, version, requirements(d, dist, held)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// readList reads lines of a Debian package's name and further versions.
func readList(file string) (map[string][]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	versions := map[string][]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if words := strings.Fields(text); len(words) > 0 {
			versions[words[0]] = words[1:]
		}
	}
	return versions, lines.Err()
}

// requirements are the distributions of the Debian packages that d depends on. What the
// metadata itself says is not used: Debian's versions fit each other, whatever pins say.
func requirements(d *deb, of dist, held map[string][]string) []string {
	var names []string
	for _, pkg := range d.depends {
		if slices.Contains([]string{"python3-pip", "python3-setuptools", "python3-wheel"}, pkg) {
			continue
		}
		for _, name := range held[pkg] {
			if normal(name) != normal(of.name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

var (
	requires   = regexp.MustCompile(`(?m)^(Requires-Dist|Provides-Extra): .*\n(?:[ \t].*\n)*`)
	versionTag = regexp.MustCompile(`(?m)^Version: .*$`)
)

// writeWheel writes one wheel (PEP 427) of a distribution under a version.
func writeWheel(out string, d *deb, of dist, version string, needs []string) error {
	tag := platform(d)
	stem := strings.ReplaceAll(normal(of.name), "-", "_") + "-" + version
	info := stem + ".dist-info/"

	header, body, _ := strings.Cut(of.metadata, "\n\n")
	header = requires.ReplaceAllString(header+"\n", "")
	header = versionTag.ReplaceAllLiteralString(header, "Version: "+version)
	for _, name := range needs {
		header += "Requires-Dist: " + name + "\n"
	}
	files := map[string][]byte{
		info + "METADATA": []byte(header + "\n" + body),
		info + "WHEEL":    fmt.Appendf(nil, "Wheel-Version: 1.0\nGenerator: devup-world\nRoot-Is-Purelib: %t\nTag: %s\n", strings.HasSuffix(tag, "-any"), tag),
	}
	if of.entryPoints != nil {
		files[info+"entry_points.txt"] = of.entryPoints
	}
	maps.Copy(files, d.files)
	directory := filepath.Join(out, normal(of.name))
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return err
	}
	return writeZip(filepath.Join(directory, stem+"-"+tag+".whl"), info+"RECORD", files)
}

// platform is the wheel's tag: for any machine unless it has compiled modules. Those are
// for the Python that Debian 12 has, as are the stand-in images.
func platform(d *deb) string {
	for name := range d.files {
		if path.Ext(name) == ".so" {
			machine := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
			return "cp311-cp311-linux_" + machine
		}
	}
	return "py3-none-any"
}

// writeZip writes the files in order of their names, then the record of their sums.
func writeZip(file, record string, files map[string][]byte) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	archive := zip.NewWriter(f)
	var sums strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := archive.CreateHeader(entry(name))
		if err != nil {
			return err
		}
		if _, err := w.Write(files[name]); err != nil {
			return err
		}
		sum := sha256.Sum256(files[name])
		fmt.Fprintf(&sums, "\"%s\",sha256=%s,%d\n", name, base64.RawURLEncoding.EncodeToString(sum[:]), len(files[name]))
	}
	w, err := archive.CreateHeader(entry(record))
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "%s%s,,\n", sums.String(), record); err != nil {
		return err
	}
	return archive.Close()
}

// entry is a file's place in the zip, always of the same day so that a wheel made twice
// is the same file.
func entry(name string) *zip.FileHeader {
	return &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
}
