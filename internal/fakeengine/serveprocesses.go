package fakeengine

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// processRoutes are the calls about the processes of containers.
func (s *Server) processRoutes() map[string]http.HandlerFunc {
	e, x := Processes{s.Machine}, Execs{s.Machine}
	about := func(do func(r *http.Request, id string) error) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { answer(w, nil, do(r, r.PathValue("id"))) }
	}
	return map[string]http.HandlerFunc{
		"POST /containers/{id}/start": about(func(r *http.Request, id string) error {
			_, err := e.ContainerStart(r.Context(), id, client.ContainerStartOptions{})
			return err
		}),
		"POST /containers/{id}/stop": about(func(r *http.Request, id string) error {
			_, err := e.ContainerStop(r.Context(), id, client.ContainerStopOptions{Timeout: seconds(r)})
			return err
		}),
		"POST /containers/{id}/restart": about(func(r *http.Request, id string) error {
			_, err := e.ContainerRestart(r.Context(), id, client.ContainerRestartOptions{Timeout: seconds(r)})
			return err
		}),
		"POST /containers/{id}/kill": about(func(r *http.Request, id string) error {
			_, err := e.ContainerKill(r.Context(), id, client.ContainerKillOptions{Signal: r.URL.Query().Get("signal")})
			return err
		}),
		"POST /containers/{id}/pause": about(func(r *http.Request, id string) error {
			_, err := e.ContainerPause(r.Context(), id, client.ContainerPauseOptions{})
			return err
		}),
		"POST /containers/{id}/unpause": about(func(r *http.Request, id string) error {
			_, err := e.ContainerUnpause(r.Context(), id, client.ContainerUnpauseOptions{})
			return err
		}),
		"POST /containers/{id}/wait":   s.wait,
		"POST /containers/{id}/attach": s.attach,
		"POST /containers/{id}/resize": about(func(*http.Request, string) error { return nil }),
		"POST /containers/{id}/exec": func(w http.ResponseWriter, r *http.Request) {
			config, err := body[container.ExecCreateRequest](r)
			if err != nil {
				answer(w, nil, err)
				return
			}
			made, err := x.ExecCreate(r.Context(), r.PathValue("id"), client.ExecCreateOptions{
				User: config.User, Privileged: config.Privileged, TTY: config.Tty, AttachStdin: config.AttachStdin,
				AttachStdout: config.AttachStdout, AttachStderr: config.AttachStderr, Env: config.Env, WorkingDir: config.WorkingDir, Cmd: config.Cmd,
			})
			answer(w, container.ExecCreateResponse{ID: made.ID}, err)
		},
		"POST /exec/{id}/start": s.startExec,
		"GET /exec/{id}/json": func(w http.ResponseWriter, r *http.Request) {
			found, err := x.ExecInspect(r.Context(), r.PathValue("id"), client.ExecInspectOptions{})
			answer(w, container.ExecInspectResponse{ID: r.PathValue("id"), ExitCode: &found.ExitCode}, err)
		},
	}
}

// seconds are those that a container has to stop; nil for its own.
func seconds(r *http.Request) *int {
	n, err := strconv.Atoi(r.URL.Query().Get("t"))
	if err != nil {
		return nil
	}
	return &n
}

// wait answers when a container is as the condition says. That it waits is sent at once.
func (s *Server) wait(w http.ResponseWriter, r *http.Request) {
	id, condition := r.PathValue("id"), container.WaitCondition(r.URL.Query().Get("condition"))
	c, ok := s.Machine.Container(id)
	if !ok {
		answer(w, nil, missing("container", id))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush()
	code, ran := c.ExitCode, c.runs()
	err := s.Machine.await(r.Context(), func() bool {
		now := s.Machine.find(id)
		if now == nil {
			if last := s.Machine.ended[id]; last != nil {
				code = last.ExitCode
			}
			return true
		}
		code = now.ExitCode
		ran = ran || now.runs()
		return condition != container.WaitConditionRemoved && !now.runs() && (ran || condition == container.WaitConditionNotRunning || now.State == "exited")
	})
	if err == nil {
		_ = json.NewEncoder(w).Encode(container.WaitResponse{StatusCode: int64(code)}) // a client that went away
	}
}

// hijack takes over the connection of a call, as the engine does for streams.
func hijack(w http.ResponseWriter) (net.Conn, error) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, err
	}
	_, err = io.WriteString(conn, "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
	return conn, err
}

// attach sends what a container prints from now on until it ends, and keeps what is typed.
func (s *Server) attach(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	c, ok := s.Machine.Container(id)
	if !ok {
		answer(w, nil, missing("container", id))
		return
	}
	conn, err := hijack(w)
	if err != nil {
		return
	}
	defer conn.Close()
	if r.URL.Query().Has("stdin") {
		go s.keepTyped(conn, id)
	}
	sent, ran := len(c.Log), c.runs()
	for over := false; !over; {
		var lines []Line
		_ = s.Machine.await(r.Context(), func() bool {
			now := s.Machine.find(id)
			if now == nil {
				now = s.Machine.ended[id]
			}
			if now == nil {
				over = true
				return true
			}
			ran = ran || now.runs()
			lines, over = now.Log[min(sent, len(now.Log)):], ran && !now.runs() || now.State == "exited"
			return over || len(lines) > 0
		})
		for _, line := range lines {
			if _, err := conn.Write(Frame(stdcopy.Stdout, line.Text+"\n")); err != nil {
				return
			}
		}
		sent += len(lines)
	}
}

// keepTyped keeps what is typed for a container's main process.
func (s *Server) keepTyped(from io.Reader, id string) {
	part := make([]byte, 1024)
	for {
		n, err := from.Read(part)
		if n > 0 {
			s.Machine.Set(id, func(c *Container) { c.Typed += string(part[:n]) })
		}
		if err != nil {
			return
		}
	}
}

// startExec sends what a command printed.
func (s *Server) startExec(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") == "" {
		answer(w, nil, nil)
		return
	}
	_, _ = io.Copy(io.Discard, r.Body) // the connection is taken over after it
	s.Machine.mu.Lock()
	x := s.Machine.execs[r.PathValue("id")]
	s.Machine.mu.Unlock()
	conn, err := hijack(w)
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = conn.Write(Frame(stdcopy.Stdout, x.output)) // a client that went away
}
