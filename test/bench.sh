#!/bin/bash
# `make bench`: measures what devup promises to be quick at, against docker compose where it is
# found, and against a second one named by COMPOSE5. The commands take turns, so that what else
# the machine does hits all of them. Prints; asserts nothing.
#   test/bench.sh PART... measures these parts alone: start gateway nothing cold build ready edit stop requests react
#   BENCH_RUNS=9          how often each command runs
#   BENCH_RUNS_LONG=3     how often each row with a React application runs
#   COMPOSE5=/path        another docker compose, to compare with too
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need_go

# Everything is measured where the engine is, so that no command pays for the way there.
if [ -z "${BENCH_INSIDE:-}" ]; then
  trap 'stop_world || true' EXIT
  trap 'exit 130' INT TERM
  test/world/up
  BENCH_INSIDE=yes in_world test/bench.sh "$@"
  exit
fi

go build -trimpath -ldflags '-s -w' -o bin/devup ./cmd/devup # as it is released
scratch=$(mktemp -d)
runs=${BENCH_RUNS:-9}
finish() {
  local code=$? directory
  for directory in "$scratch"/*/; do (cd "$directory" && "$root/bin/devup" down --volumes --yes --timeout 0 >/dev/null 2>&1) || true; done
  rm -rf "$scratch"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

# once COMMAND... prints how many tenths of a millisecond the command takes.
once() {
  local start
  start=${EPOCHREALTIME/./}
  "$@" >/dev/null 2>&1 </dev/null || true
  echo $(((${EPOCHREALTIME/./} - start) / 100))
}

# median FILE prints the middle one of its numbers, in milliseconds.
median() { sort -n "$1" | awk '{ t[NR] = $1 / 10 } END { printf "%.1f", t[int((NR + 1) / 2)] }'; }

# contest WHAT GOAL BEFORE COMMAND... runs `devup COMMAND` and `docker compose COMMAND` in turns, in
# the current directory, each after BEFORE with the same tool, and prints medians and ratios.
contest() {
  local what=$1 goal=$2 before=$3 tool i
  shift 3
  for tool in "${tools[@]}"; do : >"$scratch/${tool##*/}.times"; done
  for i in $(seq "$runs"); do
    for tool in "${tools[@]}"; do
      [ -z "$before" ] || quietly "$tool" $before
      once "$tool" "$@" >>"$scratch/${tool##*/}.times"
    done
  done
  row "$what" "$goal"
}

quietly() { "$@" >/dev/null 2>&1 </dev/null || true; }

row() {
  local ours theirs tool
  ours=$(median "$scratch/devup.times")
  printf '%-44s devup %8.1f ms' "$1" "$ours"
  for tool in "${tools[@]:1}"; do
    theirs=$(median "$scratch/${tool##*/}.times")
    printf '   %s %8.1f ms  ratio %4.2f' "${tool##*/}" "$theirs" "$(awk -v a="$ours" -v b="$theirs" 'BEGIN { print a / b }')"
  done
  printf '   goal %s\n' "$2"
}

# project NAME SERVICES makes a directory with so many services that do nothing.
project() {
  mkdir -p "$scratch/$1"
  {
    printf 'name: devup-%s\nservices:\n' "$1"
    for i in $(seq "$2"); do printf '  s%s: {image: busybox, command: [sleep, "10000"], init: true}\n' "$i"; done
  } >"$scratch/$1/compose.yaml"
  cd "$scratch/$1"
}

tools=("$root/bin/devup")
if compose=$(COMPOSE5= test/world/compose); then tools+=("$compose"); fi
if [ -n "${COMPOSE5:-}" ]; then tools+=("$COMPOSE5"); fi

quick() { # WHAT TIMES COMMAND...
  local what=$1 times=$2 i
  shift 2
  : >"$scratch/quick"
  for i in $(seq "$times"); do once "$@" >>"$scratch/quick"; done
  printf '%-44s devup %8.1f ms\n' "$what" "$(median "$scratch/quick")"
}

part_start() {
  step 'start-up and init'
  quick 'devup --help' 20 "$root/bin/devup" --help
  quick 'devup version (goal 15)' 20 "$root/bin/devup" version
  mkdir -p "$scratch/many"
  cp -r "$root/examples/cruddur/." "$scratch/many"
  for directory in $(seq 1000); do
    mkdir -p "$scratch/many/docs/$directory"
    (cd "$scratch/many/docs/$directory" && touch $(seq -f '%g.txt' 100))
  done
  quick 'devup init --dry-run, 100,000 files' 5 "$root/bin/devup" -C "$scratch/many" init --yes --dry-run
  rm -rf "$scratch/many"
}

part_gateway() {
  step 'the gateway, compared with a direct request'
  (cd "$root" && go test -run '^$' -bench Throughput -benchtime 2s ./internal/gateway) |
    awk '/requests\/s|MB\/s/ { print "  " $1, $(NF - 1), $NF }'
}

