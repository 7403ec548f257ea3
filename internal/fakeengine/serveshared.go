package fakeengine

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/events"
	"github.com/moby/moby/api/types/image"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/api/types/volume"
	"github.com/moby/moby/client"
)

// sharedRoutes are the calls about networks and volumes.
func (s *Server) sharedRoutes() map[string]http.HandlerFunc {
	n, v := Networks{s.Machine}, Volumes{s.Machine}
	return map[string]http.HandlerFunc{
		"GET /networks": func(w http.ResponseWriter, r *http.Request) {
			list, err := Lists{s.Machine}.NetworkList(r.Context(), client.NetworkListOptions{})
			answer(w, slices.DeleteFunc(append([]network.Summary{}, list.Items...), func(n network.Summary) bool { return !labelled(n.Labels, filters(r)["label"]) }), err)
		},
		"POST /networks/create": func(w http.ResponseWriter, r *http.Request) {
			config, err := body[network.CreateRequest](r)
			if err != nil {
				answer(w, nil, err)
				return
			}
			made, err := n.NetworkCreate(r.Context(), config.Name, client.NetworkCreateOptions{Labels: config.Labels})
			answer(w, network.CreateResponse{ID: made.ID}, err)
		},
		"GET /networks/{name}": func(w http.ResponseWriter, r *http.Request) {
			found, err := n.NetworkInspect(r.Context(), s.networkName(r), client.NetworkInspectOptions{})
			answer(w, found.Network, err)
		},
		"DELETE /networks/{name}": func(w http.ResponseWriter, r *http.Request) {
			_, err := n.NetworkRemove(r.Context(), s.networkName(r), client.NetworkRemoveOptions{})
			answer(w, nil, err)
		},
		"POST /networks/{name}/connect": func(w http.ResponseWriter, r *http.Request) {
			o, err := body[network.ConnectRequest](r)
			if err == nil {
				_, err = n.NetworkConnect(r.Context(), s.networkName(r), client.NetworkConnectOptions{Container: o.Container, EndpointConfig: o.EndpointConfig})
			}
			answer(w, nil, err)
		},
		"GET /volumes": func(w http.ResponseWriter, r *http.Request) {
			list, err := Lists{s.Machine}.VolumeList(r.Context(), client.VolumeListOptions{})
			answer(w, volume.ListResponse{Volumes: slices.DeleteFunc(list.Items, func(v volume.Volume) bool { return !labelled(v.Labels, filters(r)["label"]) })}, err)
		},
		"POST /volumes/create": func(w http.ResponseWriter, r *http.Request) {
			config, err := body[volume.CreateRequest](r)
			if err != nil {
				answer(w, nil, err)
				return
			}
			made, err := v.VolumeCreate(r.Context(), client.VolumeCreateOptions{Name: config.Name, Labels: config.Labels})
			answer(w, made.Volume, err)
		},
		"DELETE /volumes/{name}": func(w http.ResponseWriter, r *http.Request) {
			_, err := v.VolumeRemove(r.Context(), r.PathValue("name"), client.VolumeRemoveOptions{})
			answer(w, nil, err)
		},
	}
}

// networkName is the name of the network that a call gives by its name or ID.
func (s *Server) networkName(r *http.Request) string {
	s.Machine.mu.Lock()
	defer s.Machine.mu.Unlock()
	for _, n := range s.Machine.networks {
		if n.ID == r.PathValue("name") {
			return n.Name
		}
	}
	return r.PathValue("name")
}

// imageRoutes are the calls about images.
func (s *Server) imageRoutes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET /images/json": func(w http.ResponseWriter, r *http.Request) {
			list, err := s.Images.ImageList(r.Context(), client.ImageListOptions{})
			answer(w, append([]image.Summary{}, list.Items...), err)
		},
		"POST /images/create": func(w http.ResponseWriter, r *http.Request) {
			ref := strings.TrimPrefix(r.URL.Query().Get("fromImage"), "docker.io/library/") + ":" + r.URL.Query().Get("tag")
			_, err := s.Images.ImagePull(r.Context(), ref, client.ImagePullOptions{})
			answer(w, map[string]string{"status": "pulled"}, err)
		},
		"GET /images/{ref...}": func(w http.ResponseWriter, r *http.Request) {
			ref := strings.TrimSuffix(r.PathValue("ref"), "/json")
			found, err := s.Images.ImageInspect(r.Context(), ref)
			if err != nil {
				err = missing("image", ref)
			}
			answer(w, found.InspectResponse, err)
		},
		"POST /images/{ref...}": func(w http.ResponseWriter, r *http.Request) {
			_, err := s.Images.ImagePush(r.Context(), strings.TrimSuffix(r.PathValue("ref"), "/push"), client.ImagePushOptions{})
			answer(w, map[string]string{"status": "pushed"}, err)
		},
		"DELETE /images/{ref...}": func(w http.ResponseWriter, r *http.Request) {
			ref := r.PathValue("ref")
			err := s.Machine.request("remove image", ref)
			if err == nil && !s.Images.remove(ref) {
				err = missing("image", ref)
			}
			answer(w, []image.DeleteResponse{}, err)
		},
	}
}

// events sends what happened since a time, or from now on, and goes on until the call ends,
// or not where it names an end.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	m, query, wanted := s.Machine, r.URL.Query(), filters(r)
	m.mu.Lock()
	next := len(m.events)
	m.mu.Unlock()
	if query.Has("since") {
		next = 0
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush()
	for {
		m.mu.Lock()
		found := slices.Clone(m.events[next:])
		m.mu.Unlock()
		for _, e := range found {
			if next++; query.Has("since") && e.TimeNano < unix(query.Get("since")).UnixNano() || !meant(e, wanted) {
				continue
			}
			_ = json.NewEncoder(w).Encode(e) // a client that went away
		}
		_ = http.NewResponseController(w).Flush()
		if query.Has("until") || m.await(r.Context(), func() bool { return len(m.events) > next }) != nil {
			return
		}
	}
}

// meant tells whether an event is as filters want it.
func meant(e events.Message, wanted map[string][]string) bool {
	action, _, _ := strings.Cut(string(e.Action), ":")
	return labelled(e.Actor.Attributes, wanted["label"]) &&
		(len(wanted["event"]) == 0 || slices.Contains(wanted["event"], action)) &&
		(len(wanted["container"]) == 0 || slices.Contains(wanted["container"], e.Actor.ID))
}

// diskUsage says what containers have written; a volume of which no size is known has none.
func (s *Server) diskUsage(w http.ResponseWriter, r *http.Request) {
	list, err := Lists{s.Machine}.ContainerList(r.Context(), client.ContainerListOptions{})
	if err != nil {
		answer(w, nil, err)
		return
	}
	s.Machine.mu.Lock()
	defer s.Machine.mu.Unlock()
	volumes := slices.Clone(s.Machine.volumes)
	for i, v := range volumes {
		if size, ok := s.Machine.sizes[v.Name]; ok {
			volumes[i].UsageData = &volume.UsageData{Size: size}
		}
	}
	answer(w, map[string]any{"Containers": append([]container.Summary{}, list.Items...), "Volumes": volumes}, nil)
}

// SetSize says how much data a volume holds.
func (m *Machine) SetSize(volume string, bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sizes == nil {
		m.sizes = map[string]int64{}
	}
	m.sizes[volume] = bytes
}

// remove removes a name of an image, and tells whether there was one.
func (e *Images) remove(ref string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, ok := e.ids[full(ref)]
	maps.DeleteFunc(e.ids, func(name, _ string) bool { return name == full(ref) })
	return ok
}
