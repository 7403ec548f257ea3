package dataservice

import "github.com/devup-cli/devup/internal/tree"

// Need is a data service that services of a repository use.
type Need struct {
	Service string // the name of its [Service]
	Variant string // the name of one of its variants; empty for the plain one
	Key     string // its name in Compose
	Compose bool   // a compose file has it already
	Healthy bool   // that compose file says how to tell that it is ready

	Login    Login
	Named    string // the host by which settings call it: "db"; empty where they name none
	HostPort int    // its port on the host; 0 where a compose file decides
	Extra    []int  // those of its further ports

	Users    []string        // names of the services that use it, sorted
	Evidence []tree.Evidence // what shows it
	Fixed    []Fixed         // addresses in source that no variable can change
	Seeds    []string        // SQL files that it loads at its first start, in order

	MakesDatabase bool // those files make the database
}

// Fixed is an address of a data service that is written into a source.
type Fixed struct {
	User string // the name of the service whose source it is
	Host string // "localhost", or a name
	Port int    // 0 for the usual
	tree.Evidence
}

// Title is the data service as people write it, with its variant.
func (n *Need) Title() string {
	title := Lookup(n.Service).Title
	switch n.Variant {
	case "":
		return title
	case "replica set":
		return title + ", a replica set"
	}
	return title + " with " + n.Variant
}
