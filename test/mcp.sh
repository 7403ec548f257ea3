#!/bin/bash
# `make test-mcp`: the official Python client of the Model Context Protocol calls every tool of
# `devup mcp`, on the world's engine.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need_go
client=${XDG_CACHE_HOME:-$HOME/.cache}/devup-tools/mcp
made=$(mktemp -d)
end() {
  (cd "$made/toolbox" && in_world "$made/devup" down --volumes --yes) || true
  stop_world
  rm -rf "$made"
}
trap end EXIT
trap 'exit 130' INT TERM

[ -x "$client/bin/python" ] || python3 -m venv "$client"
"$client/bin/pip" install --quiet mcp==2.3.0
go build -o "$made/devup" ./cmd/devup
mkdir "$made/toolbox"
cat >"$made/toolbox/compose.yaml" <<'YAML'
services:
  web:
    image: busybox
    init: true
    command: sh -c 'echo "the secret is $$TOKEN"; httpd -f -p 80'
    environment: {TOKEN: s3cr3t-value}
    ports: ["18381:80"]
    x-devup: {setup: [{name: seed, run: "true"}], ready: /}
YAML
[ -n "$world_was_up" ] || test/world/up
in_world "$client/bin/python" test/mcp/client.py "$made/devup" "$made/toolbox"
