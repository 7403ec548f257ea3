//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// page is a tab of a headless Chromium that remembers what its console complained about, and
// whether its server spoke to it through a websocket.
type page struct {
	ctx context.Context

	mu       sync.Mutex
	problems []string
	live     bool
}

// browse opens a URL in a new, empty browser. When the test fails, a screenshot of the
// page is kept in the directory that E2E_ARTIFACTS names, or in the system's temporary one.
func browse(t *testing.T, url string, more ...chromedp.ExecAllocatorOption) *page {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, // root cannot have one
		chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
	)
	options = append(options, more...)
	networkIsQuiet(t)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	p := &page{}
	p.ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(p.listen))
	t.Cleanup(cancel)
	if err := chromedp.Do(p.ctx); err != nil { // the browser lives as long as this context
		t.Fatalf("start Chromium: %v", err)
	}
	limit, cancel := context.WithTimeout(p.ctx, waitLimit)
	defer cancel()
	if _, err := chromedp.Call(limit, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(limit, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	err := chromedp.Do(limit, chromedp.Navigate(url))
	for err != nil && strings.Contains(err.Error(), networkChanged) && limit.Err() == nil {
		err = chromedp.Do(limit, chromedp.Navigate(url))
	}
	if err != nil {
		t.Fatalf("open %s in Chromium: %v", url, err)
	}
	return p
}

// networkIsQuiet waits until no address of this machine is still being tried for duplicates, as the
// kernel does for a second or two with that of each new container's cable. Chromium closes its
// connections when one becomes valid.
func networkIsQuiet(t *testing.T) {
	t.Helper()
	const tentative = 0x40 // IFA_F_TENTATIVE
	eventually(t, func() (bool, string) {
		addresses, err := os.ReadFile("/proc/net/if_inet6")
		if err != nil {
			return true, "" // no IPv6
		}
		for line := range strings.Lines(string(addresses)) {
			fields := strings.Fields(line)
			if flags, err := strconv.ParseUint(fields[4], 16, 32); err != nil || flags&tentative != 0 {
				return false, "an address is tentative: " + line
			}
		}
		return true, ""
	})
}

// networkChanged is what Chromium says of what it was loading when the machine got or lost
// an address, as happens when a network of containers comes or goes.
const networkChanged = "ERR_NETWORK_CHANGED"

func (p *page) listen(event any) {
	var problem string
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type != runtime.ConsoleAPICalledTypeError {
			return
		}
		for _, arg := range e.Args {
			problem += string(arg.Value) + arg.Description + " "
		}
	case *runtime.EventExceptionThrown:
		problem = e.ExceptionDetails.Text
	case *log.EventEntryAdded:
		if e.Entry.Level != log.EntryLevelError {
			return
		}
		problem = e.Entry.Text + " " + e.Entry.URL
	case *network.EventWebSocketFrameReceived:
		p.mu.Lock()
		defer p.mu.Unlock()
		p.live = true
		return
	default:
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems = append(p.problems, strings.TrimSpace(problem))
}

// text is what a person sees of the page.
func (p *page) text() (string, error) {
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[string](`document.body ? document.body.innerText : ""`))
}

// shows waits until the page shows all of these texts.
func (p *page) shows(t *testing.T, want ...string) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Logf("console: %q; screenshot: %s", p.complaints(), p.screenshot(t))
		}
	}()
	eventually(t, func() (bool, string) {
		p.recover()
		text, err := p.text()
		if err != nil {
			return false, err.Error()
		}
		for _, w := range want {
			if !strings.Contains(text, w) {
				return false, fmt.Sprintf("no %q in the page:\n%s", w, text)
			}
		}
		return true, ""
	})
}

// isLive waits until the development server reached the page through its websocket: what is edited
// before that is not told to the page.
func (p *page) isLive(t *testing.T) {
	t.Helper()
	eventually(t, func() (bool, string) {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.live, "no message through a websocket"
	})
}

// recover loads the page again when the network changed under it.
func (p *page) recover() {
	p.mu.Lock()
	dropped := slices.ContainsFunc(p.problems, func(problem string) bool { return strings.Contains(problem, networkChanged) })
	if dropped {
		p.problems, p.live = nil, false
	}
	p.mu.Unlock()
	if dropped {
		ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
		defer cancel()
		_ = chromedp.Do(ctx, chromedp.Reload()) // what the page shows will say whether it worked
	}
}

// complaints are the errors of the console so far.
func (p *page) complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.problems...)
}

// keep keeps a screenshot for a person to look at, where E2E_ARTIFACTS names a directory.
func (p *page) keep(t *testing.T) {
	t.Helper()
	if os.Getenv("E2E_ARTIFACTS") != "" {
		t.Logf("screenshot: %s", p.screenshot(t))
	}
}

func (p *page) screenshot(t *testing.T) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return err.Error()
	}
	dir := os.Getenv("E2E_ARTIFACTS")
	if dir == "" {
		dir = os.TempDir()
	}
	file := filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")+".png")
	if err := os.WriteFile(file, png, 0o644); err != nil {
		return err.Error()
	}
	return file
}
