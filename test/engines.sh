#!/bin/bash
# `make test-engines`: the end-to-end tests on each engine that devup promises to work
# with, or on those of ENGINES: Docker 28 with either image store, Docker 20.10, Podman 5. All stay
# up at the same time, each in its own network namespace.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need_go
trap stop_world EXIT
trap 'exit 130' INT TERM

install_programs
failed=
for engine in ${ENGINES:-28 28-containerd 20 podman}; do
  export WORLD=always WORLD_ENGINE=$engine
  test/world/up
  step "end-to-end tests on the engine $engine"
  end_to_end || failed="$failed $engine"
done
[ -z "$failed" ] || die "failed on:$failed"
