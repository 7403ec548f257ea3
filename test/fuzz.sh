#!/bin/bash
# `make fuzz`: runs every fuzz target for a while, one after another. An input that fails is kept
# in testdata/fuzz of its package, where every later `go test` runs it too.
#   FUZZTIME=60s          how long each runs
#   FUZZ=regexp           only those whose name matches
#   FUZZPARALLEL=1        how many processes one has
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need_go

# fuzz PACKAGE TARGET runs a target. A limit on memory ends one that grows without end. Where go
# test ends with "context deadline exceeded" and no input, as it does now and then on a busy
# machine (https://go.dev/issue/75804, fixed in Go 1.27), the target has not failed, and runs again.
fuzz() {
  local log status=0
  log=$(mktemp)
  (ulimit -v 16000000; go test -run '^$' -fuzz "^$2\$" -fuzztime "${FUZZTIME:-60s}" -fuzzminimizetime 2s -parallel "${FUZZPARALLEL:-1}" "./$1") 2>&1 | tee "$log" || status=$?
  if [ $status -ne 0 ] && [ "${3:-}" != again ] && grep -q 'context deadline exceeded' "$log" && ! grep -q 'Failing input' "$log"; then
    status=0
    fuzz "$1" "$2" again || status=$?
  fi
  rm -f "$log"
  return $status
}

failed=()
for package in $(grep -rlE '^func Fuzz' --include='*_test.go' internal | xargs -n 1 dirname | sort -u); do
  for target in $(go test -list "^Fuzz.*${FUZZ:-}" "./$package" | grep '^Fuzz' || true); do
    step "$package $target"
    fuzz "$package" "$target" || failed+=("$package $target")
  done
done
[ ${#failed[@]} -eq 0 ] || { printf 'failed: %s\n' "${failed[@]}"; exit 1; }
