package up

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

func TestWithEgress(t *testing.T) {
	t.Parallel()
	own := "/own.pem"
	p := &project.Project{Project: &types.Project{Name: "shop", Services: types.Services{
		"built": {
			Name: "built", WorkloadSpec: types.WorkloadSpec{Build: &types.BuildConfig{Context: "."}},
			ContainerSpec: types.ContainerSpec{Environment: types.MappingWithEquals{"SSL_CERT_FILE": &own}},
		},
		"java":   {Name: "java", WorkloadSpec: types.WorkloadSpec{Build: &types.BuildConfig{Context: "."}}},
		"maven":  {Name: "maven", WorkloadSpec: types.WorkloadSpec{Build: &types.BuildConfig{Context: ".", DockerfileInline: "FROM maven:3\n"}}},
		"pulled": {Name: "pulled"},
	}}, Extensions: map[string]project.ServiceExtension{"java": {Stack: "spring"}}}
	dir := filepath.Join(t.TempDir(), "state")
	err := withEgress(p, egress.Settings{CA: []byte("PEM"), Proxy: map[string]string{"HTTPS_PROXY": "http://proxy:3128"}}, Mounts{StateDir: dir, Project: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	built := p.Services["built"]
	if value := built.Environment["SSL_CERT_FILE"]; value == nil || *value != own {
		t.Error("a variable that the service sets was replaced")
	}
	if value := built.Environment["NODE_EXTRA_CA_CERTS"]; value == nil {
		t.Error("the service was not told of the CA")
	}
	if value := built.Environment["https_proxy"]; value == nil || *value != "http://proxy:3128" {
		t.Error("the service was not told of the proxy")
	}
	if len(built.Volumes) != 1 || !built.Volumes[0].ReadOnly || built.Environment["JAVA_TOOL_OPTIONS"] != nil {
		t.Fatalf("volumes are %+v, want the bundle alone, read-only", built.Volumes)
	}
	for _, name := range []string{"java", "maven"} {
		if s := p.Services[name]; len(s.Volumes) != 2 || !s.Volumes[1].ReadOnly || s.Environment["JAVA_TOOL_OPTIONS"] == nil {
			t.Errorf("%s, which runs Java, has the volumes %+v", name, s.Volumes)
		}
	}
	if text, err := os.ReadFile(built.Volumes[0].Source); err != nil || string(text) != "PEM" {
		t.Errorf("the mounted file holds %q, %v", text, err)
	}
	if info, err := os.Stat(filepath.Join(dir, top)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory of the files is open to others: %v %v", info.Mode(), err)
	}
	if len(p.Services["pulled"].Environment) != 0 {
		t.Error("a service from a registry was changed")
	}
}

// TestWithDockersProxies: an image from a registry gets what Docker's settings have for
// every container, the same in a run of a part of the project.
func TestWithDockersProxies(t *testing.T) {
	t.Parallel()
	own := "none"
	services := types.Services{
		"db":  {Name: "db", ContainerSpec: types.ContainerSpec{Environment: types.MappingWithEquals{"https_proxy": &own}}},
		"web": {Name: "web"},
	}
	settings := egress.Settings{Docker: map[string]string{"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "corp"}}
	settings.Proxy = settings.Docker
	whole := &types.Project{Name: "shop", Services: services}
	part, err := whole.WithSelectedServices([]string{"db"})
	if err != nil {
		t.Fatal(err)
	}
	for _, model := range []*types.Project{whole, part} {
		got := (&project.Project{Project: model}).Edit(func(*project.Project) {})
		if err := withEgress(got, settings, Mounts{}); err != nil {
			t.Fatal(err)
		}
		want := types.Mapping{"HTTPS_PROXY": "http://proxy:3128", "https_proxy": own, "NO_PROXY": "corp,db,web", "no_proxy": "corp,db,web"}
		if diff := cmp.Diff(want, got.Services["db"].Environment.Resolve(nil).ToMapping()); diff != "" {
			t.Errorf("environment (-want +got):\n%s", diff)
		}
	}
}

func TestKeepSaysWhereItCannotWrite(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{
		"":                            "there is no home directory for the certificates",
		filepath.Join(file, "locked"): "cannot write to " + file,
	} {
		_, err := Mounts{StateDir: dir}.keep(egress.File{Name: "ca.pem", Content: []byte("PEM")}, 0)
		if fail.CodeOf(err) != fail.Denied || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %q", dir, err, want)
		}
	}
}
