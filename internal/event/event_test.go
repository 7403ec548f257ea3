package event_test

import (
	"testing"

	"github.com/devup-cli/devup/internal/event"
)

func TestKey(t *testing.T) {
	t.Parallel()
	web := event.Event{Kind: event.Container, Name: "shop-web-1", State: event.Working}
	tests := []struct {
		name  string
		other event.Event
		same  bool
	}{
		{"a later state", event.Event{Kind: event.Container, Name: "shop-web-1", State: event.Done, Text: "started"}, true},
		{"its name as an ID", event.Event{Kind: event.Container, ID: "shop-web-1", Name: "web"}, true},
		{"another ID under the same name", event.Event{Kind: event.Container, ID: "2", Name: "shop-web-1"}, false},
		{"another kind", event.Event{Kind: event.Volume, Name: "shop-web-1"}, false},
		{"another name", event.Event{Kind: event.Container, Name: "shop-web-2"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if same := web.Key() == tt.other.Key(); same != tt.same {
				t.Errorf("%q and %q: same %v, want %v", web.Key(), tt.other.Key(), same, tt.same)
			}
		})
	}
}
