package ports

import "testing"

func TestReadLsof(t *testing.T) {
	t.Parallel()
	held := []Holder{{Port: 3000, Protocol: "tcp"}, {Port: 5000, Protocol: "tcp"}, {Port: 80, Protocol: "tcp"}}
	readLsof("p482\ncControlCenter\nf9\nn*:5000\nf10\nn*:5000\np731\ncnode\nf23\nn[::1]:3000\n", held)
	for i, want := range []string{"node (process 731)", "ControlCenter (process 482)", "another program"} {
		if got := held[i].String(); got != want {
			t.Errorf("port %d is held by %s, want %s", held[i].Port, got, want)
		}
	}
}
