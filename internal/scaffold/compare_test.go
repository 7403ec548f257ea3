package scaffold_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/scaffold"
)

// smallRepository is one Flask service, so that diffs stay short.
var smallRepository = detect.Repository{Services: []detect.Service{{
	Name: "api", Dir: "api", StackName: "flask", Port: detect.Port{Number: 4567}, Public: detect.Evidence{Text: "a page calls it"},
	Packages: detect.Packages{Manager: "pip", Manifest: "requirements.txt"},
}}}

// allButStart is a devcontainer.json up to the command that starts things.
const allButStart = `{
  "features": {"ghcr.io/devcontainers/features/docker-in-docker:2": {}, "ghcr.io/devcontainers/features/github-cli:1": {}},
  "forwardPorts": [4567],
  "portsAttributes": {"4567": {}},
`

func TestCompare(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path, have string
		state      scaffold.State
		diff       string // empty: any
	}{
		"a .gitpod.yml with ports of its own": {
			path: ".gitpod.yml", state: scaffold.Differs,
			have: "# ours\nports:\n- port: 3000 # web\n  visibility: public\n- port: 5000-5010\n\ntasks:\n    - name: server\n      command: |\n        npm start\n",
			diff: `--- a/.gitpod.yml
+++ b/.gitpod.yml
@@ -1,10 +1,19 @@
 # ours
 ports:
+- port: 4567
+  name: api
+  onOpen: ignore
+  visibility: public # a page calls it
 - port: 3000 # web
   visibility: public
 - port: 5000-5010
 
 tasks:
+    - name: devup
+      # devup is not on this image yet: put the command that installs it here
+      # before: …
+      init: devup build
+      command: devup up
     - name: server
       command: |
         npm start
`,
		},
		"a .gitpod.yml with neither ports nor tasks": {
			path: ".gitpod.yml", state: scaffold.Differs,
			have: "image: gitpod/workspace-postgres",
			diff: `--- a/.gitpod.yml
+++ b/.gitpod.yml
@@ -1,1 +1,14 @@
-image: gitpod/workspace-postgres
\ No newline at end of file
+image: gitpod/workspace-postgres
+
+ports:
+  - port: 4567
+    name: api
+    onOpen: ignore
+    visibility: public # a page calls it
+
+tasks:
+  - name: devup
+    # devup is not on this image yet: put the command that installs it here
+    # before: …
+    init: devup build
+    command: devup up
`,
		},
		"a .gitpod.yml that covers it in other words": {
			path: ".gitpod.yml", state: scaffold.Same,
			have: "ports: [{port: 4560-4570}]\ntasks: [{command: cd x && devup up}]",
		},
		"a .gitpod.yml on one line": {
			path: ".gitpod.yml", state: scaffold.Differs, have: "{ports: [{port: 3000}]}\n",
		},
		"half a .gitpod.yml": {
			path: ".gitpod.yml", state: scaffold.Differs, have: "ports:\n  - port: [\n",
		},
		"a devup.yaml that names the service otherwise": {
			path: "devup.yaml", state: scaffold.Same, have: "services:\n  backend:\n    build: {context: api/}\n",
		},
		"a devup.yaml that lacks the service": {
			path: "devup.yaml", state: scaffold.Differs,
			have: "services:\n    db: # the data\n        image: postgres:17\nvolumes: {}\n",
			diff: `--- a/devup.yaml
+++ b/devup.yaml
@@ -1,4 +1,21 @@
 services:
+    api:
+      build:
+        context: ./api
+        target: dev
+        args: # the user in the container gets your numbers, so that its files are yours
+          UID: ${DEVUP_UID:-1000}
+          GID: ${DEVUP_GID:-1000}
+      ports:
+        - "4567:4567"
+      volumes:
+        - ./api:/api # an edit here shows in the container at once
+      init: true
+      stop_grace_period: 2s # a development server has nothing to save
+      x-devup:
+        stack: flask
+        public: true # opened to the internet in a cloud workspace: a page calls it
+
     db: # the data
         image: postgres:17
 volumes: {}
`,
		},
		"a devcontainer.json with comments and a port": {
			path: ".devcontainer/devcontainer.json", state: scaffold.Differs,
			have: `{
  // our image
  "image": "x", /* { */
  "features": {
    "ghcr.io/devcontainers/features/docker-outside-of-docker:1": {}
  },
  "forwardPorts": [3000]
}
`,
			diff: `--- a/.devcontainer/devcontainer.json
+++ b/.devcontainer/devcontainer.json
@@ -1,8 +1,17 @@
 {
+  "portsAttributes": {
+    "4567": {
+      "label": "api",
+      "onAutoForward": "silent",
+      "protocol": "http"
+    }
+  },
+  "postStartCommand": "devup up --detach",
   // our image
   "image": "x", /* { */
   "features": {
+    "ghcr.io/devcontainers/features/github-cli:1.1.0": {},
     "ghcr.io/devcontainers/features/docker-outside-of-docker:1": {}
   },
-  "forwardPorts": [3000]
+  "forwardPorts": [4567, 3000]
 }
`,
		},
		"a devcontainer.json with tabs": {
			path: ".devcontainer/devcontainer.json", state: scaffold.Differs,
			have: "{\n\t\"forwardPorts\": [\n\t\t3000\n\t],\n\t\"postStartCommand\": \"devup up -d\",\n\t\"features\": {\"f/docker-in-docker:1\": {}, \"f/github-cli:1\": {}}\n}\n",
			diff: `--- a/.devcontainer/devcontainer.json
+++ b/.devcontainer/devcontainer.json
@@ -1,7 +1,15 @@
 {
+	"portsAttributes": {
+		"4567": {
+			"label": "api",
+			"onAutoForward": "silent",
+			"protocol": "http"
+		}
+	},
 	"forwardPorts": [
+		4567,
 		3000
 	],
 	"postStartCommand": "devup up -d",
-	"features": {"f/docker-in-docker:1": {}, "f/github-cli:1": {}}
+	"features": {"ghcr.io/devcontainers/features/github-cli:1.1.0": {}, "f/docker-in-docker:1": {}, "f/github-cli:1": {}}
 }
`,
		},
		"an empty devcontainer.json": {
			path: ".devcontainer/devcontainer.json", state: scaffold.Differs, have: "{}\n",
		},
		"a devcontainer.json with a start command": {
			path: ".devcontainer/devcontainer.json", state: scaffold.Differs,
			have: allButStart + `  "postStartCommand" : "npm start" // {
}
`,
			diff: `--- a/.devcontainer/devcontainer.json
+++ b/.devcontainer/devcontainer.json
@@ -2,5 +2,5 @@
   "features": {"ghcr.io/devcontainers/features/docker-in-docker:2": {}, "ghcr.io/devcontainers/features/github-cli:1": {}},
   "forwardPorts": [4567],
   "portsAttributes": {"4567": {}},
-  "postStartCommand" : "npm start" // {
+  "postStartCommand" : {"first": "npm start", "devup": "devup up --detach"} // {
 }
`,
		},
		"a devcontainer.json with start commands": {
			path: ".devcontainer/devcontainer.json", state: scaffold.Differs,
			have: allButStart + `  "postStartCommand": {"a": ["x", "y"]}
}
`,
			diff: `--- a/.devcontainer/devcontainer.json
+++ b/.devcontainer/devcontainer.json
@@ -2,5 +2,5 @@
   "features": {"ghcr.io/devcontainers/features/docker-in-docker:2": {}, "ghcr.io/devcontainers/features/github-cli:1": {}},
   "forwardPorts": [4567],
   "portsAttributes": {"4567": {}},
-  "postStartCommand": {"a": ["x", "y"]}
+  "postStartCommand": {"devup": "devup up --detach", "a": ["x", "y"]}
 }
`,
		},
		"a devcontainer.json that starts devup its own way": {
			path: ".devcontainer/devcontainer.json", state: scaffold.Same,
			have: allButStart + `"postStartCommand": "make env && devup up -d web"}`,
		},
		"a devcontainer.json of an editor, with a comma at the end": {
			path: ".devcontainer/devcontainer.json", state: scaffold.Differs,
			have: "{\n  \"forwardPorts\": [3000, ], // \",}\"\n  \"features\": {\n    \"x/docker-in-docker:1\": {},\n    \"ghcr.io/devcontainers/features/github-cli\": {}, // gh\n  },\n  \"portsAttributes\": {\"4567\": {}},\n  \"postStartCommand\": \"devup up -d\",\n}\n",
			diff: `--- a/.devcontainer/devcontainer.json
+++ b/.devcontainer/devcontainer.json
@@ -1,5 +1,5 @@
 {
-  "forwardPorts": [3000, ], // ",}"
+  "forwardPorts": [4567, 3000, ], // ",}"
   "features": {
     "x/docker-in-docker:1": {},
     "ghcr.io/devcontainers/features/github-cli": {}, // gh
`,
		},
		"a devcontainer.json at the top": {
			path: ".devcontainer.json", state: scaffold.Same, have: allButStart + `"postStartCommand": "devup up"}`,
		},
		"a devcontainer.json in a directory of its own": {
			path: ".devcontainer/python/devcontainer.json", state: scaffold.Differs, have: allButStart + `"postStartCommand": "make"}
`,
			diff: `--- a/.devcontainer/python/devcontainer.json
+++ b/.devcontainer/python/devcontainer.json
@@ -2,4 +2,4 @@
   "features": {"ghcr.io/devcontainers/features/docker-in-docker:2": {}, "ghcr.io/devcontainers/features/github-cli:1": {}},
   "forwardPorts": [4567],
   "portsAttributes": {"4567": {}},
-"postStartCommand": "make"}
+"postStartCommand": {"first": "make", "devup": "devup up --detach"}}
`,
		},
		"a .dockerignore that says the same in other words": {
			path: "api/.dockerignore", state: scaffold.Differs,
			have: "/.git/\nnode_modules\n.env*\n",
			diff: `--- a/api/.dockerignore
+++ b/api/.dockerignore
@@ -1,3 +1,18 @@
 /.git/
 node_modules
 .env*
+.gitignore
+.dockerignore
+Dockerfile*
+.DS_Store
+*.log
+!**/.env.example
+**/__pycache__
+**/*.pyc
+**/.venv
+**/venv
+**/.pytest_cache
+**/.mypy_cache
+**/.ruff_cache
+**/.coverage
+**/*.egg-info
`,
		},
		"a file that is not there": {path: "devup.yaml", state: scaffold.New},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree := fstest.MapFS{}
			if c.have != "" {
				tree[c.path] = &fstest.MapFile{Data: []byte(c.have)}
			}
			change := compareOne(t, tree, c.path)
			if change.State != c.state {
				t.Errorf("%s, want %s\n%s", change.State, c.state, change.Diff)
			}
			if d := cmp.Diff(c.diff, change.Diff); c.diff != "" && d != "" {
				t.Errorf("diff (-want +got):\n%s", d)
			}
			if (change.Diff != "") != (c.state == scaffold.Differs) {
				t.Errorf("state %s with the diff %q", c.state, change.Diff)
			}
		})
	}
}

