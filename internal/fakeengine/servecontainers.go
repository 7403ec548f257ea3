package fakeengine

import (
	"archive/tar"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// containerRoutes are the calls about containers that are no processes.
func (s *Server) containerRoutes() map[string]http.HandlerFunc {
	e := Containers{s.Machine}
	return map[string]http.HandlerFunc{
		"GET /containers/json": s.listContainers,
		"POST /containers/create": func(w http.ResponseWriter, r *http.Request) {
			config, err := body[container.CreateRequest](r)
			if err != nil {
				answer(w, nil, err)
				return
			}
			made, err := e.ContainerCreate(r.Context(), client.ContainerCreateOptions{
				Name: r.URL.Query().Get("name"), Config: config.Config, HostConfig: config.HostConfig, NetworkingConfig: config.NetworkingConfig,
			})
			answer(w, container.CreateResponse{ID: made.ID}, err)
		},
		"GET /containers/{id}/json": func(w http.ResponseWriter, r *http.Request) {
			found, err := e.ContainerInspect(r.Context(), r.PathValue("id"), client.ContainerInspectOptions{})
			answer(w, found.Container, err)
		},
		"POST /containers/{id}/rename": func(w http.ResponseWriter, r *http.Request) {
			_, err := e.ContainerRename(r.Context(), r.PathValue("id"), client.ContainerRenameOptions{NewName: r.URL.Query().Get("name")})
			answer(w, nil, err)
		},
		"DELETE /containers/{id}": func(w http.ResponseWriter, r *http.Request) {
			_, err := e.ContainerRemove(r.Context(), r.PathValue("id"), client.ContainerRemoveOptions{Force: r.URL.Query().Has("force")})
			answer(w, nil, err)
		},
		"PUT /containers/{id}/archive": s.copyIn,
		"GET /containers/{id}/archive": s.copyOut,
		"GET /containers/{id}/logs":    s.logs,
		"GET /containers/{id}/top":     s.top,
		"GET /containers/{id}/stats":   s.stats,
	}
}

// listContainers lists containers by their labels, and those that run unless all are meant.
func (s *Server) listContainers(w http.ResponseWriter, r *http.Request) {
	list, err := Lists{s.Machine}.ContainerList(r.Context(), client.ContainerListOptions{})
	wanted := filters(r)["label"]
	list.Items = slices.DeleteFunc(list.Items, func(c container.Summary) bool {
		return !labelled(c.Labels, wanted) || !r.URL.Query().Has("all") && c.State != "running"
	})
	answer(w, append([]container.Summary{}, list.Items...), err)
}

// copyIn keeps the archive. Where it goes has to be a directory of [Container.Files], if
// these are known.
func (s *Server) copyIn(w http.ResponseWriter, r *http.Request) {
	c, _ := s.Machine.Container(r.PathValue("id"))
	at := r.URL.Query().Get("path")
	if stat, known := c.Files[path.Clean(at)]; c.Files != nil && (!known || !stat.Mode.IsDir()) {
		answer(w, nil, missing("path", at))
		return
	}
	_, err := Containers{s.Machine}.CopyToContainer(r.Context(), r.PathValue("id"), client.CopyToContainerOptions{Content: r.Body})
	answer(w, nil, err)
}

// copyOut gives an archive of a file that holds its own path, or of an empty directory. Of
// a HEAD call the body is dropped.
func (s *Server) copyOut(w http.ResponseWriter, r *http.Request) {
	c, _ := s.Machine.Container(r.PathValue("id"))
	at := r.URL.Query().Get("path")
	stat, ok := c.Files[path.Clean(at)]
	if !ok {
		answer(w, nil, missing("path", at))
		return
	}
	text, _ := json.Marshal(stat) // a struct of texts
	w.Header().Set("X-Docker-Container-Path-Stat", base64.StdEncoding.EncodeToString(text))
	var archive bytes.Buffer
	files := tar.NewWriter(&archive)
	header := &tar.Header{Name: path.Base(at), Mode: 0o644, Typeflag: tar.TypeReg, Size: int64(len(at))}
	if stat.Mode.IsDir() {
		header.Name, header.Typeflag, header.Mode, header.Size = path.Base(at)+"/", tar.TypeDir, 0o755, 0
	}
	_ = files.WriteHeader(header)
	if !stat.Mode.IsDir() {
		_, _ = io.WriteString(files, at)
	}
	_ = files.Close()
	w.Header().Set("Content-Type", "application/x-tar")
	_, _ = w.Write(archive.Bytes())
}

// logs sends what a container printed, and what it prints until it ends if that is asked for.
func (s *Server) logs(w http.ResponseWriter, r *http.Request) {
	id, query := r.PathValue("id"), r.URL.Query()
	c, ok := s.Machine.Container(id)
	if !ok {
		answer(w, nil, missing("container", id))
		return
	}
	w.Header().Set("Content-Type", "application/vnd.docker.multiplexed-stream")
	w.WriteHeader(http.StatusOK)
	sent := 0
	if n, err := strconv.Atoi(query.Get("tail")); err == nil {
		sent = max(0, len(c.Log)-n)
	}
	for {
		s.Machine.mu.Lock()
		var lines []Line
		running := false
		if now := s.Machine.find(id); now != nil {
			lines, running = slices.Clone(now.Log), now.runs()
		}
		s.Machine.mu.Unlock()
		for ; sent < len(lines); sent++ {
			if between(lines[sent].At, query.Get("since"), query.Get("until")) {
				_, _ = w.Write(Frame(stdcopy.Stdout, lines[sent].At.UTC().Format(time.RFC3339Nano)+" "+lines[sent].Text+"\n"))
			}
		}
		_ = http.NewResponseController(w).Flush()
		if !query.Has("follow") || !running {
			return
		}
		if s.Machine.await(r.Context(), func() bool {
			now := s.Machine.find(id)
			return now == nil || len(now.Log) > sent || !now.runs()
		}) != nil {
			return
		}
	}
}

// between tells whether a time lies between two that are seconds since 1970; empty for none.
func between(at time.Time, since, until string) bool {
	from, to := unix(since), unix(until)
	return (since == "" || !at.Before(from)) && (until == "" || !at.After(to))
}

// unix reads "1735787045.5".
func unix(text string) time.Time {
	seconds, fraction, _ := strings.Cut(text, ".")
	whole, _ := strconv.ParseInt(seconds, 10, 64) // the client writes it
	nanos, _ := strconv.ParseInt((fraction + "000000000")[:9], 10, 64)
	return time.Unix(whole, nanos)
}

func (s *Server) top(w http.ResponseWriter, r *http.Request) {
	c, ok := s.Machine.Container(r.PathValue("id"))
	if !ok || len(c.Top) == 0 {
		answer(w, nil, missing("container", r.PathValue("id")))
		return
	}
	answer(w, container.TopResponse{Titles: c.Top[0], Processes: c.Top[1:]}, s.Machine.ask("top", c.ID))
}

// stats is a sample of a container that runs; one that does not has an empty sample.
func (s *Server) stats(w http.ResponseWriter, r *http.Request) {
	c, ok := s.Machine.Container(r.PathValue("id"))
	if !ok {
		answer(w, nil, missing("container", r.PathValue("id")))
		return
	}
	sample := container.StatsResponse{ID: c.ID, Name: c.Name}
	if c.State == "running" {
		sample.Read, sample.PidsStats.Current = time.Unix(1_700_000_000, 0), 7
	}
	answer(w, sample, nil)
}
