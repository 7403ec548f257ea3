package egress

import (
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"strings"
	"testing"
)

// twice is a settings.xml with two of each element.
const twice = `<settings xmlns="http://maven.apache.org/SETTINGS/1.0.0">
<mirrors><mirror><id>one</id><url> https://one.corp/m </url><mirrorOf>central</mirrorOf></mirror><mirror><id>two</id><url>https://u:S3CRET-url&#64;two.corp/m</url><mirrorOf>x</mirrorOf></mirror></mirrors>
<servers><server><id>one</id><username>a</username><password>S3CRET-one</password></server><server><id>two</id><password>S3CRET-two</password></server></servers>
<profiles>
<profile><id>p</id><activation><activeByDefault>true</activeByDefault></activation><properties><token>S3CRET-property</token></properties><repositories>
<repository><id>r1</id><url>https://r1.corp/</url><snapshots><enabled>false</enabled></snapshots></repository><repository><id>r2</id><url>https://r2.corp/</url></repository></repositories>
<pluginRepositories><pluginRepository><id>r1</id><url>https://r1.corp/</url></pluginRepository><pluginRepository><id>r2</id><url>https://r2.corp/</url></pluginRepository></pluginRepositories></profile>
<profile><id>q</id><repositories><repository><id>two</id><url>https://three.corp/</url></repository></repositories></profile>
</profiles>
<activeProfiles><activeProfile>p</activeProfile><activeProfile>q</activeProfile></activeProfiles></settings>`

// elements counts the elements of an XML text by their path.
func elements(t *testing.T, text string) map[string]int {
	t.Helper()
	all, path := map[string]int{}, []string{}
	for decoder := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatalf("%v in\n%s", err, text)
		}
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
			all[strings.Join(path, "/")]++
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}

// TestMavenSections: Maven stops at a section that occurs twice.
func TestMavenSections(t *testing.T) {
	t.Parallel()
	s := read(computer("linux", map[string]string{"/home/ada/.m2/settings.xml": twice}, map[string]string{"HTTP_PROXY": "http://p:1", "HTTPS_PROXY": "http://p:2"}))
	for name, test := range map[string]struct {
		settings Settings
		servers  int
	}{"without consent": {s, 0}, "with consent": {consent(s), 2}} {
		text := contents(test.settings.Build(), "maven")["devup-maven.xml"]
		got := elements(t, text)
		want := map[string]int{
			"settings/mirrors": 1, "settings/mirrors/mirror": 2, "settings/proxies": 1, "settings/proxies/proxy": 2,
			"settings/servers": 1, "settings/servers/server": test.servers, "settings/activeProfiles": 1, "settings/activeProfiles/activeProfile": 2,
			"settings/profiles": 1, "settings/profiles/profile": 2, "settings/profiles/profile/repositories": 2, "settings/profiles/profile/pluginRepositories": 2,
			"settings/profiles/profile/repositories/repository": 3, "settings/profiles/profile/pluginRepositories/pluginRepository": 2,
			"settings/profiles/profile/repositories/repository/snapshots/enabled": 1,
		}
		maps.DeleteFunc(got, func(path string, _ int) bool { _, counted := want[path]; return !counted })
		maps.DeleteFunc(want, func(_ string, n int) bool { return n == 0 })
		if !maps.Equal(got, want) {
			t.Errorf("%s: got %v\nwant %v\nin\n%s", name, got, want, text)
		}
	}
}

// TestMavenLogins: each login needs its own consent, which names all that get it.
func TestMavenLogins(t *testing.T) {
	t.Parallel()
	s := read(computer("linux", map[string]string{"/home/ada/.m2/settings.xml": twice}, nil))
	if text := description(s.Build(), "maven"); strings.Contains(text, "S3CRET") {
		t.Errorf("without consent a step gets\n%s", text)
	}
	text := description(allow(s, Use{Builds: true}, "two.corp/m and three.corp").Build(), "maven")
	if !strings.Contains(text, "S3CRET-two") || strings.Count(text, "S3CRET") != 1 {
		t.Errorf("with consent for the second login a step gets\n%s", text)
	}
}
