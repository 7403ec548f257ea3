#!/bin/bash
# `make test-engines`: the end-to-end tests on each engine that devup promises to work
# with, or on those of ENGINES: Docker 28 with either image store, Docker 20.10, Podman 5 (the
# scenarios alone). All stay up at the same time, each in its own network namespace.
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
  case $engine in
    podman) in_world go test -tags e2e -count=1 -shuffle=on -timeout 45m -run '^TestScenarios$' ./test/e2e ;;
    *) end_to_end ;;
  esac || failed="$failed $engine"
done
[ -z "$failed" ] || die "failed on:$failed"
