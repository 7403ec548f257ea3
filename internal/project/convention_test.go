package project

import "testing"

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
