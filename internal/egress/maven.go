package egress

import (
	"encoding/xml"
	"path/filepath"
	"slices"
	"strings"
)

const mavenPath = "/run/secrets/devup-maven.xml"

// mavenText is the text of an element, without the space around it.
type mavenText string

// UnmarshalText trims as Maven does.
func (t *mavenText) UnmarshalText(text []byte) error {
	*t = mavenText(strings.TrimSpace(string(text)))
	return nil
}

// mavenSettings are the parts of a settings.xml that say where packages come from. What is not
// named here is not passed on.
type mavenSettings struct {
	XMLName  xml.Name       `xml:"settings"`
	Mirrors  []mavenMirror  `xml:"mirrors>mirror"`
	Proxies  []mavenProxy   `xml:"proxies>proxy"`
	Profiles []mavenProfile `xml:"profiles>profile"`
	Active   []mavenText    `xml:"activeProfiles>activeProfile"`
	Servers  []mavenServer  `xml:"servers>server"`
}

type mavenMirror struct {
	ID       mavenText `xml:"id"`
	Name     mavenText `xml:"name,omitempty"`
	URL      mavenText `xml:"url"`
	MirrorOf mavenText `xml:"mirrorOf,omitempty"`
	Layout   mavenText `xml:"layout,omitempty"`
	Layouts  mavenText `xml:"mirrorOfLayouts,omitempty"`
	Blocked  mavenText `xml:"blocked,omitempty"`
}

type mavenProxy struct {
	ID       string `xml:"id"`
	Active   bool   `xml:"active"`
	Protocol string `xml:"protocol"`
	Host     string `xml:"host"`
	Port     string `xml:"port"`
	Without  string `xml:"nonProxyHosts,omitempty"`
}

type mavenProfile struct {
	ID      mavenText         `xml:"id"`
	Always  bool              `xml:"activation>activeByDefault"`
	Library []mavenRepository `xml:"repositories>repository"`
	Plugins []mavenRepository `xml:"pluginRepositories>pluginRepository"`
}

type mavenRepository struct {
	ID        mavenText    `xml:"id"`
	Name      mavenText    `xml:"name,omitempty"`
	URL       mavenText    `xml:"url"`
	Layout    mavenText    `xml:"layout,omitempty"`
	Releases  *mavenPolicy `xml:"releases"`
	Snapshots *mavenPolicy `xml:"snapshots"`
}

type mavenPolicy struct {
	Enabled  mavenText `xml:"enabled,omitempty"`
	Update   mavenText `xml:"updatePolicy,omitempty"`
	Checksum mavenText `xml:"checksumPolicy,omitempty"`
}

// mavenServer is a login, which is passed on as it is written.
type mavenServer struct {
	ID    mavenText `xml:"id"`
	Inner string    `xml:",innerxml"`
}

// maven takes the mirrors, repositories and logins of the user's settings.xml, and writes the
// proxies of this machine in: Maven knows no variables for them.
func (m machine) maven(s *Settings) {
	file := filepath.Join(m.home, ".m2", "settings.xml")
	var settings mavenSettings
	if data, err := m.readFile(file); err == nil {
		if err := xml.Unmarshal(data, &settings); err != nil {
			s.note(m.shown(file) + " is not valid XML: it is left out")
			settings = mavenSettings{}
		}
	}
	addresses := settings.public(s, m.shown(file))
	logins := settings.logins(s, addresses, m.shown(file))
	settings.Servers, settings.Proxies = nil, s.mavenProxies()
	if len(settings.Mirrors)+len(settings.Profiles)+len(settings.Active)+len(settings.Proxies) == 0 {
		return
	}
	text, err := xml.Marshal(settings)
	if err != nil {
		return // texts have a form
	}
	// Maven takes each section once. Empty ones are written too, that of servers among them.
	before, after, _ := strings.Cut(string(text), "</servers>")
	parts := slices.Concat([]Part{{Text: before + "\n"}}, logins, []Part{{Text: "</servers>" + after + "\n"}})
	s.Clients = append(s.Clients, Client{Name: "maven", File: "devup-maven.xml", Target: mavenPath, Variable: "MAVEN_ARGS", Value: "--settings " + mavenPath, Parts: parts})
}

// public drops what a container cannot reach or does not need, takes the logins out of all
// addresses, and gives those by ID.
func (settings *mavenSettings) public(s *Settings, file string) map[mavenText][]string {
	addresses := map[mavenText][]string{}
	kept := func(id mavenText, address *mavenText) {
		public, _ := withoutUser(string(*address))
		*address = mavenText(public)
		if at := location(public); !slices.Contains(addresses[id], at) {
			addresses[id] = append(addresses[id], at)
		}
	}
	settings.Mirrors = slices.DeleteFunc(settings.Mirrors, func(e mavenMirror) bool {
		if isLoopback(string(e.URL)) {
			s.note(onLoopback("the mirror " + string(e.ID) + " of " + file))
			return true
		}
		return false
	})
	for i := range settings.Mirrors {
		kept(settings.Mirrors[i].ID, &settings.Mirrors[i].URL)
	}
	settings.Profiles = slices.DeleteFunc(settings.Profiles, func(p mavenProfile) bool { return len(p.Library)+len(p.Plugins) == 0 })
	for _, p := range settings.Profiles {
		for _, repositories := range [][]mavenRepository{p.Library, p.Plugins} {
			for i := range repositories {
				kept(repositories[i].ID, &repositories[i].URL)
			}
		}
	}
	return addresses
}

// logins are those of servers whose addresses are known. Maven sends one to each
// address with its ID, so that the credential names them all.
func (settings *mavenSettings) logins(s *Settings, addresses map[mavenText][]string, file string) []Part {
	var parts []Part
	for _, e := range settings.Servers {
		if len(addresses[e.ID]) == 0 {
			s.note(file + " has a login for the server " + string(e.ID) + ", whose address it does not name: it is left out")
			continue
		}
		c := Credential{Client: "maven", Kind: "password", Registry: strings.Join(addresses[e.ID], " and "), Sources: []string{file}, Configured: true}
		parts = append(parts, Part{Secret: "<server>" + e.Inner + "</server>\n", Credential: s.found(c)})
	}
	return parts
}

// mavenProxies are the proxies of this machine, without their passwords.
func (s *Settings) mavenProxies() []mavenProxy {
	var all []mavenProxy
	for _, p := range javaProxies(s.Proxy) {
		all = append(all, mavenProxy{ID: "devup-" + p.scheme, Active: true, Protocol: p.scheme, Host: p.host, Port: p.port, Without: javaHosts(s.Proxy["NO_PROXY"])})
	}
	return all
}
