package gateway

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkThroughput compares small answers and long ones through the gateway with those
// of the service itself. `make bench` prints it.
func BenchmarkThroughput(b *testing.B) {
	const long = 64 << 20
	small := strings.Repeat("x", 1000)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/long" {
			_, _ = io.Copy(w, io.LimitReader(zeros{}, long))
			return
		}
		_, _ = io.WriteString(w, small)
	}))
	defer service.Close()
	address := service.Listener.Addr().String()
	gate := httptest.NewServer(New(Config{Routes: []Route{{Prefix: "/", Service: "web", Upstream: address}}}, nil))
	defer gate.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: maxIdle}}
	get := func(b *testing.B, url string) {
		response, err := client.Get(url)
		if err != nil {
			b.Error(err)
			return
		}
		defer response.Body.Close()
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			b.Error(err)
		}
	}
	for _, way := range []struct{ name, url string }{{"direct", service.URL}, {"gateway", gate.URL}} {
		b.Run("requests/"+way.name, func(b *testing.B) {
			b.SetParallelism(32)
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					get(b, way.url+"/")
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
		})
		b.Run("stream/"+way.name, func(b *testing.B) {
			for b.Loop() {
				get(b, way.url+"/long")
			}
			b.ReportMetric(float64(b.N)*long/b.Elapsed().Seconds()/1e6, "MB/s")
		})
	}
}
