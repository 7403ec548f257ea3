package detect

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the explanations of testdata again")

// wantFile is the member of an archive that holds the explanation; the others
// are the repository.
const wantFile = "EXPLAINED"

func TestScan(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives in testdata: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			fsys, want := fstest.MapFS{}, ""
			var files []txtar.File
			for _, file := range archive.Files {
				if file.Name == wantFile {
					want = string(file.Data)
					continue
				}
				files = append(files, file)
				fsys[file.Name] = &fstest.MapFile{Data: file.Data}
			}
			repo, err := Scan(fsys)
			if err != nil {
				t.Fatal(err)
			}
			got := explain(repo)
			if *update {
				archive.Files = append(files, txtar.File{Name: wantFile, Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", strings.TrimSpace(string(archive.Comment)), diff)
			}
		})
	}
}

func TestScanForTakesTheNamesAndStacksAsGiven(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{
		"srv/hello.py":         {Data: []byte("from flask import Flask\nimport os\nsite = Flask(__name__)\nx = os.getenv('WEB_URL')\n")},
		"srv/requirements.txt": {Data: []byte("flask\n")},
		"ui/package.json":      {Data: []byte(`{"scripts": {"start": "react-scripts start"}, "dependencies": {"react-scripts": "5.0.1"}}`)},
		"other/package.json":   {Data: []byte(`{"scripts": {"start": "node s.js"}, "dependencies": {"express": "4"}}`)},
	}
	repo, err := ScanFor(fsys, Wanted{Name: "shop", Dir: "srv", Stack: "flask"}, Wanted{Name: "web", Dir: "./ui/", Stack: "cra"}, Wanted{Name: "new", Dir: "not/there", Stack: "vite"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range repo.Services {
		got = append(got, s.Name+" "+s.Dir+" "+s.StackName+" "+strings.Join(s.Dev, " "))
	}
	want := []string{
		"new not/there vite npx vite --host 0.0.0.0 --port 5173 --strictPort",
		"shop srv flask flask run --host=0.0.0.0 --port=5000",
		"web ui cra npm start",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("services (-want +got):\n%s", diff)
	}
	if v := repo.Services[1].Variables; len(v) != 1 || v[0].Sibling != "web" {
		t.Errorf("variables of shop = %+v, want WEB_URL of web", v)
	}
	service, err := ScanService(fsys, "other", "node", "legacy")
	if err != nil || service.Name != "legacy" || service.Framework != "Express" {
		t.Errorf("ScanService = %q %q, %v; want legacy, Express", service.Name, service.Framework, err)
	}
}

func TestScanOfABrokenRootIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := Scan(os.DirFS(filepath.Join(t.TempDir(), "none"))); err == nil {
		t.Error("no error for a directory that does not exist")
	}
}

func TestScanFollowsNoSymbolicLinks(t *testing.T) {
	t.Parallel()
	root, outside := t.TempDir(), t.TempDir()
	write(t, filepath.Join(outside, "package.json"), `{"scripts": {"start": "react-scripts start"}, "dependencies": {"react-scripts": "5"}}`)
	if err := os.Symlink(outside, filepath.Join(root, "linked")); err != nil {
		t.Skip("no symbolic links here")
	}
	if err := os.Symlink(filepath.Join(outside, "package.json"), filepath.Join(root, "package.json")); err != nil {
		t.Fatal(err)
	}
	repo, err := Scan(os.DirFS(root))
	if err != nil || len(repo.Services) != 0 {
		t.Errorf("services = %+v, %v; want none", repo.Services, err)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
