#!/bin/bash
# `make bench`: measures what devup promises to be quick at. Prints; asserts nothing.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need_go
make build
test/world/up
scratch=$(mktemp -d)
devup() { in_world "$root/bin/devup" "$@"; }
finish() {
  local code=$?
  devup -C "$scratch/bench" down --volumes --yes >/dev/null 2>&1 || true
  rm -rf "$scratch"
  stop_world || code=1
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

# quickest WHAT TIMES COMMAND... prints the quickest and the median of several runs.
quickest() {
  local what=$1 times=$2 runs=() start _
  shift 2
  for _ in $(seq "$times"); do
    start=$(date +%s%N)
    "$@" >/dev/null 2>&1 </dev/null
    runs+=($((($(date +%s%N) - start) / 100000)))
  done
  printf '%s\n' "${runs[@]}" | sort -n |
    awk -v what="$what" '{ t[NR] = $1 / 10 } END { printf "%-48s %8.1f ms   median %8.1f ms\n", what, t[1], t[int((NR + 1) / 2)] }'
}

many() { # a repository of 100,000 files of which few say anything
  mkdir -p "$1"
  cp -r examples/cruddur/. "$1"
  (
    cd "$1"
    for folder in $(seq 1000); do
      mkdir -p "docs/$folder"
      (cd "docs/$folder" && touch $(seq -f '%g.txt' 100))
    done
  )
}

mkdir "$scratch/bench"
cat >"$scratch/bench/compose.yaml" <<'YAML'
name: devup-bench
services:
  one: { image: "python:3.13-slim-bookworm", init: true, command: [python3, -m, http.server, "8000"], ports: ["127.0.0.1:8801:8000"] }
  two: { image: "python:3.13-slim-bookworm", init: true, command: [python3, -m, http.server, "8000"], ports: ["127.0.0.1:8802:8000"] }
YAML
many "$scratch/many"
devup -C "$scratch/bench" up --detach >/dev/null 2>&1

quickest 'devup --help' 20 "$root/bin/devup" --help
quickest 'devup init --dry-run, 100,000 files' 5 "$root/bin/devup" -C "$scratch/many" init --yes --dry-run
quickest 'devup up --detach, nothing to do, 2 services' 10 in_world "$root/bin/devup" -C "$scratch/bench" up --detach
quickest '  of which entering the world' 10 in_world true

devup -C "$scratch/bench" down >/dev/null 2>&1
if compose=$(test/world/compose); then
  cd "$scratch/bench"
  in_world "$compose" up -d >/dev/null 2>&1
  quickest 'docker compose up -d, nothing to do' 10 in_world "$compose" up -d
  in_world "$compose" down >/dev/null 2>&1
else
  echo 'docker compose was not found, so there is nothing to compare with'
fi
