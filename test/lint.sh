#!/bin/bash
# `make lint`.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need_go

step 'go.mod is tidy'
go mod tidy -diff

step 'golangci-lint (with gofumpt, gci and go vet)'
tools/run golangci-lint fmt --diff
tools/run golangci-lint run ./...

step 'shell scripts parse'
for script in $(grep -rlE '^#!/bin/bash' test tools .ci) test/lib.sh test/world/*.sh; do bash -n "$script"; done

# The database of vulnerabilities is on the internet. Not reaching it is not a finding.
step 'govulncheck'
if report=$(tools/run govulncheck ./... 2>&1); then
  tail -n 1 <<<"$report"
elif grep -qE 'vuln\.go\.dev|fetching vulnerabilities' <<<"$report" && ! grep -q '^Vulnerability #' <<<"$report"; then
  echo 'skipped: its database cannot be reached from here'
else
  echo "$report"
  exit 1
fi