part_nothing() {
  step 'nothing to do'
  for n in 2 10 50; do
    project "bench$n" "$n"
    quietly "$root/bin/devup" up --detach
    # Each tool converges once before it is measured, so that none pays for the other's hashes.
    contest "up -d, $n services" "<= $([ "$n" = 2 ] && echo 0.6 || echo 0.5)" '' up -d
    contest "ps, $n services" '<= 0.5' '' ps
    quietly "$root/bin/devup" down --timeout 0
  done
}

part_cold() {
  step 'cold up and down, 10 services'
  project bench10 10
  # devup does not return before it has seen that the services live, as the others with --wait.
  contest 'up -d --wait' '<= 0.9' 'down -t 0' up -d --wait
  contest 'down -t 0' '<= 0.9' 'up -d' down -t 0
  quietly "$root/bin/devup" down --timeout 0
}

part_build() {
  step 'cached build'
  for n in 1 10; do
    mkdir -p "$scratch/build$n"
    cd "$scratch/build$n"
    {
      printf 'name: devup-build%s\nservices:\n' "$n"
      for i in $(seq "$n"); do
        mkdir -p "app$i"
        printf 'FROM busybox\nCOPY . /app\nRUN echo %s > /built\n' "$i" >"app$i/Dockerfile"
        printf '  app%s: {build: ./app%s}\n' "$i" "$i"
      done
    } >compose.yaml
    quietly "$root/bin/devup" build
    contest "build, $n images" '<= 0.5' '' build
  done
}

part_ready() {
  step 'until ready'
  mkdir -p "$scratch/ready"
  cd "$scratch/ready"
  {
    printf 'name: devup-ready\nservices:\n'
    for i in 1 2; do
      printf '  web%s:\n    image: busybox\n    init: true\n    command: [httpd, -f, -p, "8000", -h, /etc]\n' "$i"
      printf '    ports: ["127.0.0.1:887%s:8000"]\n' "$i"
      printf '    healthcheck: {test: [CMD, wget, -q, -O-, "http://127.0.0.1:8000/hostname"], interval: 1s, start_interval: 100ms, start_period: 10s}\n'
    done
  } >compose.yaml
  contest 'up -d --wait, 2 HTTP services' '<= 0.5, each run' 'down -t 0' up -d --wait
  paste -d ' ' "$scratch"/*.times | awk '{ printf "%s%s", (NR > 1 ? ", " : "  each run, in 0.1 ms: "), $0 } END { print "" }'
  quietly "$root/bin/devup" down --timeout 0
}

# seen FILE TEXT prints how many tenths of a millisecond pass from writing a text to a file of
# this machine until the service answers with it.
seen() {
  local start
  start=${EPOCHREALTIME/./}
  echo "$2" >"$1"
  until [ "$(curl -s http://127.0.0.1:8873/text)" = "$2" ]; do :; done
  echo $(((${EPOCHREALTIME/./} - start) / 100))
}

part_edit() {
  step 'an edit until it is visible (goal 30 ms)'
  mkdir -p "$scratch/edit/web"
  cd "$scratch/edit"
  local kind i watcher
  for kind in bind sync; do
    {
      printf 'name: devup-edit\nservices:\n  web:\n    image: busybox\n    init: true\n    ports: ["127.0.0.1:8873:8000"]\n'
      printf '    command: [sh, -c, "mkdir -p /web && exec httpd -f -p 8000 -h /web"]\n'
      if [ "$kind" = bind ]; then echo '    volumes: ["./web:/web"]'; else echo '    develop: {watch: [{action: sync, path: ./web, target: /web, initial_sync: true}]}'; fi
    } >compose.yaml
    quietly "$root/bin/devup" up --detach
    watcher=
    if [ "$kind" = sync ]; then
      "$root/bin/devup" watch >/dev/null 2>&1 </dev/null &
      watcher=$!
    fi
    seen web/text first >/dev/null
    : >"$scratch/quick"
    for i in $(seq "$runs"); do seen web/text "$i" >>"$scratch/quick"; done
    printf '%-44s devup %8.1f ms\n' "$kind" "$(median "$scratch/quick")"
    [ -z "$watcher" ] || kill "$watcher"
    quietly "$root/bin/devup" down --timeout 0
  done
}

# stopping NAME SERVICE... is a project of these services, which is started and measured while it stops.
stopping() {
  local name=$1 runs=3 # the others wait ten seconds each time
  shift
  mkdir -p "$scratch/$name"
  cd "$scratch/$name"
  { printf 'name: devup-%s\nservices:\n' "$name" && printf '  %s\n' "$@"; } >compose.yaml
  echo '{"scripts": {"start": "node server.js"}}' >package.json
  echo 'require("http").createServer((_, a) => a.end("hi")).listen(3000)' >server.js
  contest "down, $name" '<= 3 s' 'up -d --wait' down
}

part_stop() {
  step 'down, as the services stop by themselves'
  # With a handler: what a Java process does, which the default world has no image of.
  stopping npm 'web: {image: node, working_dir: /app, volumes: [".:/app"], command: npm start, healthcheck: {test: [CMD, node, -e, "fetch(\"http://localhost:3000\")"], interval: 1s}}'
  stopping flask 'api: {image: "python:3", command: python3 -m http.server 4567}'
  stopping shell 'job: {image: busybox, command: sh -c "sleep 10000; true"}'
  stopping handler "java: {image: busybox, command: [sh, -c, \"trap 'sleep 0.3; exit 143' TERM; while :; do sleep 0.1; done\"]}"
  stopping data 'db: {image: "postgres:17", environment: {POSTGRES_PASSWORD: secret}, healthcheck: {test: pg_isready -U postgres -h 127.0.0.1, interval: 1s}}' 'cache: {image: "redis:8"}' \
    'web: {image: busybox, init: true, command: "httpd -f -p 8000"}'
}

part_requests() {
  step 'requests to the engine'
  (cd "$root" && go test -tags e2e -count=1 -v -run 'TestCalls(DoNotGrow|OfAFirstUp)' ./test/e2e) | sed -n 's/.*_test.go:[0-9]*: /  /p'
}

# answer waits until both services do.
answer() { until curl -sfo /dev/null "localhost:$1" && curl -sfo /dev/null "localhost:$2/api/activities/home"; do sleep 0.05; done; }

caches() { docker volume ls --quiet --filter name=devup-cache- 2>/dev/null | sort; }

# react ROW TOOL COMMAND... adds the time until both answer to those of a row.
react() {
  local file=$scratch/${2##*/}.react-$1 start
  shift 2
  start=$(date +%s%N)
  quietly "$@"
  timeout 300 bash -c "$(declare -f answer); answer $page $api" || true
  echo $((($(date +%s%N) - start) / 100000)) >>"$file"
}

