package egress

import (
	"encoding/xml"
	"fmt"
	"html"
	"path/filepath"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

const mavenPath = "/run/secrets/devup-maven.xml"

// mavenEntry is an element with an ID and an address.
type mavenEntry struct {
	ID    string `xml:"id"`
	URL   string `xml:"url"`
	Inner string `xml:",innerxml"`
}

// mavenSettings are the parts of a settings.xml that say where packages come from.
type mavenSettings struct {
	Mirrors  []mavenEntry `xml:"mirrors>mirror"`
	Servers  []mavenEntry `xml:"servers>server"`
	Profiles []struct {
		ID      string       `xml:"id"`
		Always  bool         `xml:"activation>activeByDefault"`
		Library []mavenEntry `xml:"repositories>repository"`
		Plugins []mavenEntry `xml:"pluginRepositories>pluginRepository"`
	} `xml:"profiles>profile"`
	Active []string `xml:"activeProfiles>activeProfile"`
}

var userInURL = lazyregexp.New(`://[^/@\s<>"]+@`)

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
	client := Client{Name: "maven", File: "devup-maven.xml", Target: mavenPath, Variable: "MAVEN_ARGS", Value: "--settings " + mavenPath}
	add := func(text string) { client.Parts = append(client.Parts, Part{Text: text}) }
	addresses := map[string]string{}
	kept := func(element string, e mavenEntry) string {
		addresses[e.ID] = e.URL
		return "<" + element + ">" + userInURL.ReplaceAllString(e.Inner, "://") + "</" + element + ">\n"
	}
	for _, e := range settings.Mirrors {
		if isLoopback(e.URL) {
			s.note("the mirror " + e.ID + " of " + m.shown(file) + " is on this machine's loopback address, which a container cannot reach: it is left out")
			continue
		}
		add("<mirrors>" + kept("mirror", e) + "</mirrors>\n")
	}
	for _, p := range settings.Profiles {
		var text strings.Builder
		for _, e := range p.Library {
			text.WriteString("<repositories>" + kept("repository", e) + "</repositories>")
		}
		for _, e := range p.Plugins {
			text.WriteString("<pluginRepositories>" + kept("pluginRepository", e) + "</pluginRepositories>")
		}
		if text.Len() > 0 {
			add(fmt.Sprintf("<profiles><profile><id>%s</id><activation><activeByDefault>%v</activeByDefault></activation>%s</profile></profiles>\n", html.EscapeString(p.ID), p.Always, text.String()))
		}
	}
	for _, id := range settings.Active {
		add("<activeProfiles><activeProfile>" + html.EscapeString(id) + "</activeProfile></activeProfiles>\n")
	}
	for _, proxy := range s.mavenProxies() {
		add(proxy)
	}
	for _, e := range settings.Servers {
		address, known := addresses[e.ID]
		if !known {
			s.note(m.shown(file) + " has a login for the server " + e.ID + ", whose address it does not name: it is left out")
			continue
		}
		c := Credential{Client: "maven", Kind: "password", Registry: location(address), Sources: []string{m.shown(file)}, Configured: true}
		client.Parts = append(client.Parts, Part{Secret: "<servers><server>" + e.Inner + "</server></servers>\n", Credential: s.found(c)})
	}
	if len(client.Parts) == 0 {
		return
	}
	client.Parts = append([]Part{{Text: "<settings>\n"}}, append(client.Parts, Part{Text: "</settings>\n"})...)
	s.Clients = append(s.Clients, client)
}

// mavenProxies are the proxies of this machine as elements, without their passwords.
func (s *Settings) mavenProxies() []string {
	var all []string
	for _, scheme := range []string{"http", "https"} {
		proxy := s.Proxy[strings.ToUpper(scheme)+"_PROXY"]
		if proxy == "" {
			proxy = s.Proxy["ALL_PROXY"]
		}
		if host, port := hostAndPort(proxy); host != "" {
			all = append(all, fmt.Sprintf("<proxies><proxy><id>devup-%s</id><active>true</active><protocol>%s</protocol><host>%s</host><port>%s</port><nonProxyHosts>%s</nonProxyHosts></proxy></proxies>\n",
				scheme, scheme, html.EscapeString(host), html.EscapeString(port), html.EscapeString(javaHosts(s.Proxy["NO_PROXY"]))))
		}
	}
	return all
}
