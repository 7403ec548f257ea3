#!/bin/bash
# `make fuzz`: runs every fuzz target for a while, one after another. An input that fails is kept
# in testdata/fuzz of its package, where every later `go test` runs it too.
#   FUZZTIME=60s          how long each runs
#   FUZZ=regexp           only those whose name matches
#   FUZZPARALLEL=1        how many processes one has
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need_go

failed=()
for package in $(grep -rlE '^func Fuzz' --include='*_test.go' internal | xargs -n 1 dirname | sort -u); do
  for target in $(go test -list "^Fuzz.*${FUZZ:-}" "./$package" | grep '^Fuzz' || true); do
    step "$package $target"
    # A limit on memory ends a target that grows without end.
    (ulimit -v 16000000; go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-60s}" -fuzzminimizetime 2s -parallel "${FUZZPARALLEL:-1}" "./$package") || failed+=("$package $target")
  done
done
[ ${#failed[@]} -eq 0 ] || { printf 'failed: %s\n' "${failed[@]}"; exit 1; }
