package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// Docker Compose compares one hash of a whole resource. devup writes the same
// hash into the same label, so that Compose sees a container of devup's as its
// own; and a container that carries only that hash, because Compose made it, is
// current for devup while the hash is.

// Declared is a service as Docker Compose reads it from the same files, before
// devup adapted it to the workspace.
type Declared struct {
	Service types.ServiceConfig
	// Adapted names what devup does differently and a container of Compose's
	// therefore lacks; empty where that container serves as well.
	Adapted []string
}

// Hash is the value of [LabelHash] that the current Docker Compose would write for
// the service. found gives the ID of the container whose namespaces or volumes it
// shares, by service; empty where there is none yet.
func (a Declared) Hash(found func(service string) string) (string, error) {
	hashes, err := a.hashes(found)
	if err != nil {
		return "", err
	}
	return hashes[0], nil
}

// hashes are the values of [LabelHash] that Compose may have written, the one of its
// current version first. It puts the IDs of containers instead of the services' names
// before it hashes.
func (a Declared) hashes(found func(service string) string) ([]string, error) {
	s := a.Service
	s.Build, s.PullPolicy, s.Scale, s.DependsOn, s.Profiles = nil, "", nil, nil, nil
	if s.Deploy != nil {
		deploy := *s.Deploy
		deploy.Replicas = nil
		s.Deploy = &deploy
	}
	for _, mode := range []*string{&s.NetworkMode, &s.Ipc, &s.Pid} {
		if name, ok := strings.CutPrefix(*mode, types.ServicePrefix); ok {
			if id := found(name); id != "" {
				*mode = types.ContainerPrefix + id
			}
		}
	}
	var from []string
	for _, entry := range s.VolumesFrom { // without the mode, which Compose drops
		outside, isOutside := strings.CutPrefix(entry, types.ContainerPrefix)
		name, _, _ := strings.Cut(outside, ":")
		if id := found(name); isOutside {
			entry = name
		} else if id != "" {
			entry = id
		}
		from = append(from, entry)
	}
	s.VolumesFrom = from
	return serviceHashes(s)
}

// serviceHashes hashes a service in the words of Compose 5, and of Compose 2 where
// that differs: it spelt out that the directory of a bind mount may be made.
func serviceHashes(s types.ServiceConfig) ([]string, error) {
	var hashes []string
	for _, volumes := range [][]any{nil, volumes2(s.Volumes)} {
		text, err := inComposeOrder(s, volumes)
		if err != nil {
			return nil, fmt.Errorf("hash service %s as Compose does: %w", s.Name, err)
		}
		if hash := digest(text); !slices.Contains(hashes, hash) {
			hashes = append(hashes, hash)
		}
	}
	return hashes, nil
}

// volumes2 are the volumes of a service as Compose 2 wrote them.
func volumes2(volumes []types.ServiceVolumeConfig) []any {
	type bind struct {
		SELinux        string `json:"selinux,omitempty"`
		Propagation    string `json:"propagation,omitempty"`
		CreateHostPath bool   `json:"create_host_path,omitempty"`
		Recursive      string `json:"recursive,omitempty"`
	}
	type mount struct { // of a bind mount, bind is the last field
		types.ServiceVolumeConfig
		Bind bind `json:"bind"`
	}
	var list []any
	for _, v := range volumes {
		if v.Bind == nil {
			list = append(list, v)
			continue
		}
		list = append(list, mount{v, bind{v.Bind.SELinux, v.Bind.Propagation, bool(v.Bind.CreateHostPath), v.Bind.Recursive}})
	}
	return list
}

// composeOrder are the keys of a service in the order in which Compose writes them
// before it hashes; the library that devup loads with has another one since 2.16.
var composeOrder = strings.Fields(`
	profiles annotations attach build develop blkio_config cap_add cap_drop cgroup_parent cgroup cpu_count cpu_percent cpu_period
	cpu_quota cpu_rt_period cpu_rt_runtime cpus cpuset cpu_shares command configs container_name credential_spec depends_on deploy
	device_cgroup_rules devices dns dns_opt dns_search dockerfile domainname entrypoint provider environment env_file expose extends
	external_links extra_hosts group_add gpus hostname healthcheck image init ipc isolation labels label_file links logging log_driver
	log_opt mem_limit mem_reservation memswap_limit mem_swappiness mac_address models net network_mode networks oom_kill_disable
	oom_score_adj pid pids_limit platform ports privileged pull_policy read_only restart runtime scale secrets security_opt shm_size
	stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volume_driver
	volumes volumes_from working_dir pre_start post_start pre_stop`)

// inComposeOrder is the JSON of a service with its keys in Compose's order, and other
// volumes unless they are nil.
func inComposeOrder(s types.ServiceConfig, volumes []any) ([]byte, error) {
	raw, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, err
	}
	if volumes != nil {
		if fields["volumes"], err = json.Marshal(volumes); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	write := func(key string) {
		if value, ok := fields[key]; ok {
			if b.Len() > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "%q:%s", key, value)
			delete(fields, key)
		}
	}
	for _, key := range composeOrder {
		write(key)
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) { // newer than Compose
		write(key)
	}
	return slices.Concat([]byte{'{'}, b.Bytes(), []byte{'}'}), nil
}

// networkHash is what Compose writes into the label of a network.
func networkHash(n types.NetworkConfig) (string, error) { return composeHash(&n) }

// volumeHash is what Compose writes into the label of a volume.
func volumeHash(v types.VolumeConfig) (string, error) {
	if v.Driver == "" {
		v.Driver = "local"
	}
	return composeHash(v)
}

func composeHash(value any) (string, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("hash as Compose does: %w", err)
	}
	return digest(raw), nil
}