# part_react runs the React and Flask example, with what each tool needs to reach the packages in
# its files.
part_react() {
  local page api name tool build rest
  step 'React and Flask, until both answer'
  mkdir -p "$scratch/react"
  cp -r "$root/examples/cruddur/." "$scratch/react"
  cd "$scratch/react"
  quietly "$root/bin/devup" init --yes
  if [ -n "${PIP_INDEX_URL:-}" ]; then
    sed -i "1i --index-url $PIP_INDEX_URL\n--trusted-host ${PIP_TRUSTED_HOST:-localhost}" backend-flask/requirements.txt
  fi
  if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
    cp "$NODE_EXTRA_CA_CERTS" frontend-react-js/.npmrc-ca.pem
    echo cafile=/frontend-react-js/.npmrc-ca.pem >frontend-react-js/.npmrc
  fi
  caches >"$scratch/caches"
  for i in $(seq "${BENCH_RUNS_LONG:-3}"); do
    page=8872
    for tool in "${tools[@]}"; do
      page=$((page + 2)) api=$((page + 1)) name=devup-react-${tool##*/}
      cp -r "$scratch/react" "$scratch/$name"
      cd "$scratch/$name"
      sed -i "s/^name: .*/name: $name/; s/\"4567:/\"$api:/; s/\"3000:/\"$page:/; s/localhost:4567/localhost:$api/; s/localhost:3000/localhost:$page/" devup.yaml
      # No layer and no download of an earlier run counts.
      sed -i "s/type=cache,/&id=$name-$i-$$,/; s/^FROM .* AS base/&\nENV BENCH=$name-$i-$$/" ./*/Dockerfile
      if [ "$tool" = "${tools[0]}" ]; then build=() rest=(--yes); else build=(--build) rest=(); tool_file=(-f devup.yaml); fi
      run() { if [ "$tool" = "${tools[0]}" ]; then "$tool" "$@"; else "$tool" "${tool_file[@]}" "$@"; fi; }
      react first "$tool" run up -d
      sed -i '0,/"dependencies": {/s//&"left-pad": "1.3.0",/' frontend-react-js/package.json frontend-react-js/package-lock.json
      sed -i '0,/"packages": {/s//&"node_modules\/left-pad": {"version": "1.3.0"},/' frontend-react-js/package-lock.json
      react dependency "$tool" run up -d "${build[@]}"
      quietly run down
      react removed "$tool" run up -d
      quietly run stop
      react stopped "$tool" run up -d
      sed -i 's/^      REACT_APP_BACKEND_URL/      BENCH: "1"\n&/' devup.yaml
      react variable "$tool" run up -d
      quietly run down --volumes --rmi local "${rest[@]}"
      rm -rf "$scratch/$name"
    done
  done
  caches | comm -13 "$scratch/caches" - | xargs -r docker volume rm >/dev/null
  while read -r key goal what; do
    for tool in "${tools[@]}"; do mv "$scratch/${tool##*/}.react-$key" "$scratch/${tool##*/}.times"; done
    row "$what" "<= $goal"
  done <<'ROWS'
first 0.7 first up
dependency 0.4 up after one dependency was added
removed 0.4 up on the next day, containers removed
stopped 0.4 up on the next day, containers stopped
variable 1.1 up after one variable changed
ROWS
}

for part in ${*:-start gateway nothing cold build ready edit stop requests react}; do "part_$part"; done
