#!/bin/bash
# `make test-windows`: the Windows program under Wine. The scripts of its commands, then a
# project from a bare clone to its removal, on the world's Linux engine.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need_go
made=$(mktemp -d)
trap 'rm -rf "$made"; stop_world' EXIT
trap 'exit 130' INT TERM

export WORLD=always
test/world/up
export GOOS=windows
go build -o "$made/devup.exe" ./cmd/devup
go test -c -o "$made/cli.test.exe" ./internal/cli
go test -c -tags e2e -o "$made/windows.test.exe" ./test/windows

step 'the scripts of the commands, under Wine'
(cd internal/cli && "$root/test/world/wine" "$made/cli.test.exe" -test.timeout 30m)

step 'a project on a Linux engine, under Wine'
# Wine passes no Ctrl-C between its programs, but takes a signal for one.
{
  until [ -e "$made/interrupt" ] || [ ! -e "$made" ]; do sleep 0.2; done
  if [ -e "$made" ]; then pkill -INT -f "${made##*/}.devup.exe up" || true; fi
} &
cd test/windows
windows() { printf 'Z:%s' "${1//\//\\}"; }
DEVUP_UNDER_TEST=$(windows "$made/devup.exe") INTERRUPT_FILE=$(windows "$made/interrupt") \
  "$root/test/world/wine" "$made/windows.test.exe" -test.v -test.timeout 30m
