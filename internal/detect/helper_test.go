package detect

import (
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
)

// filesOf are the files of an archive of "-- name --" sections.
func filesOf(archive string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, file := range txtar.Parse([]byte(archive)).Files {
		fsys[file.Name] = &fstest.MapFile{Data: file.Data}
	}
	return fsys
}

// scanned is what is found in an archive.
func scanned(t *testing.T, archive string) Repository {
	t.Helper()
	repo, err := Scan(filesOf(archive))
	if err != nil {
		t.Fatal(err)
	}
	return repo
}

// found is a service by its name.
func found(t *testing.T, repo Repository, name string) Service {
	t.Helper()
	for _, s := range repo.Services {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("there is no service %s in %s", name, explain(repo))
	return Service{}
}

// Files of small services, each in a directory of its own.
const (
	webFiles   = "-- web/package.json --\n{\"scripts\": {\"dev\": \"vite\"}, \"dependencies\": {\"vite\": \"5.0.0\"}}\n-- web/index.html --\n"
	apiFiles   = "-- api/requirements.txt --\nflask\n-- api/app.py --\nfrom flask import Flask\napp = Flask(__name__)\n"
	usersFiles = "-- users/package.json --\n{\"scripts\": {\"start\": \"node index.js\"}, \"dependencies\": {\"express\": \"4\"}}\n-- users/index.js --\napp.listen(process.env.PORT)\n"
)

// siblings are services by "name port stack", where the stack is called as in a devup.yaml.
func siblings(lines ...string) services {
	var all services
	for _, line := range lines {
		fields := strings.Fields(line)
		of := stacks.Default(fields[2])
		port, _ := stack.PortNumber(fields[1])
		all = append(all, &candidate{App: &stack.App{Stack: of, Service: Service{
			Name: fields[0], Dir: fields[0], StackName: of.Name, Frontend: of.Frontend, Port: Port{Number: port}, HostPort: port,
		}}})
	}
	return all
}
