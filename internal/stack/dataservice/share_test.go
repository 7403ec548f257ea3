package dataservice

import "testing"

// TestSettleLogin: the login of a data service for what a service says of it.
func TestSettleLogin(t *testing.T) {
	t.Parallel()
	password := []Holding{{Variable: "P", Part: PartPassword}}
	for _, c := range []struct {
		of, variant string
		known       Login
		holds       []Holding
		want        Login
	}{
		{"mongo", "", Login{User: "u", Password: "p", Name: "n"}, password, Login{"u", "p", "n"}},
		{"mongo", "", Login{User: "u", Password: "p", Name: "n"}, nil, Login{Name: "n"}},
		{"mongo", "replica set", Login{User: "u", Password: "p", Name: "n"}, password, Login{Name: "n"}},
		{"mssql", "", Login{User: "u", Password: "p", Name: "n"}, password, Login{"sa", "Devup-Passw0rd", "master"}},
		{"redis", "", Login{User: "u", Password: "p", Name: "3"}, password, Login{Name: "0"}},
		{"postgres", "", Login{User: "u"}, password, Login{"u", "app", "app"}},
	} {
		w := &Wanted{Service: Lookup(c.of), Variant: c.variant, Login: c.known, Holds: c.holds}
		shared := Share(nil, []Use{{By: "api", Wanted: w}})
		if len(shared) != 1 || shared[0].Login != c.want {
			t.Errorf("%s %s %v: %v, want %v", c.of, c.variant, c.known, shared[0].Login, c.want)
		}
		at := shared[0].Address()
		w.url = w.Service.URL
		if url := w.Value(Holding{Part: PartURL}, at); c.variant != "" && url != "mongodb://:27017/n?replicaSet=rs0" {
			t.Errorf("%s as a %s: %q", c.of, c.variant, url)
		}
	}
}
