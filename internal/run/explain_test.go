package run

import (
	"errors"
	"testing"
)

func TestUsersOfNamesTheContainersInANetwork(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"no error", nil, ""},
		{"another error", errors.New("Error response from daemon: permission denied"), ""},
		{
			"named", errors.New(`Error response from daemon: error while removing network: network cruddur-net has active endpoints (name:"web-1" id:"8120fc62afc6", name:"db-1" id:"1")`),
			"db-1, web-1",
		},
		{"an older engine", errors.New("error while removing network: network cruddur-net id 1b2c has active endpoints"), "other containers"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := usersOf(test.err); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
