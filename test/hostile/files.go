package hostile

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/devup-cli/devup/internal/untrusted"
)

// WriteProject writes a project that runs: Compose allows all of it.
func WriteProject(dir string) error {
	return write(dir, map[string]string{
		"compose.yaml": `
x-anything: @
services:
  web:
    image: busybox
    init: true
    command: [sh, -c, "$PRINT; exec httpd -f -p 8080", @]
    ports: ["8080"]
    labels: {text: @, @: @}
    environment: {TEXT: @, @: @, UNSET: "${HOSTILE_UNSET}", PLAIN: "${PLAIN}"}
    env_file: [{path: "$TEXT.env", required: false}]
    volumes: ["data:/data", {type: bind, source: @, target: /src}]
    healthcheck: {test: [CMD-SHELL, "$PRINT; exit 1"], interval: 1s, retries: 1}
    develop: {watch: [{action: sync, path: @, target: @}]}
    configs: [{source: c, target: /c}]
    secrets: [s]
    x-anything: @
    x-devup: {ready: /, setup: [{name: "$LINE", run: "$PRINT; exit 1"}]}
  job:
    image: busybox
    command: [sh, -c, "$PRINT; exit 3"]
    profiles: [@, jobs]
  built: {build: {context: built, args: {A: @, @: @}, labels: {@: @}}, command: [sh, -c, "$PRINT"], labels: {text: @}}
volumes: {data: {labels: {text: @}}}
networks: {default: {labels: {text: @}}}
configs: {c: {content: @}}
secrets: {s: {environment: PLAIN}}
`,
		".env":                     "PLAIN='" + strings.ReplaceAll(Text, "\n", " ") + "'\nCOMPOSE_PROFILES=jobs\n",
		"built/Dockerfile":         "# " + comment + "\nFROM busybox\nRUN " + printText + "\n",
		Text + "/index.txt":        Text,
		"example.env":              "# " + comment + "\nKEY=\n",
		"devcontainer.json":        "{",
		".dockerignore":            Text,
		".devup/" + Text + ".json": Text,
	})
}

// Broken are configs that are refused, each for another text.
func Broken() []string {
	var all []string
	for _, service := range []string{
		"image: @", "image: busybox, @: x", "image: busybox, command: {@: @}", `image: "${NEEDED:?$TEXT}"`, `image: "${NEEDED$TEXT}"`, "image: busybox, platform: @",
		"image: busybox, depends_on: [@]", "image: busybox, networks: [@]", "image: busybox, volumes: ['v:/v', @]", "image: busybox, ports: [@]", "image: busybox, secrets: [@]",
		"image: busybox, env_file: @", "image: busybox, restart: @", "image: busybox, mem_limit: @", "image: busybox, container_name: @", "image: busybox, pull_policy: @",
		"image: busybox, network_mode: @", "image: busybox, volumes_from: [@]", "image: busybox, healthcheck: {interval: @}", "image: busybox, user: @, shm_size: @",
		"image: busybox, extends: {file: @, service: @}", "image: busybox, extends: {service: @}", "image: busybox, profiles: @", "image: busybox, ulimits: {@: @}", "image: busybox, deploy: {replicas: @}",
		"build: {context: @}", "build: {context: ., dockerfile: @}", "build: {context: ., ssh: [@]}", "build: {context: ., additional_contexts: {@: @}}", "build: {context: ., target: @}", "build: {context: ., platforms: [@]}",
		"image: busybox, x-devup: @", "image: busybox, x-devup: {@: x}", "image: busybox, x-devup: {ready: @}", "image: busybox, x-devup: {stack: @}", "image: busybox, x-devup: {public: @}",
		"image: busybox, x-devup: {setup: [{name: @, run: @, @: x}]}", "image: busybox, x-devup: {setup: @}", "image: busybox, x-devup: {routes: [@]}", "image: busybox, develop: {watch: [{action: @, path: @}]}",
		"image: busybox, environment: [@, '=x']", "image: busybox, gpus: @", "image: busybox, dns: {@: @}", "image: busybox, cap_add: @, logging: {driver: [@]}",
	} {
		all = append(all, fill("services: {web: {"+service+"}}\n"))
	}
	for _, file := range []string{
		"@", "- @", "services: @", "services: {@: {image: busybox}}", "@: x\nservices: {web: {image: busybox}}", "name: @\nservices: {web: {image: busybox}}", "include: [@]", "include: [{path: @, env_file: @}]",
		"services: {web: {image: busybox, networks: [n]}}\nnetworks: {n: {name: @, external: true, ipam: {config: [{subnet: @}]}}}", "services: {web: {image: busybox, volumes: ['v:/v']}}\nvolumes: {v: {name: @, driver: @}}",
		"services: {web: {image: busybox, networks: [n]}}\nnetworks: {n: {name: @, driver_opts: {@: @}}}", "services: {web: {image: busybox, secrets: [s]}}\nsecrets: {s: {file: @}}", "services: {web: {image: busybox, secrets: [s]}}\nsecrets: {s: {name: @, external: true}}",
		"x-devup: @\nservices: {web: {image: busybox}}", "x-devup: {setup: {copy: {@: @}}}\nservices: {web: {image: busybox}}", "x-devup: {gateway: {routes: {@: @}}}\nservices: {web: {image: busybox}}",
		"services: {a: {image: @, depends_on: [b]}, b: {image: busybox, depends_on: [a]}}", "services:\n  web: &a {image: *@}", "services: [", "services: {web: {image: !<@> x}}",
	} {
		all = append(all, fill(file+"\n"))
	}
	return append(all, "services: {web: {image: \"a"+Text+"\"}}\n", "services: "+Text, "# "+comment+"\n", "services: {web: {image: 'a\u202e', "+comment+": 1}}\n")
}

