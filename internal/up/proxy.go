package up

import (
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/framework"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/untrusted"
	"github.com/devup-cli/devup/internal/workspace"
)

// AddProxySettings makes a resolved project, a copy of the caller's own, work behind the
// proxy of the workspace: its web frameworks get the variables without which they refuse the
// public addresses. What a service sets itself stays; what no variable can say becomes a
// note with the line to add. Where browsers reach the ports themselves, only services are
// looked at that are on another port than their own.
func AddProxySettings(p *project.Project, ws workspace.Info) {
	suffix := ws.Suffix()
	if suffix == "" && len(ws.Tunnels) == 0 {
		addMovedSettings(p)
		return
	}
	hosts := publicHosts(p, ws)
	for _, name := range browserFacing(p, hosts) {
		at := framework.Address{Suffix: suffix, Hosts: hosts[name], Path: publicPath(p, ws, name)}
		if suffix == "" {
			if len(at.Hosts) == 0 {
				continue // only what is shared has a tunnel before it
			}
			_, rest, _ := strings.Cut(at.Hosts[0], ".")
			at.Suffix = "." + rest
		}
		needs := needsOf(p, name, at)
		addSettings(p, name, needs, "behind the https proxy")
		for _, l := range needs.Lines {
			p.Notes = append(p.Notes, fmt.Sprintf("%s: %s %s: add %s to %s", name, l.Framework, l.Why, l.Code, l.File))
		}
	}
}

// addMovedSettings gives services their variables that browsers reach on another port than
// their own: pages of some development servers look for changes on that.
func addMovedSettings(p *project.Project) {
	var moved []string
	for _, port := range p.PublishedPorts() {
		if port.Web() && port.Wanted != port.Target && !slices.Contains(moved, port.Service) {
			moved = append(moved, port.Service)
		}
	}
	for _, name := range moved {
		addSettings(p, name, needsOf(p, name, framework.Address{}), "on another port than its own")
	}
}

// addSettings sets the variables that a service needs, and notes where they make it work.
func addSettings(p *project.Project, service string, needs framework.Needs, where string) {
	variables := map[string]string{}
	for _, v := range needs.Variables {
		variables[v.Name] = v.Value
	}
	if len(variables) > 0 {
		p.AddEnvironment(service, variables)
		p.Notes = append(p.Notes, service+": "+settingNote(needs.Variables, where))
	}
}

// publicHosts are the names that browsers have for the services' web ports. Through a
// gateway, its own is what a service receives.
func publicHosts(p *project.Project, ws workspace.Info) map[string][]string {
	hosts := map[string][]string{}
	add := func(service, host string) {
		if host != "" && !slices.Contains(hosts[service], host) {
			hosts[service] = append(hosts[service], host)
		}
	}
	for _, port := range p.PublishedPorts() {
		if port.Web() {
			add(port.Service, ws.Host(port.Wanted))
		}
	}
	if p.Gateway != nil {
		for _, route := range p.Gateway.Routes {
			add(route.Service, ws.Host(p.Gateway.HostPort))
		}
	}
	return hosts
}

// publicPath is the path that the workspace's proxy removes before a service sees a request;
// empty where it takes none, and behind a gateway, which has one of its own.
func publicPath(p *project.Project, ws workspace.Info, service string) string {
	if !ws.InPath() || p.Gateway != nil {
		return ""
	}
	for _, port := range p.PublishedPorts() {
		if port.Service != service || !port.Web() {
			continue
		}
		if u, err := url.Parse(ws.URL(port.Wanted)); err == nil {
			return strings.TrimSuffix(u.Path, "/")
		}
	}
	return ""
}

// browserFacing are the services that browsers may get to: those that publish a web port, and
// those behind a web server of the project. A service without a port that shares its
// source with one that has some is a worker.
func browserFacing(p *project.Project, hosts map[string][]string) []string {
	published := map[string]bool{}
	for name := range hosts {
		for _, directory := range p.Directories(name) {
			published[directory] = true
		}
	}
	return slices.DeleteFunc(p.ServiceNames(), func(name string) bool {
		return len(hosts[name]) == 0 && slices.ContainsFunc(p.Directories(name), func(directory string) bool { return published[directory] })
	})
}

// needsOf is what a service's frameworks need and do not have.
func needsOf(p *project.Project, service string, at framework.Address) framework.Needs {
	var needs framework.Needs
	s, dockerfile := p.Services[service], p.Dockerfile(service)
	if p.ServesFiles(service) {
		return needs
	}
	for _, directory := range p.Directories(service) {
		here := framework.ProxyNeeds(untrusted.DirFS(directory), at)
		for _, v := range here.Variables {
			_, set := s.Environment[v.Name]
			known := slices.ContainsFunc(needs.Variables, func(other framework.Variable) bool { return other.Name == v.Name })
			if !set && !known && !strings.Contains(dockerfile, v.Name) {
				needs.Variables = append(needs.Variables, v)
			}
		}
		for _, l := range here.Lines {
			if rel, err := filepath.Rel(p.WorkingDir, directory); err == nil {
				l.File = path.Join(filepath.ToSlash(rel), l.File)
			}
			needs.Lines = append(needs.Lines, l)
		}
	}
	return needs
}

// settingNote says which variables were set. They are devup's own words, no secrets.
func settingNote(variables []framework.Variable, where string) string {
	var texts, frameworks []string
	for _, v := range variables {
		texts = append(texts, v.Name+"="+v.Value)
		if !slices.Contains(frameworks, v.Framework) {
			frameworks = append(frameworks, v.Framework)
		}
	}
	are, work := "are", "work"
	if len(texts) == 1 {
		are = "is"
	}
	if len(frameworks) == 1 {
		work = "works"
	}
	return fmt.Sprintf("%s %s set, so that %s %s %s", strings.Join(texts, " and "), are, strings.Join(frameworks, " and "), work, where)
}
