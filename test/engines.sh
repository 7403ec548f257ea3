#!/bin/bash
# `make test-engines`: the end-to-end tests on each engine that devup promises to work
# with. Both run at the same time, each in its own network namespace.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need_go
trap stop_world EXIT
trap 'exit 130' INT TERM

install_programs
failed=
for engine in 28 20; do
  export WORLD=always WORLD_ENGINE=$engine
  test/world/up
  step "end-to-end tests on the engine $engine"
  end_to_end || failed="$failed $engine"
done
[ -z "$failed" ] || die "failed on:$failed"