// WriteClone writes what a clone may hold that has no config yet, with a service in each
// of several stacks.
func WriteClone(dir string) error {
	return write(dir, map[string]string{
		"front" + Text + "/package.json":   fill(`{"name": @, "packageManager": @, "engines": {"node": @}, "scripts": {"dev": "vite --port 3000", @: @}, "dependencies": {"vite": @, "react": @, @: @}}`),
		"front" + Text + "/src/main.js":    "fetch('http://localhost:4567/" + line + "'); console.log(import.meta.env.VITE_URL, process.env.REACT_APP_" + line + ")\n",
		"front" + Text + "/.env.example":   "# " + comment + "\nVITE_URL=http://localhost:4567/" + line + "\nTOKEN=" + line + "\n" + line + "=1\n",
		"api" + Text + "/requirements.txt": "flask==" + line + "\n" + line + "\n",
		"api" + Text + "/app.py":           "import os\nfrom flask import Flask\napp = Flask(__name__)\nos.environ['SECRET']\nos.environ['A" + line + "']\n@app.route('/api/" + line + "')\ndef f(): pass\napp.run(port=4567)\n",
		"api" + Text + "/.python-version":  Text,
		"node" + Text + "/package.json":    fill(`{"name": "node", "main": "server.js", "scripts": {"start": "node server.js"}, "dependencies": {"express": "1"}}`),
		"node" + Text + "/server.js":       "const app = require('express')(); app.get('/health', f); app.listen(process.env.PORT || 3001) // " + comment + "\n",
		"go" + Text + "/go.mod":            "module " + line + "\ngo " + line + "\n",
		"go" + Text + "/main.go":           "package main\n// " + comment + "\nfunc main() { http.ListenAndServe(\":8081\", nil) }\n",
		"image" + Text + "/Dockerfile":     "# " + comment + "\nFROM " + line + "\nENV A=" + line + "\nEXPOSE 8082 " + line + "\nCMD " + line + "\n",
		"broken" + Text + "/package.json":  "{" + Text,
		"rails" + Text + "/Gemfile":        "gem 'rails', '" + line + "'\n",
		"java" + Text + "/pom.xml":         "<project>" + Text + "spring-boot</project>",
		"README.md":                        comment,
		".env.example":                     "# " + comment + "\nDATABASE_URL=postgres://" + line + "\n",
		".gitpod.yml":                      "tasks: []\n# " + comment + "\n",
		".devcontainer/devcontainer.json":  fill(`{"name": @, "forwardPorts": []}`),
	})
}

// WriteAsking writes a project that needs values which only the user knows.
func WriteAsking(dir string) error {
	return write(dir, map[string]string{
		"compose" + Text + ".yaml": "",
		"app.yaml":                 fill(`services: {web: {image: "${REGION:?$LINE}", environment: {A: "${API_KEY:?$LINE}"}, env_file: [web.env]}}`),
		"web.env.example":          "# " + comment + "\nTOKEN=\nB" + line + "=\n",
		".env.example":             "# " + comment + "\nC=\n",
	})
}

// Forms of [Text] for files that end a comment or a value at a line end.
var (
	line    = strings.NewReplacer("\n", " ", "\r", "").Replace(Text)
	comment = line
)

// printText is a shell command that prints [Text].
var printText = func() string {
	var b strings.Builder
	for _, c := range []byte(Text) {
		fmt.Fprintf(&b, `\%03o`, c)
	}
	return "printf '" + b.String() + "'"
}()

// fill puts [Text], quoted as in JSON and YAML, in the place of each @, the same without
// quotes in that of $TEXT, and [printText] in that of $PRINT.
func fill(template string) string {
	quoted := quote(Text)
	return strings.NewReplacer("@", quoted, "$LINE", strings.Trim(quote(line), `"`), "$TEXT", strings.Trim(quoted, `"`), "$PRINT", strings.Trim(quote(printText), `"`)).Replace(template)
}

func quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return untrusted.SafeJSON(string(quoted))
}

func write(dir string, files map[string]string) error {
	for name, content := range files {
		if name == "compose.yaml" {
			content = fill(content)
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			return err
		}
	}
	return nil
}
