package main

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"regexp"
	"strings"
)

// sitePackages is where a Debian package of a Python library has its modules.
const sitePackages = "usr/lib/python3/dist-packages/"

// deb is what a Debian package holds of Python.
type deb struct {
	name    string
	depends []string // Debian packages named python3-*
	files   map[string][]byte
	dists   []dist
}

// dist is one Python distribution: its metadata as Debian has it.
type dist struct {
	name, version string
	metadata      string
	entryPoints   []byte
}

var (
	pythonPackage = regexp.MustCompile(`python3-[a-z0-9.+-]+`)
	infoDirectory = regexp.MustCompile(`^[^/]+\.(dist|egg)-info(/|$)`)
	field         = func(name string) *regexp.Regexp { return regexp.MustCompile(`(?m)^` + name + `: *(.*)$`) }
	nameField     = field("Name")
	versionField  = field("Version")
)

// readDeb unpacks a .deb file into memory.
func readDeb(ctx context.Context, file string) (*deb, error) {
	fields, err := exec.CommandContext(ctx, "dpkg-deb", "--field", file, "Package", "Depends").Output()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	d := &deb{name: first(field("Package"), string(fields)), files: map[string][]byte{}}
	d.depends = pythonPackage.FindAllString(first(field("Depends"), string(fields)), -1)
	content, err := exec.CommandContext(ctx, "dpkg-deb", "--fsys-tarfile", file).Output()
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", file, err)
	}
	infos := map[string][]byte{}
	for archive := tar.NewReader(bytes.NewReader(content)); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("unpack %s: %w", file, err)
		}
		name, ok := strings.CutPrefix(path.Clean(header.Name), sitePackages)
		if !ok || header.Typeflag != tar.TypeReg || strings.Contains(name, "__pycache__/") {
			continue
		}
		data, err := io.ReadAll(archive)
		if err != nil {
			return nil, fmt.Errorf("unpack %s: %w", file, err)
		}
		if infoDirectory.MatchString(name) {
			infos[name] = data
		} else {
			d.files[name] = data
		}
	}
	d.dists = distsIn(infos)
	return d, nil
}

// distsIn reads the metadata of each distribution: a METADATA or PKG-INFO file, or an
// .egg-info that is a file itself.
func distsIn(infos map[string][]byte) []dist {
	var dists []dist
	for file, data := range infos {
		base := path.Base(file)
		if base != "METADATA" && base != "PKG-INFO" && path.Ext(base) != ".egg-info" {
			continue
		}
		metadata := string(data)
		dists = append(dists, dist{
			name:        first(nameField, metadata),
			version:     first(versionField, metadata),
			metadata:    metadata,
			entryPoints: infos[path.Join(path.Dir(file), "entry_points.txt")],
		})
	}
	return dists
}

// first is what the pattern's group matched first, or nothing.
func first(pattern *regexp.Regexp, text string) string {
	m := pattern.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return strings.TrimSpace(m[1])
}
