#!/bin/bash
# `make test-stacks [STACK...]`: the examples of examples/stacks on a real engine, all or
# those that are named. Prints a line for each step of each: stack, step, seconds.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need_go
trap stop_world EXIT
trap 'exit 130' INT TERM

install_programs
WORLD_IMAGES='busybox debian python node postgres bun deno golang rust maven temurin php php-extensions ruby' test/world/up
export E2E_STACKS=${*:-all}
in_world go test -tags e2e -count=1 -v -timeout 90m -run '^TestStacks$' ./test/e2e
