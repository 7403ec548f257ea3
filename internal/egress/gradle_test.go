package egress

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const gradleProperties = `# of the company
org.gradle.jvmargs=-Xmx4g
systemProp.https.proxyHost=proxy.corp
systemProp.https.proxyPort = 8080
systemProp.https.proxyPassword=S3CRET-proxy
systemProp.http.nonProxyHosts=*.corp|nexus
artifactory_contextUrl https\://ada:S3CRET-address@repo.corp/maven
artifactory_user: ada
artifactory_password=S3CRET\
  -login
ossrhPassword=S3CRET-publish
color=blue
`

// TestGradle: addresses and the proxy reach builds of Java, logins only those that the user
// allowed, and nothing reaches builds of others.
func TestGradle(t *testing.T) {
	t.Parallel()
	s := read(computer("linux", map[string]string{"/home/ada/.gradle/gradle.properties": gradleProperties}, nil)).For("FROM gradle")
	open := s.Build()
	want := map[string]string{
		"JAVA_TOOL_OPTIONS":                         "-Dhttps.proxyHost=proxy.corp -Dhttps.proxyPort=8080 -Dhttp.nonProxyHosts=*.corp|nexus",
		"ORG_GRADLE_PROJECT_artifactory_contextUrl": "https://repo.corp/maven",
	}
	if diff := cmp.Diff(want, open.Env); diff != "" {
		t.Errorf("without consent (-want +got):\n%s", diff)
	}
	if len(open.Step([]string{"gradle"})) > 0 {
		t.Errorf("files: %+v", open.Step([]string{"gradle"}))
	}
	var got []string
	for _, file := range allow(s, Use{Builds: true}, "repo.corp/maven").Build().Step([]string{"gradle"}) {
		got = append(got, file.Variable()+"="+string(file.Content))
	}
	if diff := cmp.Diff([]string{
		"ORG_GRADLE_PROJECT_artifactory_contextUrl=https://ada:S3CRET-address@repo.corp/maven",
		"ORG_GRADLE_PROJECT_artifactory_password=S3CRET-login", "ORG_GRADLE_PROJECT_artifactory_user=ada",
	}, got); diff != "" {
		t.Errorf("with consent (-want +got):\n%s", diff)
	}
	if other := s.For("FROM python").Build(); len(other.Env) > 0 {
		t.Errorf("a build of Python gets %v", other.Env)
	}
	for _, c := range s.Credentials {
		if strings.Contains(c.Description(), "S3CRET") {
			t.Errorf("shows %q", c.Description())
		}
	}
}

// TestGradleProxies: the environment's proxies come first, and one of this machine's own is none.
func TestGradleProxies(t *testing.T) {
	t.Parallel()
	files := map[string]string{"/g/gradle.properties": "systemProp.http.proxyHost=localhost\nsystemProp.https.proxyHost=proxy.corp\n"}
	s := read(computer("linux", files, map[string]string{"GRADLE_USER_HOME": "/g"}))
	if diff := cmp.Diff(map[string]string{"HTTPS_PROXY": "http://proxy.corp:80"}, s.java); diff != "" {
		t.Error(diff)
	}
	if len(s.Notes) != 1 || !strings.Contains(s.Notes[0], "loopback") {
		t.Errorf("notes %q", s.Notes)
	}
	if s := read(computer("linux", files, map[string]string{"GRADLE_USER_HOME": "/g", "HTTPS_PROXY": "http://other.corp:1"})); s.java != nil {
		t.Errorf("took %v", s.java)
	}
}

// FuzzProperties: any file is read to its end.
func FuzzProperties(f *testing.F) {
	f.Add(gradleProperties)
	f.Add("a\\\n")
	f.Add("\\")
	f.Fuzz(func(_ *testing.T, text string) { parseProperties(text) })
}
