package stack

import "testing"

// TestStandIn: what a program starts with that insists on a value which only the user knows.
func TestStandIn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		use  Use
		want string
	}{
		{Use{Name: "STRIPE_KEY", Required: true}, "placeholder"},
		{Use{Name: "STRIPE_KEY", Required: true, Empty: true}, ""},
		{Use{Name: "STRIPE_KEY"}, ""},
		{Use{Name: "SUPABASE_URL", Required: true}, "http://placeholder.invalid"},
		{Use{Name: "ADMIN_EMAIL", Required: true}, "placeholder@example.com"},
		{Use{Name: "LIMIT", Required: true, Number: true}, "1"},
		{Use{Name: "LIMIT", Required: true, Set: true, Value: "5"}, ""},
	} {
		if got := StandIn(test.use); got != test.want {
			t.Errorf("%+v: %q, want %q", test.use, got, test.want)
		}
	}
}
