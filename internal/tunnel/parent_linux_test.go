package tunnel

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

const socketVariable = "TUNNEL_TEST_SOCKET"

// hold is a devup that has opened a tunnel and goes on.
func hold() int {
	tool := cloudflared()
	tool.Path, _ = os.Executable()
	environ := append(exec.Command(tool.Path).Environ(), "TUNNEL_TEST_ROLE=listens")
	ctx := context.Background() //nolint:forbidigo // it is a process of its own
	_, err := Open(ctx, tool, Target{Host: "127.0.0.1", Port: 1}, Options{Environ: environ})
	fmt.Println("opened", err) //nolint:forbidigo // it is a process of its own
	select {}
}

// listen is a tool whose clients notice when it ends.
func listen() int {
	l, err := net.Listen("unix", os.Getenv(socketVariable))
	if err != nil {
		return 1
	}
	printed, _ := os.ReadFile("testdata/cloudflared.txt")
	os.Stderr.Write(printed)
	for {
		if _, err := l.Accept(); err != nil {
			return 1
		}
	}
}

// TestATunnelDiesWithDevup: a devup that is killed leaves nothing open.
func TestATunnelDiesWithDevup(t *testing.T) {
	t.Parallel()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "s")
	c := exec.Command(path)
	c.Env = append(c.Environ(), "TUNNEL_TEST_ROLE=holds", socketVariable+"="+socket)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() }) // it may be over
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "opened <nil>\n" {
		t.Fatalf("%q, %v", line, err)
	}
	toTool, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer toTool.Close()
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()                       // it was killed
	_, _ = io.Copy(io.Discard, toTool) // until the tool is gone
}
