#!/bin/bash
# `make demo`: what a newcomer sees first. Copies the example, which has no Docker file,
# to a scratch directory and brings it up with `devup init` and `devup up`.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need_go
scratch=${DEVUP_DEMO:-${TMPDIR:-/tmp}/devup-demo}

step 'an engine'
test/world/up

step 'devup'
make build
devup() { (set -x && in_world "$root/bin/devup" -C "$scratch/cruddur" "$@"); }

step "the example, in $scratch/cruddur"
if [ -d "$scratch/cruddur" ]; then
  echo 'kept from the last time'
else
  mkdir -p "$scratch"
  cp -r examples/cruddur "$scratch/cruddur"
fi
devup init --yes
test/world/reserve
devup up --detach
test/world/localhost "$scratch/cruddur"

step 'it runs; open the page of the frontend'
devup urls
cat <<TEXT

Look around, edit a file in $scratch/cruddur and see it change.
    test/world/run bin/devup -C $scratch/cruddur ps      and logs, exec, down, ...
    make demo-down                                       stops and removes everything
TEXT
