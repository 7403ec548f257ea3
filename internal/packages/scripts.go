package packages

// Where the volume, and the copies of lock files, are in the container of an installation.
const (
	volumePath = "/run/devup-packages"
	locksPath  = "/run/devup-locks"
)

// How prepare ends.
const (
	complete = 0  // the installation is there
	empty    = 10 // everything has to be installed
	filled   = 11 // the last installation is there, to which only what is new is added
)

// prepare makes the directories of a new installation. Its arguments are the service, the key, a
// hash of the commands, what of the last installation may be used ("all" or "nothing"), the keys
// that containers have mounted, and the names of the directories.
//
// What tools and package managers write in place must not be shared with the last installation,
// which a container may have mounted: their own files begin with a dot.
const prepare = `set -eu
cd ` + volumePath + `
service=$1 key=$2 use=$4 mounted=" $5 "
want="$key $3-$({ cat /etc/os-release; uname -m; node --version; bun --version; } 2>/dev/null | cksum | tr -d ' ')"
shift 5
mkdir -p "$service/.garbage"
had=$(cat "$service/current" 2>/dev/null || true)
last=${had%% *}
if [ "$had" = "$want" ] && [ "$use" = all ] && [ -d "$service/$key" ]; then exit 0; fi
for old in "$service"/*; do
  name=${old##*/}
  [ -e "$old" ] || continue
  case "$mounted current $last " in
  *" $name "*) ;;
  *) mv "$old" "$service/.garbage/$name.$$" ;;
  esac
done
copy() {
  cp -al "$1" "$service/new" || return
  for own in "$service"/new/*/.[!.]* "$service"/new/*; do
    case $own in */.bin | */.pnpm | *node_modules) continue ;; esac
    if [ -e "$own" ]; then cp -a "$own" "$service/own" && rm -rf "$own" && mv "$service/own" "$own" || return; fi
  done
}
echo "$want" >"$service/.want"
if [ "$use" = all ]; then
  for other in */current; do
    if [ "$(cat "$other" 2>/dev/null)" = "$want" ] && copy "${other%/current}/$key"; then
      cd "$service"
` + named + `
      exit 0
    fi
  done
  rm -rf "$service/new" "$service/own"
  if [ "${had#* }" = "${want#* }" ] && [ -d "$service/$last" ] && copy "$service/$last"; then
    for directory; do mkdir -p "$service/new/$directory"; done
    exit 11
  fi
  rm -rf "$service/new" "$service/own"
fi
for directory; do mkdir -p "$service/new/$directory"; done
exit 10
`

// named gives the new installation its name, $key, in the directory of its service.
const named = `if [ -e "$key" ]; then mv "$key" ".garbage/$key.$$"; fi
mv new "$key"
mv .want current`

// finish is the last command of an installation. Its arguments are the service and the key.
const finish = `set -eu
cd ` + volumePath + `/"$1"
key=$2
mkdir -p .garbage
` + named

// asLocked reports whether all packages in a lock file of npm, as `npm install` left it, are those
// of the lock file before, which is what `npm ci` asks for.
const asLocked = `const [now, before] = process.argv.slice(1).map(name => JSON.parse(require("fs").readFileSync(name)).packages)
process.exit(Object.keys(now).every(path => before[path] && before[path].version === now[path].version) ? 0 : 1)`

// install runs the commands that follow the service, each in a shell of its own, and prints which
// one begins.
const install = `mv ` + volumePath + `/"$1"/.garbage ` + volumePath + `/"$1"/.removed.$$ 2>/dev/null
rm -rf ` + volumePath + `/"$1"/.removed.* &
shift
n=0
for command; do
  printf '\036%s\n' "$n"
  /bin/sh -c "$command" || exit
  n=$((n + 1))
done
`
