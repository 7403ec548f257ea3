# What the scripts behind the Makefile share. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

step() { printf '\n== %s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# need_go says what to do where the Go toolchain is missing or too old: Debian 12 has
# only an older one, so it cannot be installed from there.
need_go() {
  local wanted have
  wanted=$(sed -n 's/^go //p' go.mod)
  have=$(go env GOVERSION 2>/dev/null) || die "Go $wanted is needed and not on the PATH: install it from go.dev/dl"
  if [ "$(printf 'go%s\n%s\n' "$wanted" "${have%% *}" | sort -V | head -n 1)" != "go$wanted" ] &&
    [ "$(go env GOTOOLCHAIN)" = local ]; then
    die "Go $wanted is needed and $have is here: install the newer one from go.dev/dl"
  fi
}

# in_world COMMAND... runs a command where the engine is at home.
in_world() { "$root/test/world/run" "$@"; }

# stop_world ends the world unless it was up before this script began.
world_was_up=$(test/world/run true 2>/dev/null && echo yes || true)
stop_world() { [ -n "$world_was_up" ] || "$root/test/world/down"; }

# install_programs installs what the end-to-end tests run next to an engine: a browser, and
# Node.js for the program that opens dev containers. A machine may have one of another maker.
install_programs() {
  "$root/test/world/install" chromium git procps && { command -v npm >/dev/null || "$root/test/world/install" nodejs npm; }
}

# end_to_end runs every test that needs an engine, where the engine is: those of test/e2e,
# and those of packages that try their own part on a real one.
end_to_end() {
  local packages
  packages=$(grep -rl --include='*_test.go' '^//go:build e2e' internal test | xargs -n 1 dirname | sort -u | sed 's,^,./,')
  in_world go test -tags e2e -count=1 -shuffle=on -timeout 45m $packages
}
