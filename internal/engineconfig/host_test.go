package engineconfig

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestHostConfig holds what the attributes of one service become in the part of a container
// that touches its machine: the fields that differ from those of a service without them.
func TestHostConfig(t *testing.T) {
	t.Parallel()
	plain := flat(t, `{image: x}`)
	for _, test := range []struct{ name, service, want string }{
		{"restart always", `{image: x, restart: always}`, `HostConfig.RestartPolicy {"Name":"always","MaximumRetryCount":0}`},
		{"restart by deploy", `{image: x, restart: always, deploy: {restart_policy: {condition: on-failure, max_attempts: 3}}}`, `HostConfig.RestartPolicy {"Name":"on-failure","MaximumRetryCount":3}`},
		{"restart by deploy, any", `{image: x, deploy: {restart_policy: {condition: any, max_attempts: 3}}}`, `HostConfig.RestartPolicy {"Name":"always","MaximumRetryCount":0}`},
		{"restart by deploy, none", `{image: x, restart: always, deploy: {restart_policy: {condition: none}}}`, `HostConfig.RestartPolicy {"Name":"no","MaximumRetryCount":0}`},
		{"logging", `{image: x, logging: {driver: json-file, options: {max-size: 10m}}}`, `HostConfig.LogConfig {"Type":"json-file","Config":{"max-size":"10m"}}`},
		{"names and servers", `{image: x, dns: [1.1.1.1], dns_search: [corp.example], dns_opt: [ndots:1], extra_hosts: ["b:10.0.0.2", "a:10.0.0.1"]}`, `HostConfig.Dns ["1.1.1.1"]; HostConfig.DnsOptions ["ndots:1"]; HostConfig.DnsSearch ["corp.example"]; HostConfig.ExtraHosts ["a:10.0.0.1","b:10.0.0.2"]`},
		{"namespaces of others", `{image: x, ipc: "service:db", pid: "service:db", uts: host, userns_mode: host, cgroup: private}`, `HostConfig.CgroupnsMode "private"; HostConfig.IpcMode "container:shop-db-1"; HostConfig.PidMode "container:shop-db-1"; HostConfig.UTSMode "host"; HostConfig.UsernsMode "host"`},
		{"another container's network", `{image: x, network_mode: "container:other"}`, `HostConfig.NetworkMode "container:other"; NetworkingConfig null`},
		{"no network", `{image: x, network_mode: none}`, `HostConfig.NetworkMode "none"; NetworkingConfig null`},
		{"volumes of others", `{image: x, volumes_from: ["db:ro", "container:other"]}`, `HostConfig.VolumesFrom ["shop-db-1:ro","other"]`},
		{"tmpfs", `{image: x, tmpfs: ["/tmp", "/run:size=1m"]}`, `HostConfig.Tmpfs {"/run":"size=1m","/tmp":""}`},
		{"capabilities", `{image: x, cap_add: [SYS_PTRACE], cap_drop: [ALL], group_add: ["20"], privileged: true, read_only: true}`, `HostConfig.CapAdd ["SYS_PTRACE"]; HostConfig.CapDrop ["ALL"]; HostConfig.GroupAdd ["20"]; HostConfig.Privileged true; HostConfig.ReadonlyRootfs true`},
		{"security", `{image: x, security_opt: ["no-new-privileges", "label:disable", "seccomp=unconfined", "systempaths=unconfined"]}`, `HostConfig.MaskedPaths []; HostConfig.ReadonlyPaths []; HostConfig.SecurityOpt ["no-new-privileges","label:disable","seccomp=unconfined"]`},
		{"sysctls and shared memory", `{image: x, sysctls: {net.core.somaxconn: 1024}, shm_size: 64m, oom_score_adj: 500}`, `HostConfig.OomScoreAdj 500; HostConfig.ShmSize 67108864; HostConfig.Sysctls {"net.core.somaxconn":"1024"}`},
		{"limits and reservations of deploy", `{image: x, deploy: {resources: {limits: {memory: 64M, cpus: "0.1", pids: 5}, reservations: {memory: 32M}}}}`, `HostConfig.Memory 67108864; HostConfig.MemoryReservation 33554432; HostConfig.NanoCpus 100000000; HostConfig.PidsLimit 5`},
		{"limits of the service", `{image: x, mem_limit: 10m, mem_reservation: 5m, memswap_limit: 20m, mem_swappiness: 10, cpus: 0.1, cpu_shares: 5, cpuset: "0", pids_limit: 7, ulimits: {nofile: {soft: 1, hard: 2}, core: 0}}`, `HostConfig.CpuShares 5; HostConfig.CpusetCpus "0"; HostConfig.Memory 10485760; HostConfig.MemoryReservation 5242880; HostConfig.MemorySwap 20971520; HostConfig.MemorySwappiness 10; HostConfig.NanoCpus 100000000; HostConfig.PidsLimit 7; HostConfig.Ulimits [{"Name":"core","Hard":0,"Soft":0},{"Name":"nofile","Hard":2,"Soft":1}]`},
		{"block devices", `{image: x, blkio_config: {weight: 300, weight_device: [{path: /dev/sda, weight: 400}], device_read_bps: [{path: /dev/sda, rate: "1mb"}], device_write_iops: [{path: /dev/sda, rate: 30}]}}`, `HostConfig.BlkioDeviceReadBps [{"Path":"/dev/sda","Rate":1048576}]; HostConfig.BlkioDeviceWriteIOps [{"Path":"/dev/sda","Rate":30}]; HostConfig.BlkioWeight 300; HostConfig.BlkioWeightDevice [{"Path":"/dev/sda","Weight":400}]`},
		{"devices", `{image: x, devices: ["/dev/ttyUSB0:/dev/ttyUSB1:r", "vendor.com/class=gpu0"]}`, `HostConfig.DeviceRequests [{"Driver":"cdi","Count":0,"DeviceIDs":["vendor.com/class=gpu0"],"Capabilities":null,"Options":null}]; HostConfig.Devices [{"PathOnHost":"/dev/ttyUSB0","PathInContainer":"/dev/ttyUSB1","CgroupPermissions":"r"}]`},
		{"GPUs", `{image: x, gpus: [{driver: nvidia, count: 2}]}`, `HostConfig.DeviceRequests [{"Driver":"nvidia","Count":2,"DeviceIDs":null,"Capabilities":[["gpu"]],"Options":null}]`},
		{"GPUs of deploy", `{image: x, deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: all, options: {virtualization: "false"}}]}}}}`, `HostConfig.DeviceRequests [{"Driver":"","Count":-1,"DeviceIDs":null,"Capabilities":[["gpu"]],"Options":{"virtualization":"false"}}]`},
		{"links", `{image: x, links: ["db:database"], external_links: ["other:o", "plain"]}`, `HostConfig.Links ["shop-db-1:database","shop-db-1:db-1","shop-db-1:shop-db-1","other:o","plain:plain"]; NetworkingConfig {"EndpointsConfig":{"shop_default":{"IPAMConfig":null,"Links":["shop-db-1:database","shop-db-1:db-1","shop-db-1:shop-db-1","other:o","plain:plain"],"Aliases":["shop-web-1","web"],"DriverOpts":null,"GwPriority":0,"NetworkID":"","EndpointID":"","Gateway":"","IPAddress":"","MacAddress":"","IPPrefixLen":0,"IPv6Gateway":"","GlobalIPv6Address":"","GlobalIPv6PrefixLen":0,"DNSNames":null}}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, changed(t, plain, test.service)); diff != "" {
				t.Errorf("changed fields (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMounts: which of the engine's two notations a volume takes, and what of it that one
// says.
func TestMounts(t *testing.T) {
	t.Parallel()
	plain := flat(t, `{image: x}`)
	for _, test := range []struct{ name, service, want string }{
		{"a bind mount, in short", `{image: x, volumes: ["/src:/app:ro"]}`, `HostConfig.Binds ["/src:/app:ro"]`},
		{"with a label of SELinux", `{image: x, volumes: ["/src:/app:z"]}`, `HostConfig.Binds ["/src:/app:rw,z"]`},
		{"whose source has to exist", `{image: x, volumes: [{type: bind, source: /src, target: /app, bind: {create_host_path: false}}]}`, `HostConfig.Mounts [{"Type":"bind","Source":"/src","Target":"/app","BindOptions":{}}]`},
		{"with a propagation", `{image: x, volumes: [{type: bind, source: /src, target: /app, bind: {propagation: rslave}}]}`, `HostConfig.Mounts [{"Type":"bind","Source":"/src","Target":"/app","BindOptions":{"Propagation":"rslave","CreateMountpoint":true}}]`},
		{"not recursive", `{image: x, volumes: [{type: bind, source: /src, target: /app, bind: {recursive: disabled}}]}`, `HostConfig.Mounts [{"Type":"bind","Source":"/src","Target":"/app","BindOptions":{"NonRecursive":true,"CreateMountpoint":true}}]`},
		{"with a colon in its target", `{image: x, volumes: [{type: bind, source: /src, target: "/a:b"}]}`, `HostConfig.Mounts [{"Type":"bind","Source":"/src","Target":"/a:b"}]`},
		{"a named volume", `{image: x, volumes: ["data:/data"]}`, `HostConfig.Binds ["shop_data:/data:rw"]`},
		{"a named volume that takes no files of the image", `{image: x, volumes: [{type: volume, source: data, target: /data, volume: {nocopy: true}}]}`, `HostConfig.Mounts [{"Type":"volume","Source":"shop_data","Target":"/data","VolumeOptions":{"NoCopy":true}}]`},
		{"a part of a named volume", `{image: x, volumes: [{type: volume, source: data, target: /data, volume: {subpath: a/b}}]}`, `HostConfig.Mounts [{"Type":"volume","Source":"shop_data","Target":"/data","VolumeOptions":{"Subpath":"a/b"}}]`},
		{"an anonymous volume", `{image: x, volumes: ["/data"]}`, `HostConfig.Mounts [{"Type":"volume","Target":"/data","VolumeOptions":{}}]`},
		{"a temporary file system", `{image: x, volumes: [{type: tmpfs, target: /tmp, tmpfs: {size: 1m, mode: 0o700}}]}`, `HostConfig.Mounts [{"Type":"tmpfs","Target":"/tmp","TmpfsOptions":{"SizeBytes":1048576,"Mode":448}}]`},
		{"an image", `{image: x, volumes: [{type: image, source: y, target: /y, image: {subpath: a}}]}`, `HostConfig.Mounts [{"Type":"image","Source":"y","Target":"/y","ImageOptions":{"Subpath":"a"}}]`},
		{"two at one place", `{image: x, volumes: ["/first:/app", "/second:/app"]}`, `HostConfig.Binds ["/second:/app:rw"]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, changed(t, plain, test.service)); diff != "" {
				t.Errorf("changed fields (-want +got):\n%s", diff)
			}
		})
	}
}

// changed are the fields of what a service becomes that differ from plain.
func changed(t *testing.T, plain map[string]string, service string) string {
	t.Helper()
	var fields []string
	got := flat(t, service)
	for _, key := range sortedKeys(got, plain) {
		if got[key] != plain[key] {
			fields = append(fields, strings.TrimSpace(key+" "+got[key]))
		}
	}
	return strings.Join(fields, "; ")
}