func compareOne(t *testing.T, tree fs.FS, path string) scaffold.Change {
	t.Helper()
	changes, err := scaffold.Compare(tree, render(t, smallRepository))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		if c.Path == path {
			return c
		}
	}
	t.Fatalf("no change for %s", path)
	return scaffold.Change{}
}

func TestCompareTakesWindowsLineEnds(t *testing.T) {
	t.Parallel()
	tree := fstest.MapFS{}
	files := render(t, smallRepository)
	for _, f := range files {
		tree[f.Path] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(f.Content), "\n", "\r\n"))}
	}
	for _, f := range files {
		if c := compareOne(t, tree, f.Path); c.State != scaffold.Same {
			t.Errorf("%s is %s\n%s", f.Path, c.State, c.Diff)
		}
	}
}

func TestCompareSaysWhatItCannotRead(t *testing.T) {
	t.Parallel()
	for want, cause := range map[fail.Code]error{fail.Denied: fs.ErrPermission, fail.Failed: errors.New("broken disk")} {
		_, err := scaffold.Compare(brokenFS{cause}, render(t, smallRepository))
		if fail.CodeOf(err) != want || !errors.Is(err, cause) {
			t.Errorf("error %v has code %s, want %s", err, fail.CodeOf(err), want)
		}
	}
}

// brokenFS opens nothing.
type brokenFS struct{ cause error }

func (b brokenFS) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: b.cause}
}

// Whatever is in a file of a stranger, Compare does not panic, and a state and its
// diff belong together.
func FuzzCompare(f *testing.F) {
	f.Add("ports:\n- port: 3000\ntasks:\n- command: x\n")
	f.Add("{\"features\": {}, \"forwardPorts\": [1,2], // x\n \"a\": {\"b\": [{}]}}")
	f.Add("services:\n  a:\n    build: .\n")
	f.Add("services: &a\n  ? b\n  : *a\n")
	f.Add("/* \"\\\"")
	f.Add("{,")
	files, err := scaffold.Render(smallRepository, scaffold.Options{Name: "x"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tree := fstest.MapFS{}
		for _, file := range files {
			tree[file.Path] = &fstest.MapFile{Data: []byte(text)}
		}
		changes, err := scaffold.Compare(tree, files)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			if (c.Diff == "") != (c.State == scaffold.Same) {
				t.Errorf("%s is %s with the diff %q", c.Path, c.State, c.Diff)
			}
		}
	})
}
