#!/bin/bash
# `make demo-down`: removes everything that the demo made, the world and its caches too.
# Debian packages that were installed stay.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
scratch=${DEVUP_DEMO:-${TMPDIR:-/tmp}/devup-demo}

if [ -d "$scratch/cruddur" ] && [ -x bin/devup ]; then
  in_world "$root/bin/devup" -C "$scratch/cruddur" down --volumes --yes || echo 'the containers are gone already' >&2
fi
test/world/down --purge
rm -rf "$scratch/cruddur"
rmdir "$scratch" 2>/dev/null || true
echo 'the demo is gone'
