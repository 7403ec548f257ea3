package egress

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// contents are the texts of the files of a grant's step for a client, by name.
func contents(g Grant, client string) map[string]string {
	all := map[string]string{}
	for _, f := range g.Step([]string{client}) {
		name, _, _ := strings.Cut(f.Name, "-credentials")
		all[name] = string(f.Content)
	}
	return all
}

// consent allows builds every credential.
func consent(s Settings) Settings {
	uses := map[string]Use{}
	for _, c := range s.Credentials {
		uses[c.ID()] = Use{Builds: true}
	}
	return s.Allow(uses, "")
}

// TestGoAndUV: variables pass, with no password before the user allows it.
func TestGoAndUV(t *testing.T) {
	t.Parallel()
	s := read(computer("linux", map[string]string{
		"/home/ada/.config/go/env": "GOPRIVATE=git.example.com\nGOPROXY=ignored\n",
	}, map[string]string{
		"GOPROXY": "https://ada:pw@go.example.com,direct", "GOSUMDB": "off", "PIP_INDEX_URL": "https://py.example.com/simple", "GOINSECURE": "http://localhost:1",
	}))
	want := map[string]string{
		"GOPROXY": "https://go.example.com,direct", "GOSUMDB": "off", "GOPRIVATE": "git.example.com",
		"UV_DEFAULT_INDEX": "https://py.example.com/simple", "PIP_CONFIG_FILE": pipPath,
	}
	if got := s.Build().Env; !maps.Equal(got, want) {
		t.Errorf("variables %v\nwant %v", got, want)
	}
	if got := contents(s.Build(), "go")["devup-GOPROXY"]; got != "" {
		t.Errorf("without consent a step got %q", got)
	}
	g := consent(s).Build()
	if got := contents(g, "go")["devup-GOPROXY"]; got != "https://ada:pw@go.example.com,direct" {
		t.Errorf("with consent the step got %q", got)
	}
	if contents(g, "npm")["devup-GOPROXY"] != "" || g.Env["GOPROXY"] != "" {
		t.Error("the password reached another step")
	}
}

// TestCargo: sources, registries and tokens.
func TestCargo(t *testing.T) {
	t.Parallel()
	s := read(computer("linux", map[string]string{
		"/home/ada/.cargo/config.toml":      "[registries.acme]\nindex = \"sparse+https://crates.example.com/\"\n[source.crates-io]\nreplace-with = \"mirror\"\n[build]\nrustc-wrapper = \"/usr/bin/sccache\"\n",
		"/home/ada/.cargo/credentials.toml": "[registries.acme]\ntoken = \"secret\"\n[registries.other]\ntoken = \"unused\"\n",
	}, nil))
	text := contents(s.Build(), "cargo")["devup-cargo.toml"]
	if !strings.Contains(text, "crates.example.com") || !strings.Contains(text, "replace-with") || strings.Contains(text, "secret") || strings.Contains(text, "sccache") {
		t.Errorf("without consent:\n%s", text)
	}
	if text := contents(consent(s).Build(), "cargo")["devup-cargo.toml"]; !strings.Contains(text, "token = 'secret'") || strings.Contains(text, "unused") {
		t.Errorf("with consent:\n%s", text)
	}
}

// TestMaven: mirrors and repositories pass, logins with consent, and the machine's proxies
// become Maven's.
func TestMaven(t *testing.T) {
	t.Parallel()
	s := read(computer("linux", map[string]string{
		"/home/ada/.m2/settings.xml": `<settings xmlns="http://maven.apache.org/SETTINGS/1.0.0"><mirrors><mirror><id>acme</id><url>https://x:y@maven.example.com/all</url><mirrorOf>*</mirrorOf></mirror></mirrors>
<servers><server><id>acme</id><username>ada</username><password>pw</password></server><server><id>unknown</id><password>no</password></server></servers></settings>`,
	}, map[string]string{"HTTPS_PROXY": "http://u:p@proxy:3128", "NO_PROXY": ".example.com"}))
	text := contents(s.Build(), "maven")["devup-maven.xml"]
	for _, want := range []string{"maven.example.com/all", "<host>proxy</host><port>3128</port>", "*.example.com|localhost"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %s:\n%s", want, text)
		}
	}
	if strings.Contains(text, "pw") || strings.Contains(text, "x:y") || strings.Contains(text, "u:p") {
		t.Errorf("without consent:\n%s", text)
	}
	if got := s.Build().Env["MAVEN_ARGS"]; got != "--settings "+mavenPath {
		t.Errorf("MAVEN_ARGS is %q", got)
	}
	if text := contents(consent(s).Build(), "maven")["devup-maven.xml"]; !strings.Contains(text, "<password>pw</password>") || strings.Contains(text, "<password>no</password>") {
		t.Errorf("with consent:\n%s", text)
	}
	if !slices.ContainsFunc(s.Notes, func(note string) bool { return strings.Contains(note, "server unknown") }) {
		t.Errorf("notes: %q", s.Notes)
	}
}

// TestTrustStore: the store is the same each time, and Java reads it, where there is one.
func TestTrustStore(t *testing.T) {
	t.Parallel()
	store := trustStore([]byte(cert("a") + cert("b")))
	if string(store) != string(trustStore([]byte(cert("a")+cert("b")))) {
		t.Error("two stores of one bundle differ")
	}
	keytool, err := exec.LookPath("keytool")
	if err != nil {
		t.Skip("no keytool on this machine")
	}
	file := filepath.Join(t.TempDir(), "empty.jks")
	if err := os.WriteFile(file, trustStore(nil), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), keytool, "-list", "-keystore", file, "-storepass", trustStorePassword).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "contains 0 entries") {
		t.Errorf("keytool: %v\n%s", err, out)
	}
}

// TestFor: what runs Java is told by its Dockerfile or by its stack.
func TestFor(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"FROM eclipse-temurin:21-jdk AS dev\n": true, "FROM maven:3.9": true, "FROM registry/openjdk17": true, "RUN ./mvnw package": true, "RUN ./gradlew build": true,
		"RUN apt-get install default-jre-headless": true, "\njava": true, "FROM amazoncorretto:21": true,
		"FROM node:24\nRUN npm run build:javascript\n": false, "FROM python:3.13-slim": false, "": false, "COPY javadoc.txt .": false,
	} {
		_, got := (Settings{CA: []byte("PEM")}).For(text).Build().Env["JAVA_TOOL_OPTIONS"]
		if got != want {
			t.Errorf("%q runs Java: %v, want %v", text, got, want)
		}
	}
}
