# The engines: Debian packages unpacked into a directory of their own. Nothing of them is
# installed on the machine, so that no service starts behind its back.

# The Debian suite that an engine comes from.
engine_suite() {
  case $1 in
    28) echo forky ;;
    20) echo bookworm ;;
    *) die "WORLD_ENGINE=$1: only 28 and 20 are known" ;;
  esac
}

engine_up() {
  local root=$world/engine-$engine suite packages=docker.io,ca-certificates,iptables
  suite=$(engine_suite "$engine")
  # Compose is there to be compared with; devup does not use it.
  if [ "$suite" != bookworm ]; then packages=$packages,docker-cli,docker-buildx,docker-compose; fi
  if [ "$(cat "$root/ready" 2>/dev/null)" != "$packages" ]; then end "engine-$engine"; fi
  unpack "$suite" "$root" "$packages"
  if ! alive "engine-$engine"; then
    say "starting the engine of Debian $suite in the network namespace $netns"
    rm -rf "$world/run/exec-$engine" "$socket" "$world/run/dockerd-$engine.pid"
    background "engine-$engine" nsenter --net="/run/netns/$netns" unshare --mount --propagation slave \
      bash -c "$(declare -f in_root); in_root \"\$@\"" - "$root" dockerd \
      --host "unix://$socket" --data-root "$world/data-$engine" --exec-root "$world/run/exec-$engine" \
      --pidfile "$world/run/dockerd-$engine.pid" --bip "172.29.$((78 + engine)).1/24" \
      --default-address-pool "base=172.29.128.0/17,size=24" \
      --registry-mirror "http://$mirror" --insecure-registry "$registry"
  fi
  until_true 60 "the engine" curl -sf --unix-socket "$socket" http://engine/_ping
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
    "$world/engine-$engine" env DOCKER_BUILDKIT=1 DOCKER_HOST="unix://$socket" docker "$@" 9>&-
}
