package packages

import "strings"

// Where volumes, and the copies of lock files, are in the containers of an installation.
const (
	volumesPath = "/run/devup-packages"
	locksPath   = "/run/devup-locks"
)

// How prepare ends.
const (
	complete = 0  // the installation is there
	empty    = 10 // everything has to be installed
	filled   = 11 // the packages of another one are there, to which what is new is added
)

// state prints which installation it is, SERVICE/KEY, and what its packages depend on in
// addition: the commands, by their hash, and the platform.
const state = `state() {
  echo "$1 $2-$({ cat /etc/os-release; uname -m; node -p process.versions.modules; bun --version; } 2>/dev/null | cksum | tr -d ' ')"
}
`

// prepare begins an installation, in new/SERVICE/KEY, with a copy of one in old/SERVICE/KEY. Its
// arguments are the hash of the commands, and whether it may copy.
//
// Only what is complete has a mark, which names it: a copy of a mark marks nothing.
const prepare = `set -eu
cd ` + volumesPath + `
commands=$1 copying=$2
` + state + `
complete() {
  for packages in "$1"/*node_modules; do
    [ "$(cat "$packages/.devup" 2>/dev/null)" = "$(state "${1#*/}" "$commands")" ] || return 1
  done
}
clear() {
  rm -f "$new"/*/.devup
  for directory in "$new"/*; do rm -rf "$directory"/* "$directory"/.[!.]* "$directory"/..?*; done
}
new=$(echo new/*/*)
key=${new##*/}
if $copying && complete "$new"; then exit 0; fi
clear
if $copying; then
  for old in old/*/"$key" old/*/*; do
    if complete "$old"; then
      if cp -a "$old/." "$new/"; then
        if [ "${old##*/}" != "$key" ]; then exit 11; fi
        for packages in "$new"/*node_modules; do state "${new#*/}" "$commands" >"$packages/.devup"; done
        exit 0
      fi
      clear
    fi
  done
fi
exit 10
`

// marked is a command that marks the packages in the working directory as complete.
func marked(installation, commands string) string {
	return state + "state " + quoted(installation) + " " + quoted(commands) + " >.devup"
}

// asLocked reports whether all packages in a lock file of npm, as `npm install` left it, are those
// of the lock file before, which is what `npm ci` asks for.
const asLocked = `const [now, before] = process.argv.slice(1).map(name => JSON.parse(require("fs").readFileSync(name)).packages)
process.exit(Object.keys(now).every(path => before[path] && before[path].version === now[path].version) ? 0 : 1)`

// install runs commands, each in a shell of its own, and prints which one begins.
const install = `n=0
for command; do
  printf '\036%s\n' "$n"
  /bin/sh -c "$command" || exit
  n=$((n + 1))
done
`

// quoted is a word for a shell.
func quoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
