package ready

import (
	"os"
	"testing"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"

	"github.com/devup-cli/devup/internal/diagnose"
)

func TestMounted(t *testing.T) {
	t.Parallel()
	const label = "system_u:system_r:container_t:s0:c1,c2" // what an engine with SELinux gives a process
	text, err := os.ReadFile("../diagnose/testdata/logs/bind-denied.log")
	if err != nil {
		t.Fatal(err)
	}
	const (
		image = "denied: the container's user may not use /data/uploads.txt (write.py:1)"
		shop  = image + ", which is mounted from /home/ada/shop/data"
	)
	for _, test := range []struct {
		name   string
		label  string
		mounts []container.MountPoint
		want   string
	}{
		{"in the image", label, []container.MountPoint{{Type: mount.TypeBind, Source: "/home/ada/other", Destination: "/dat"}}, image},
		{"in a volume", label, []container.MountPoint{{Type: mount.TypeVolume, Source: "/var/lib/docker/volumes/x", Destination: "/data"}}, image},
		{"in a bind mount", "", []container.MountPoint{
			{Type: mount.TypeBind, Source: "/home/ada/shop", Destination: "/"},
			{Type: mount.TypeBind, Source: "/home/ada/shop/data", Destination: "/data/"},
		}, shop},
		{"with SELinux", label, []container.MountPoint{{Type: mount.TypeBind, Source: "/home/ada/shop/data", Destination: "/data"}}, "selinux" + shop[len("denied"):] + ": the engine uses SELinux, and the mount is not labelled for containers"},
		{"with SELinux and a label", label, []container.MountPoint{{Type: mount.TypeBind, Source: "/home/ada/shop/data", Destination: "/data", Mode: "rw,z"}}, shop},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := stateOf(container.InspectResponse{State: &container.State{}, Mounts: test.mounts, ProcessLabel: test.label})
			cause := s.withMountCause(diagnose.Explain(diagnose.Run, cleanLines(string(text)), 1, nil))
			if got := cause.Reason + ": " + cause.Sentence; got != test.want {
				t.Errorf("\n got %s\nwant %s", got, test.want)
			}
		})
	}
}
