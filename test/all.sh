#!/bin/bash
# `make test`: everything that must hold before a change lands. Whatever happens, nothing
# that it started is left running.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need_go

log=$(mktemp)
finish() {
  local code=$?
  if [ -n "${world:-}" ]; then kill "$world" 2>/dev/null || true; wait "$world" 2>/dev/null || true; fi
  stop_world || code=1
  rm -f "$log"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

# The world is made while linters and unit tests run: the one waits for packages, the
# others for the processor.
test/world/install gcc libc6-dev git
{ install_programs && test/world/up; } >"$log" 2>&1 &
world=$!

test/lint.sh

step 'unit and script tests'
go test -race -shuffle=on ./...

step 'the world of the end-to-end tests'
if ! wait "$world"; then
  world=
  cat "$log"
  die 'the end-to-end tests need an engine, and none could be brought up'
fi
world=
cat "$log"

step 'end-to-end tests'
end_to_end
