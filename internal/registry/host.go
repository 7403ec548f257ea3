// Package registry knows container registries as their client does: which one an
// image lives in, what the user's Docker configuration holds for it, what a
// refusal means and how one logs in.
//
// Order of use: [NewCredentials] once for a command; [Credentials.For] gives the
// [Login] of a registry when something is really fetched or pushed; [Explain]
// makes a sentence of what an engine says when that failed.
//
// It talks to no registry: the engine does.
package registry

import (
	"strings"

	"github.com/distribution/reference"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// Hub is the host of Docker Hub, under which images without a host live.
const Hub = "docker.io"

// hubServer is the name under which Docker keeps the credentials of Docker Hub.
const hubServer = "https://index.docker.io/v1/"

// HostOf is the host, with its port, of the registry that an image lives in;
// empty for what is no image reference.
func HostOf(image string) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return ""
	}
	return reference.Domain(named)
}

// officialName is the name of an image that belongs to no account of Docker Hub, with
// its tag as it was given; empty for any other image.
func officialName(image string) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil || reference.Domain(named) != Hub {
		return ""
	}
	name, official := strings.CutPrefix(reference.FamiliarString(named), "library/")
	if strings.Contains(name, "/") && !official {
		return ""
	}
	return name
}

// host is the bare host of what a configuration or BuildKit calls a registry:
// with or without a scheme and a path, and Docker Hub by any of its names.
func host(server string) string {
	_, rest, ok := strings.Cut(server, "://")
	if !ok {
		rest = server
	}
	name, _, _ := strings.Cut(rest, "/")
	switch name = strings.ToLower(name); name {
	case "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com":
		return Hub
	}
	return name
}

var ecr = lazyregexp.New(`^\d+\.dkr[.-]ecr(?:-fips)?\.([\w-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)(?::\d+)?$`)

// LoginCommand is what the user types to log in to a registry.
func LoginCommand(host string) string {
	region := ""
	command := "ecr"
	if found := ecr.FindStringSubmatch(host); found != nil {
		region = found[1]
	}
	if host == "public.ecr.aws" {
		command, region = "ecr-public", "us-east-1" // the one region that gives tokens for it
	}
	switch {
	case region != "":
		return "aws " + command + " get-login-password --region " + region + " | docker login --username AWS --password-stdin " + host
	case host == Hub:
		return "docker login"
	default:
		return "docker login " + host
	}
}

// FullName is an image reference written out: docker.io/library/redis:latest for
// redis; the text itself where it is no reference.
func FullName(image string) string {
	named, err := reference.ParseDockerRef(image)
	if err != nil {
		return image
	}
	return named.String()
}
