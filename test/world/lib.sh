# What the world's scripts share: where its state lies, the addresses it uses, and
# small helpers. Sourced, never run.

# All state, so that one directory holds everything and `down --purge` is one rm.
world=${DEVUP_WORLD:-${XDG_CACHE_HOME:-$HOME/.cache}/devup-world}
# Which engine, as engine_of in engine.sh knows them.
engine=${WORLD_ENGINE:-28}

# The world's network: a bridge on the host, and one network namespace per engine
# that hangs on it. Registry and package index listen on the bridge, so they have
# one address from the host, from each namespace and from each container. The mirror
# listens in each namespace on loopback, the only place where every engine takes HTTP.
bridge=devup-world
subnet=172.29.77.0/24
gateway=172.29.77.1
registry=$gateway:5077    # the registry proper
mirror=127.0.0.1:5078     # the mirror that engines ask: stand-ins under any official tag
index=$gateway:5079       # the package index for pip

netns=devup-$engine
socket=$world/run/engine-$engine.sock

say() { printf 'world: %s\n' "$*" >&2; }
die() { printf 'world: %s\n' "$*" >&2; exit 1; }

# alive NAME says whether the process that `background` started under that name runs.
# The start time is compared too: after a reboot the number may be that of another process.
alive() {
  local pid start
  read -r pid start 2>/dev/null <"$world/run/$1.pid" || return 1
  [ -n "$start" ] && [ "$(started "$pid")" = "$start" ]
}

# started PID prints when a process was started, in ticks since boot; nothing for none.
started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }

# background NAME COMMAND... starts a process of its own session that outlives us, with
# its output in logs/NAME, and remembers its number.
background() {
  local name=$1
  shift
  setsid "$@" >"$world/logs/$name" 2>&1 </dev/null 9>&- &
  echo "$! $(started $!)" >"$world/run/$name.pid"
}

# end NAME stops what `background` started under that name and waits until it is gone.
end() {
  local pid _
  if alive "$1"; then
    read -r pid _ <"$world/run/$1.pid"
    kill "$pid"
    for _ in $(seq 150); do alive "$1" || break; sleep 0.1; done
    if alive "$1"; then kill -9 "$pid"; fi
  fi
  rm -f "$world/run/$1.pid"
}

# until_true SECONDS WHAT COMMAND... repeats a command until it succeeds.
until_true() {
  local limit=$1 what=$2 _
  shift 2
  for _ in $(seq $((limit * 10))); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  die "$what does not answer; see $world/logs"
}

# install PACKAGE... installs the Debian packages that are missing.
install_packages() {
  local missing=() p
  for p in "$@"; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || die "these Debian packages are missing, and only root can install them: ${missing[*]}"
  say "installing ${missing[*]}"
  mkdir -p "$world/logs"
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } \
    >"$world/logs/apt" 2>&1 </dev/null || die "apt-get failed; see $world/logs/apt"
}

# The Debian that this machine installs from, as apt is set up; never a name of ours.
debian_mirror() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Release: $1" | head -n 1
}

# alive_on PORT NAME says whether the process of that name listens on a port.
alive_on() { alive "$2" && ss -Hltn "sport = :$1" | grep -q .; }
