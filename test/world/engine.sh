# The engines: Debian packages unpacked into a directory of their own. Nothing of them is
# installed on the machine, so that no service starts behind its back.

# Each engine: the Debian suite, the directory of the suite's tree, and a number that is part
# of its addresses.
case $engine in
  28) suite=forky tree=engine-28 number=28 ;;
  28-containerd) suite=forky tree=engine-28 number=29 ;; # the same, with containerd's image store
  20) suite=bookworm tree=engine-20 number=20 ;;
  podman) suite=trixie tree=engine-podman number=5 ;;
  *) die "WORLD_ENGINE=$engine: only 28, 28-containerd, 20 and podman are known" ;;
esac

engine_up() {
  local root=$world/$tree packages=docker.io,ca-certificates,iptables
  case $engine in
    # Compose is there to be compared with; devup does not use it.
    28*) packages=$packages,docker-cli,docker-buildx,docker-compose ;;
    podman) packages=podman,netavark,aardvark-dns,runc,catatonit,ca-certificates,iptables,nftables ;;
  esac
  if [ "$(cat "$root/ready" 2>/dev/null)" != "$packages" ]; then end "engine-$engine"; fi
  unpack "$suite" "$root" "$packages"
  if ! alive "engine-$engine"; then
    say "starting the engine $engine of Debian $suite in the network namespace $netns"
    rm -rf "$world/run/exec-$engine" "$socket" "$world/run/dockerd-$engine.pid"
    if [ "$engine" = podman ]; then podman_engine; else docker_engine; fi
  fi
  until_true 60 "the engine" curl -sf --unix-socket "$socket" http://engine/_ping
}

docker_engine() {
  local store=false
  if [ "$engine" = 28-containerd ]; then store=true; fi
  start_engine dockerd \
    --host "unix://$socket" --data-root "$world/data-$engine" --exec-root "$world/run/exec-$engine" \
    --pidfile "$world/run/dockerd-$engine.pid" --bip "172.29.$((78 + number)).1/24" \
    --default-address-pool "base=172.29.128.0/17,size=24" \
    --registry-mirror "http://$mirror" --insecure-registry "$registry" \
    $([ "$suite" = bookworm ] || echo "--feature containerd-snapshotter=$store")
}

# Podman reads everything else of files.
podman_engine() {
  local settings=$world/podman-etc/containers
  mkdir -p "$settings"
  echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$settings/policy.json"
  cat >"$settings/registries.conf" <<E2
unqualified-search-registries = ["docker.io"]
[[registry]]
location = "docker.io"
[[registry.mirror]]
location = "$mirror"
insecure = true
[[registry]]
location = "$registry"
insecure = true
E2
  cat >"$settings/containers.conf" <<E2
[containers]
default_ulimits = ["nofile=$(ulimit -Hn):$(ulimit -Hn)", "nproc=$(ulimit -Hu):$(ulimit -Hu)"]
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
E2
  start_engine bash -c "$(declare -f podman_service); podman_service \"\$@\"" - "$world/podman-etc" "unix://$socket" podman --transient-store \
    --root "$world/data-$engine" --runroot "$world/run/exec-$engine" --network-config-dir "$world/data-$engine/networks"
  end health-podman
  background health-podman bash -c "$(declare -f podman_health); podman_health $socket"
}

# podman_service SETTINGS SOCKET PODMAN... serves until it is told to end, and ends the containers
# then. Its settings lie above the machine's own in /etc.
podman_service() {
  local socket=$2
  mount -t overlay -o "lowerdir=$1:/etc" overlay /etc
  shift 2
  trap '"$@" rm --force --all --time 0; kill $service' TERM
  "$@" system service --time 0 "$socket" &
  service=$!
  wait
}

# podman_health SOCKET runs the containers' health checks, which Podman leaves to systemd's timers.
podman_health() {
  local id containers=http://podman/v5.0.0/libpod/containers
  while sleep 0.5; do
    curl -s --unix-socket "$1" "$containers/json" |
      jq -r '.[].Id' | while read -r id; do curl -s --unix-socket "$1" "$containers/$id/healthcheck" >/dev/null; done
  done
}

# start_engine COMMAND... runs an engine in its tree and network namespace.
start_engine() {
  background "engine-$engine" nsenter --net="/run/netns/$netns" unshare --mount --propagation slave \
    bash -c "$(declare -f in_root); in_root \"\$@\"" - "$world/$tree" "$@"
}

# unpack SUITE DIRECTORY PACKAGES makes a Debian tree that holds packages, once.
unpack() {
  local log=$world/logs/unpack-${2##*/}
  if [ "$(cat "$2/ready" 2>/dev/null)" = "$3" ]; then return; fi
  say "unpacking ${3%%,*} of Debian $1 (once)"
  rm -rf "$2"
  mmdebstrap --variant=minbase --include="$3" --aptopt='Acquire::Check-Valid-Until "false"' \
    "$1" "$2" "$(debian_mirror bookworm)" >"$log" 2>&1 </dev/null || die "unpacking failed; see $log"
  echo "$3" >"$2/ready"
}

# in_root DIRECTORY COMMAND... runs a command with the programs and libraries of a Debian
# tree but with everything else of this machine, in a mount namespace made for it. So the
# engine finds a person's directories under their own paths, which a chroot would hide.
in_root() {
  local root=$1
  shift
  mount --bind "$root/usr" /usr
  mount --bind "$root/etc/alternatives" /etc/alternatives
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin exec "$@"
}

# docker runs the engine's own client, which knows its options, inside its tree.
docker() {
  unshare --mount --propagation slave bash -c "$(declare -f in_root); in_root \"\$@\"" - \
    "$world/$tree" env DOCKER_BUILDKIT=1 DOCKER_HOST="unix://$socket" docker "$@" 9>&-
}
