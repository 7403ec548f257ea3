#!/bin/bash
# `make test-kills`: kills devup at some hundred random points of up, down, stop, restart and of what
# runs behind them, on a real engine. `make test` does the same at a few.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need_go
trap stop_world EXIT
trap 'exit 130' INT TERM

install_programs
test/world/up
export E2E_KILLS=all
in_world go test -tags e2e -count=1 -timeout 60m -run '^TestKilled' ./test/e2e
