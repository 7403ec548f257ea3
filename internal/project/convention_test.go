package project

import (
	"strings"
	"testing"
)

func TestWeb(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		port Port
		want bool
	}{
		{"a dev server", Port{Target: 3000, Protocol: "tcp"}, true},
		{"a port that nobody knows", Port{Target: 4567, Protocol: "tcp"}, true},
		{"a database", Port{Target: 5432, Protocol: "tcp"}, false},
		{"a debugger", Port{Target: 9229, Protocol: "tcp"}, false},
		{"Docker's API, which gives the whole machine", Port{Target: 2375, Protocol: "tcp"}, false},
		{"Chrome's debugger", Port{Target: 9222, Protocol: "tcp"}, false},
		{"a screen", Port{Target: 5900, Protocol: "tcp"}, false},
		{"a live-reload socket", Port{Target: 24678, Protocol: "tcp"}, false},
		{"UDP", Port{Target: 3000, Protocol: "udp"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.port.Web(); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestAllPublicLeavesOutWhatOnlyHoldsData(t *testing.T) {
	t.Parallel()
	p := loadText(t, `
services:
  web: {build: ., ports: ["3000:3000"]}
  cms: {image: "example.com/shop/cms:1", ports: ["8080:8080"]}
  dynamo: {image: "amazon/dynamodb-local:latest", ports: ["8000:8000"]}
  s3: {image: "quay.io/minio/minio@sha256:`+strings.Repeat("ab", 32)+`", ports: ["9000:9000"]}
  queue: {image: "rabbitmq:4-management", ports: ["15672:15672"]}
  admin: {image: adminer, ports: ["8081:8080"], x-devup: {public: true}}
`).AllPublic()
	for service, want := range map[string]bool{"web": true, "cms": true, "dynamo": false, "s3": false, "queue": false, "admin": true} {
		if got := p.Extensions[service].Public; got != want {
			t.Errorf("%s: got %v, want %v", service, got, want)
		}
	}
}
