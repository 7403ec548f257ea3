package command

import (
	"testing"
	"time"
)

// TestEngineTime: a duration becomes a time with its fraction of a second; the engine's
// client cut it, so that `devup events --until 0s` left out what had just happened.
func TestEngineTime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)
	for value, want := range map[string]string{
		"":                          "",
		"0":                         "0",
		"1735787045.5":              "1735787045.5",
		"0s":                        "2026-01-02T03:04:05.678Z",
		"1m0.5s":                    "2026-01-02T03:03:05.178Z",
		"2026-01-02":                "2026-01-02",
		"2026-01-02T15:04":          "2026-01-02T15:04",
		"2026-01-02T15:04:05+02:00": "2026-01-02T15:04:05+02:00",
	} {
		if got, err := engineTime("since", value, now); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", value, got, err, want)
		}
	}
	for _, value := range []string{"yesterday", "2026-13-01", "-"} {
		if got, err := engineTime("since", value, now); err == nil {
			t.Errorf("%q: got %q, want an error", value, got)
		}
	}
}
