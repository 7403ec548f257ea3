package session

import (
	"testing"

	"github.com/devup-cli/devup/internal/engine"
)

func TestSharing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		sharing
		wantNone, wantSlow bool
	}{
		{sharing{true, engine.Facts{OS: "linux"}, "linux"}, false, false},
		{sharing{true, engine.Facts{OS: "linux", Desktop: true}, "linux"}, false, false},
		{sharing{false, engine.Facts{}, "linux"}, false, false},
		{sharing{true, engine.Facts{OS: "linux", Desktop: true}, "windows"}, false, true},
		{sharing{true, engine.Facts{OS: "linux"}, "windows"}, true, false}, // in WSL, by tcp://localhost
		{sharing{true, engine.Facts{OS: "windows"}, "windows"}, false, false},
		{sharing{false, engine.Facts{OS: "linux", Desktop: true}, "windows"}, true, false},
		{sharing{true, engine.Facts{OS: "linux", Desktop: true}, "darwin"}, false, true},
		{sharing{true, engine.Facts{OS: "linux"}, "darwin"}, false, false},
	}
	for _, tt := range tests {
		if got := tt.none(); got != tt.wantNone {
			t.Errorf("%+v: none %v", tt.sharing, got)
		}
		if got := tt.slow(); got != tt.wantSlow {
			t.Errorf("%+v: slow %v", tt.sharing, got)
		}
	}
}
