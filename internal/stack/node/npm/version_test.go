package npm

import (
	"fmt"
	"testing"

	"github.com/devup-cli/devup/internal/untrusted"
)

// TestVersion: what says the version of Node, best first, and where it stands.
func TestVersion(t *testing.T) {
	t.Parallel()
	const root = "-- web/package.json --\n"
	for _, test := range []struct{ name, files, want string }{
		{"nothing", root + "{}", "24 : the newest LTS of Node"},
		{".nvmrc", root + `{"engines": {"node": "18"}, "volta": {"node": "16.1.0"}}` + "\n-- web/.nvmrc --\nv20.11.1\n", "20.11.1 web/.nvmrc:1: v20.11.1"},
		{".nvmrc of an LTS line", root + "{}\n-- web/.nvmrc --\nlts/Hydrogen\n", "18 web/.nvmrc:1: lts/Hydrogen"},
		{".nvmrc that names no version", root + "{}\n-- web/.nvmrc --\nnode\n-- web/.node-version --\n22\n", "22 web/.node-version:1: 22"},
		{".nvmrc of the root", root + "{}\n-- .nvmrc --\n# ours\n\n20\n", "20 .nvmrc:1: 20"},
		{"the directory before the root", root + "{}\n-- .nvmrc --\n20\n-- web/.nvmrc --\n22\n", "22 web/.nvmrc:1: 22"},
		{".tool-versions", root + "{}\n-- web/.tool-versions --\npython 3.12.1\nnodejs 22.1.0\n", "22.1.0 web/.tool-versions:1: 22.1.0"},
		{"a version that no image has", root + "{}\n-- web/.nvmrc --\n0.10\n", "24 : the newest LTS of Node"},
		{"volta", root + "{\n  \"volta\": {\"node\": \"18.17.0\"}, \"engines\": {\"node\": \"20\"}}", "18.17.0 web/package.json:2: volta node 18.17.0"},
		{"engines", root + "{\"engines\":\n {\"node\": \">=18 <21\"}}", "20 web/package.json:1: engines.node >=18 <21"},
		{"engines that no line is in", root + `{"engines": {"node": "<4"}}`, "24 : the newest LTS of Node"},
		{"engines of the workspace", root + "{}\n-- package.json --\n{\"workspaces\": [\"web\"],\n\"engines\": {\"node\": \"^18\"}}", "18 package.json:2: engines.node ^18"},
		{"engines of a directory that is no workspace", root + "{}\n-- package.json --\n{\"engines\": {\"node\": \"^18\"}}", "24 : the newest LTS of Node"},
		{"an old dependency", root + `{"dependencies": {"node-sass": "^4.14.0"}}`, "14 web/package.json:1: node-sass 4 works up to Node 14"},
		{"the oldest of two", root + `{"dependencies": {"node-sass": "6", "react-scripts": "3.4.1"}}`, "16 web/package.json:1: react-scripts 3.4.1 hashes with MD4, which Node 17 and later refuse; Node 16 chosen, the last that runs it without a flag"},
		{"an old dependency that hashes with nothing", root + `{"dependencies": {"node-sass": "6.0.1"}}`, "16 web/package.json:1: node-sass 6.0.1 works up to Node 16"},
		{"an old dependency within engines", root + `{"dependencies": {"node-sass": "8.0.0"}, "engines": {"node": ">=16"}}`, "18 web/package.json:1: node-sass 8.0.0 works up to Node 18"},
		{"a range of an old framework", root + `{"dependencies": {"nuxt": "^2.0.0"}}`, "16 web/package.json:1: nuxt 2 hashes with MD4, which Node 17 and later refuse; Node 16 chosen, the last that runs it without a flag"},
		{"a driver that never answers", root + `{"dependencies": {"pg": "^7.18.2"}}`, "12 web/package.json:1: pg 7 works up to Node 12"},
		{"a driver that answers again", root + `{"dependencies": {"pg": "^8.0.0"}}`, "24 : the newest LTS of Node"},
		{"Angular 9", root + `{"dependencies": {"@angular/core": "~9.1.11"}}`, "14 web/package.json:1: @angular/core 9.1 works up to Node 14"},
		{"Angular 17", root + `{"dependencies": {"@angular/core": "^17.0.0"}}`, "20 web/package.json:1: @angular/core 17 works up to Node 20"},
		{"old native packages", root + `{"dependencies": {"better-sqlite3": "7.5.1", "sqlite3": "^3.1.8"}}`, "10 web/package.json:1: sqlite3 3 works up to Node 10"},
		{"the locked version of a native package", root + `{"dependencies": {"better-sqlite3": ">=7"}}` + "\n-- web/package-lock.json --\n" + `{"packages": {"": {"dependencies": {"better-sqlite3": ">=7"}}, "node_modules/better-sqlite3": {"version": "7.5.1"}}}`, "16 web/package.json:1: better-sqlite3 7.5.1 works up to Node 16"},
		{"what a locked package declares", root + `{"dependencies": {"a": "1"}}` + "\n-- web/package-lock.json --\n" + `{"packages": {"": {"dependencies": {"a": "1"}}, "node_modules/a": {"version": "1.0.0", "engines": {"node": ">=14 <=18"}}}}`, "18 web/package.json: the newest Node that all its packages declare is 18"},
		{"engines beyond an old dependency", root + `{"dependencies": {"node-sass": "8.0.0"}, "engines": {"node": ">=20"}}`, "24 web/package.json:1: engines.node >=20"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := appIn(t, test.files, "web")
			projectOf(a)
			version, why := NodeVersion(a)
			place := why.File
			if why.Line > 0 {
				place = fmt.Sprintf("%s:%d", why.File, why.Line)
			}
			if got := fmt.Sprintf("%s %s: %s", version, place, why.Text); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestRelease: the version of Node that a text names, as a tag has it.
func TestRelease(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"v20.1.0": "20.1.0", " 18.x ": "18", "4": "4", "lts/*": "24", "lts/Krypton": "24", "lts/jod": "22", "lts/iron": "20", "lts/hydrogen": "18", "lts/gallium": "16", "lts/fermium": "14",
		"3.3": "", "node": "", "stable": "", "lts/": "", ">=18": "", "": "",
	} {
		if got := release(text); got != want {
			t.Errorf("release(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestFlags: only what is built on webpack 4 needs a flag, and only from Node 17 on.
func TestFlags(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ dependency, node, want string }{
		{"webpack:4.46.0", "17", "--openssl-legacy-provider because webpack 4.46.0 needs the OpenSSL legacy provider from Node 17 on"},
		{"@vue/cli-service:~4.5.0", "20.1.0", "--openssl-legacy-provider because @vue/cli-service 4.5 needs the OpenSSL legacy provider from Node 17 on"},
		{"webpack:4.46.0", "16", " because "},
		{"webpack:5.61.0", "24", " because "},
		{"webpack:latest", "24", " because "},
		{"node-sass:4.0.0", "24", " because "},
	} {
		flags, why := NodeFlags(appIn(t, packageNeeding(test.dependency), "."), test.node)
		if got := flags + " because " + why; got != test.want {
			t.Errorf("%s on Node %s: %q, want %q", test.dependency, test.node, got, test.want)
		}
	}
}

// TestImage: each tag exists among those of the official image.
func TestImage(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]untrusted.Inert{
		"24": "node:24-bookworm-slim", "lts": "node:lts-bookworm-slim", "20-alpine": "node:20-alpine", "": "node:24-bookworm-slim", "a b": "node:24-bookworm-slim",
		"20.3": "node:20.3-bullseye-slim", "20.4.0": "node:20.4.0-bookworm-slim", "20": "node:20-bookworm-slim",
		"19": "node:19-bullseye-slim", "18.16.1": "node:18.16.1-bullseye-slim", "18.17": "node:18.17-bookworm-slim",
		"17": "node:17-bullseye-slim", "16.6.2": "node:16.6.2-buster-slim", "16.7": "node:16.7-bullseye-slim", "16": "node:16-bookworm-slim", "16.20.0": "node:16.20.0-bullseye-slim", "16.20.2": "node:16.20.2-bookworm-slim",
		"15.1": "node:15.1-buster-slim", "14.17": "node:14.17-buster-slim", "14.18": "node:14.18-bullseye-slim", "13.0": "node:13.0-buster-slim",
		"12": "node:12-bullseye-slim", "12.21": "node:12.21-buster-slim", "12.22": "node:12.22-bullseye-slim", "10": "node:10-buster-slim",
	} {
		if got := NodeImage(version); got != want {
			t.Errorf("image(%q) = %s, want %s", version, got, want)
		}
	}
}
