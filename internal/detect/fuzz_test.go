package detect

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/devup-cli/devup/internal/detect/localcall"
)

// The parsers read files of strangers: none of them may panic, hang or hand out
// a port that is none.

// fuzzed are the files that hold what is fuzzed.
var fuzzed = []string{
	"package.json", "package-lock.json", "pnpm-workspace.yaml", "requirements.txt", "pyproject.toml", "Pipfile", "app.py", "server.js",
	"Dockerfile", "compose.yaml", ".gitignore", ".env", ".flaskenv", ".nvmrc", ".python-version", "README.md", "Procfile", "vite.config.ts", "Dockerfile.app",
	"go.mod", "main.go", "go.work", "Cargo.toml", "pom.xml", "build.gradle", "settings.gradle", "src/main/resources/application.yml",
	"migrations/1.up.sql",
}

func FuzzScan(f *testing.F) {
	// Each with the files that it may be the text of: an input that is in all of them teaches nothing
	// more, and takes a scan each time that fuzzing begins.
	for _, seed := range []struct{ files, text string }{
		{"package.json package-lock.json", `{"scripts": {"start": "react-scripts start", "dev": "npm run start"}, "dependencies": {"react-scripts": ["5"]}, "workspaces": {"packages": 3}}`},
		{"package.json", `{"scripts": {"dev": "npm run dev", "seed": "node seed.js"}, "dependencies": {"express": null}, "engines": {"node": ">=99999999999999999999"}}`},
		{"requirements.txt .nvmrc .python-version README.md", "flask==2.2\n-r requirements.txt\n-r ../../x\n"},
		{"pyproject.toml Pipfile Cargo.toml", "[tool.poetry.dependencies]\npython = 3\n"},
		{"app.py", "from flask import Flask\napp = Flask(__name__)\n@app.route(\"/api/x\""},
		{"Dockerfile Dockerfile.app", "FROM python:3.10 AS a\nFROM a AS a\nEXPOSE ${PORT}\nCMD ["},
		{"compose.yaml pnpm-workspace.yaml", "services:\n  a: &a\n    <<: *a\n    build: {context: ..}\n    ports: [1:2:3, {target: -1}]\n"},
		{"go.mod go.work", "module x\ngo 1.99\nrequire (\nreplace x => ../../..\n"},
		{"main.go server.js vite.config.ts", "package main\nfunc main() {\nhttp.ListenAndServe(\":0\""},
		{"main.go", "package main\ntype c struct { A int `env:\"A,required\" }\nfunc main() { x := os.Getenv(\"X\"); if x == \"\" { panic("},
		{"Cargo.toml", "[package]\nname = 1\n[dependencies]\naxum = { path = \"../../..\" }\n[workspace]\nmembers = [\"**\"]"},
		{"pom.xml build.gradle settings.gradle", "<project><modules><module>../..</module></modules><java.version>999</java.version>spring-boot"},
		{"src/main/resources/application.yml", "server:\n  port: ${X:\n"},
		{".gitignore", "**/\n!\n/\n\\\n[a-\n"},
		{"Procfile", "web: cd ../x; A=1 B='2 C=3 npm start\nworker: cd web && node x.js\n"},
		{"Dockerfile", "FROM a\nWORKDIR ..\nCOPY . .\nRUN x\nEXPOSE 1\nCMD npm run dev\n"},
		{".env .flaskenv", "A=\"\nB='x\nPORT=99999\nSERVER_ADDR=localhost:99999\nURL=http://localhost:123456/\n"},
		{"README.md", "`python $(x) seed.py\npython manage.py loaddata ../../x $(y)\n"},
		{"README.md", "- x\n  ```env\n  PORT=1\n  # c\n  URL=http://a:1/b\n  ```\n~~~\nA=b\nrun\n~~~\n```\nA="},
		{"migrations/1.up.sql", "-- +goose Up\n-- migrate:up\n"},
	} {
		for name := range strings.FieldsSeq(seed.files) {
			f.Add(seed.text, uint8(slices.Index(fuzzed, name))) //nolint:gosec // each is one of the list, which is short
		}
	}
	f.Fuzz(func(t *testing.T, text string, which uint8) {
		sound := fstest.MapFS{
			"web/package.json":        {Data: []byte(`{"scripts":{"start":"react-scripts start"},"dependencies":{"react-scripts":"5"}}`)},
			"api/requirements.txt":    {Data: []byte("flask\n")},
			"api/app.py":              {Data: []byte("from flask import Flask\napp = Flask(__name__)\n")},
			"one/package.json":        {Data: []byte(`{"main":"server.js","dependencies":{"express":"4"}}`)},
			"one/server.js":           {Data: []byte("app.listen(3000)")},
			"go/go.mod":               {Data: []byte("module x\n")},
			"go/main.go":              {Data: []byte("package main\nfunc main() { http.ListenAndServe(\":80\", nil) }\n")},
			"rs/Cargo.toml":           {Data: []byte("[package]\nname = \"x\"\n[dependencies]\naxum = \"0\"\n")},
			"rs/src/main.rs":          {Data: []byte("fn main() {}\n")},
			"jv/pom.xml":              {Data: []byte("<project>spring-boot</project>\n")},
			"jv/src/main/java/A.java": {Data: []byte("@SpringBootApplication\nclass A {}\n")},
		}
		name := fuzzed[int(which)%len(fuzzed)]
		for _, dir := range []string{"", "web/", "api/", "one/", "go/", "rs/", "jv/"} {
			if sound[dir+name] == nil {
				sound[dir+name] = &fstest.MapFile{Data: []byte(text)}
			}
		}
		repo, err := Scan(sound)
		if err != nil {
			t.Fatal(err)
		}
		checkSound(t, repo)
	})
}

// checkSound holds what everybody who takes a Repository relies on.
func checkSound(t *testing.T, repo Repository) {
	t.Helper()
	names, ports := map[string]bool{}, map[int]bool{}
	for _, s := range repo.Services {
		if s.Name == "" || names[s.Name] || strings.ContainsAny(s.Name, "/ \n") {
			t.Errorf("name %q is taken or none", s.Name)
		}
		if s.Port.Number == 0 && s.StackName == "" { // its files say nothing of a port
			names[s.Name] = true
			continue
		}
		if ports[s.HostPort] || s.HostPort < 1 || s.HostPort > 65535 || s.Port.Number < 1 || s.Port.Number > 65535 {
			t.Errorf("%s: host port %d, port %d", s.Name, s.HostPort, s.Port.Number)
		}
		if s.StackName == "" && s.Dockerfile != "" {
			names[s.Name], ports[s.HostPort] = true, true
			continue
		}
		if len(s.Dev) == 0 || s.Runtime.Version == "" || s.Framework == "" {
			t.Errorf("%s is undecided: %+v", s.Name, s)
		}
		names[s.Name], ports[s.HostPort] = true, true
	}
}

func FuzzParseURL(f *testing.F) {
	f.Add("https://4567-${GITPOD_WORKSPACE_ID}.${GITPOD_WORKSPACE_CLUSTER_HOST}/api")
	f.Fuzz(func(t *testing.T, text string) {
		if found, ok := localcall.ParseURL(text); ok && (found.Port < 0 || found.Port > 65535 || found.Path != "" && found.Path[0] != '/') {
			t.Errorf("ParseURL(%q) = %+v", text, found)
		}
	})
}
