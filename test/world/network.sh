# The world's network: a bridge on the host, a network namespace per engine, a cable
# between them, and masquerading so that containers reach the machine's package
# registries. Two engines in one namespace would rewrite each other's iptables rules.

network_up() {
  touch "$world/run/network" # so that only who made it takes it down
  if ! ip link show "$bridge" >/dev/null 2>&1; then
    ip link add "$bridge" type bridge
    ip address add "$gateway/24" dev "$bridge"
    ip link set "$bridge" up
  fi
  if [ "$(cat /proc/sys/net/ipv4/ip_forward)" = 0 ]; then
    touch "$world/run/forwarding-was-off"
    echo 1 >/proc/sys/net/ipv4/ip_forward
  fi
  rules | while read -r table chain rule; do
    iptables -w -t "$table" -C "$chain" $rule 2>/dev/null || iptables -w -t "$table" -I "$chain" $rule
  done
  namespace_up
}

namespace_up() {
  local address=172.29.77.$number cable=devup-e$number
  if [ ! -e "/run/netns/$netns" ]; then ip netns add "$netns"; fi
  if ! ip link show "$cable" >/dev/null 2>&1; then
    ip link add "$cable" type veth peer name eth0 netns "$netns"
    ip link set "$cable" master "$bridge" up
    ip -n "$netns" address add "$address/24" dev eth0
    ip -n "$netns" link set lo up
    ip -n "$netns" link set eth0 up
    ip -n "$netns" route add default via "$gateway"
  fi
}

network_down() {
  local name
  [ -e "$world/run/network" ] || return 0
  ip -o link show type veth 2>/dev/null | sed -n 's/.* \(devup-e[0-9]*\)@.*/\1/p' | while read -r name; do ip link del "$name"; done
  ip netns list | sed -n 's/^\(devup-[^ ]*\).*/\1/p' | while read -r name; do ip netns del "$name"; done
  if ip link show "$bridge" >/dev/null 2>&1; then ip link del "$bridge"; fi
  rules | while read -r table chain rule; do
    while iptables -w -t "$table" -D "$chain" $rule 2>/dev/null; do :; done
  done
  if [ -e "$world/run/forwarding-was-off" ]; then
    echo 0 >/proc/sys/net/ipv4/ip_forward
    rm "$world/run/forwarding-was-off"
  fi
  rm "$world/run/network"
}

# table, chain, rule: one a line.
rules() {
  local mark="-m comment --comment devup-world"
  echo "filter FORWARD -i $bridge $mark -j ACCEPT"
  echo "filter FORWARD -o $bridge $mark -j ACCEPT"
  echo "filter INPUT -i $bridge $mark -j ACCEPT"
  echo "nat POSTROUTING -s $subnet ! -d $subnet $mark -j MASQUERADE"
}
