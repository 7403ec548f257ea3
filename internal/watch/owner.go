package watch

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// owners finds out to whom files in containers should belong: to the user that the
// container runs as, so that what it runs may change them, or where that is root,
// to the owner of the directory that is synced to. It is used by one goroutine per
// container at a time.
type owners struct {
	engine Containers
	user   *identity           // nil when the container runs as root
	known  map[string]identity // by target of a rule: to whom the directory belongs, or the nearest above it
	absent map[string]bool     // targets of rules that do not exist
}

// ownersOf asks the engine about a container.
func ownersOf(ctx context.Context, e Containers, id string) (*owners, error) {
	o := &owners{engine: e, known: map[string]identity{}, absent: map[string]bool{}}
	found, err := e.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	if err != nil {
		return nil, err
	}
	if found.Container.Config == nil {
		return o, nil
	}
	user, group, _ := strings.Cut(found.Container.Config.User, ":")
	if user == "" || user == "0" || user == "root" {
		return o, nil
	}
	var me identity
	var numeric error
	if me.uid, numeric = strconv.Atoi(user); numeric != nil || group == "" {
		fields := o.lookup(ctx, id, "/etc/passwd", user, 2)
		if fields == nil && numeric != nil {
			return o, nil // as when no user is named: the directory's owner
		}
		if fields != nil {
			me.uid, _ = strconv.Atoi(fields[2])
			me.gid, _ = strconv.Atoi(fields[3])
		}
	}
	if gid, err := strconv.Atoi(group); err == nil {
		me.gid = gid
	} else if fields := o.lookup(ctx, id, "/etc/group", group, 2); group != "" && fields != nil {
		me.gid, _ = strconv.Atoi(fields[2])
	}
	o.user = &me
	return o, nil
}

// lookup finds the line of a name, or of a number in the given field, in a table
// as /etc/passwd of a container. It is nil if there is none.
func (o *owners) lookup(ctx context.Context, id, file, name string, number int) []string {
	var found []string
	_ = o.first(ctx, id, file, func(_ *tar.Header, content io.Reader) {
		found = entryIn(content, name, number)
	})
	return found
}

func entryIn(table io.Reader, name string, number int) []string {
	for lines := bufio.NewScanner(table); lines.Scan(); {
		fields := strings.Split(lines.Text(), ":")
		if len(fields) < 4 {
			continue
		}
		if fields[0] == name || fields[number] == name {
			return fields
		}
	}
	return nil
}

// learn inspects the target of a rule.
func (o *owners) learn(ctx context.Context, id, target string) error {
	var owner identity
	for where := target; ; where = path.Dir(where) {
		err := o.first(ctx, id, where, func(h *tar.Header, _ io.Reader) { owner = identity{h.Uid, h.Gid} })
		if err == nil {
			break
		}
		if !errdefs.IsNotFound(err) || where == "/" {
			return err
		}
		o.absent[target] = true
	}
	o.known[target] = owner
	return nil
}

// of is the owner of what is synced to a rule's target.
func (o *owners) of(target string) identity {
	if o.user != nil {
		return *o.user
	}
	return o.known[target]
}

// first hands over the first entry of what the engine packs of a path: the file, or
// the directory itself. The rest is not read.
func (o *owners) first(ctx context.Context, id, name string, take func(*tar.Header, io.Reader)) error {
	from, err := o.engine.CopyFromContainer(ctx, id, client.CopyFromContainerOptions{SourcePath: name})
	if err != nil {
		return err
	}
	defer from.Content.Close()
	archive := tar.NewReader(from.Content)
	h, err := archive.Next()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		take(h, archive)
	}
	return err
}
