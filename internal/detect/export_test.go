package detect

import (
	"fmt"
	"io/fs"
	"path"
)

// ScanService is [ScanFor] for one service among those that [Scan] finds: they
// are the siblings that its variables may name.
func ScanService(fsys fs.FS, dir, stack, name string) (Service, error) {
	dir = path.Clean(dir)
	found, err := Scan(fsys)
	if err != nil {
		return Service{}, err
	}
	wanted := []Wanted{{Name: name, Dir: dir, Stack: stack}}
	for _, service := range found.Services {
		if service.Dir != dir && service.Name != name {
			wanted = append(wanted, Wanted{Name: service.Name, Dir: service.Dir, Stack: service.StackName})
		}
	}
	repo, err := ScanFor(fsys, wanted...)
	if err != nil {
		return Service{}, err
	}
	for _, service := range repo.Services {
		if service.Name == name {
			return service, nil
		}
	}
	return Service{}, fmt.Errorf("describe service %s: not found", name)
}
