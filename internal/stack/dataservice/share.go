package dataservice

import (
	"slices"

	"github.com/devup-cli/devup/internal/stack/sqlfile"
	"github.com/devup-cli/devup/internal/tree"
)

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
	NotLoaded     []sqlfile.LeftOut
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

// Use is a data service that one service of a repository uses.
type Use struct {
	By string // the name of the service
	*Wanted
}

// Shared is a need with those who have it.
type Shared struct {
	Need
	Uses []Use
}

// Share makes one need of what services use together: the same kind, by the same host, with
// the same database. What compose files have already comes first.
func Share(existing []Need, uses []Use) []*Shared {
	var all []*Shared
	for _, need := range existing {
		all = append(all, &Shared{Need: need})
	}
	for _, use := range uses {
		i := slices.IndexFunc(all, func(s *Shared) bool { return s.fits(use) })
		if i < 0 {
			i = len(all)
			all = append(all, &Shared{Need: Need{Service: use.Service.Name}})
		}
		all[i].add(use)
	}
	all = slices.DeleteFunc(all, func(s *Shared) bool { return len(s.Uses) == 0 })
	for _, s := range all {
		s.settleLogin()
	}
	return all
}

// Lone is the need for a service that no service of a repository uses.
func Lone(name string) Need {
	s := Lookup(name)
	need := Need{Service: s.Name, Key: s.Key, Login: s.Login, HostPort: s.Port}
	for _, extra := range s.Extra {
		need.Extra = append(need.Extra, extra.Port)
	}
	return need
}

func (s *Shared) fits(use Use) bool {
	of := Lookup(s.Service)
	if of != use.Service && !of.speaksLike(use.Service) {
		return false
	}
	if s.Compose {
		return use.Host == "" || use.Host == s.Key
	}
	sameHost := s.Named == "" || use.Host == "" || s.Named == use.Host
	name := s.known().Name
	sameName := !of.IsSQL() || name == "" || use.Login.Name == "" || name == use.Login.Name
	return sameHost && (sameName || s.Named != "" && s.Named == use.Host)
}

func (s *Shared) add(use Use) {
	s.Uses = append(s.Uses, use)
	if !slices.Contains(s.Users, use.By) {
		s.Users = append(s.Users, use.By)
	}
	for _, e := range use.Evidence {
		if !slices.Contains(s.Evidence, e) {
			s.Evidence = append(s.Evidence, e)
		}
	}
	for _, fixed := range use.Fixed {
		fixed.User = use.By
		s.Fixed = append(s.Fixed, fixed)
	}
	if s.Named == "" {
		s.Named = use.Host
	}
	if s.Variant == "" {
		s.Variant = use.Variant
	}
}

// known is the login as far as the services say it: each field as the strongest evidence
// has it.
func (s *Shared) known() Login {
	var login Login
	ranks := [3]int{-1, -1, -1}
	for _, use := range s.Uses {
		for i, field := range []struct {
			to   *string
			text string
		}{{&login.User, use.Login.User}, {&login.Password, use.Login.Password}, {&login.Name, use.Login.Name}} {
			if use.ranks[i] > ranks[i] {
				*field.to, ranks[i] = field.text, use.ranks[i]
			}
		}
	}
	return login
}

func (s *Shared) settleLogin() {
	if s.Compose {
		return
	}
	of, login := Lookup(s.Service), s.known()
	switch {
	case of.Group == Cache, of.OneLogin:
		login = of.Login
	case of.Variant(s.Variant).Open, of.Optional && !s.needsLogin():
		login.User, login.Password = "", ""
	}
	if login.User != "" && login.Password == "" && !s.hasPasswordVariable() && s.fixedUser() {
		login = Login{User: login.User, Name: login.Name} // the code connects without one
	} else if login.Password == "" && (login.User != "" || of.Login.User != "") {
		login.Password = of.Login.Password
		if login.Password == "" {
			login.Password = "app"
		}
	}
	if login.User == "" {
		login.User = of.Login.User
	}
	if login.Name == "" {
		login.Name = of.Login.Name
	}
	s.Login = login
}

// SeedsIn gives the SQL files below directories that a service can load at its first start. known is
// the name of its database, as far as that is known.
func (s *Service) SeedsIn(t *tree.Tree, dirs []string, known string) sqlfile.Seeds {
	if s.Seeds == "" {
		return sqlfile.Seeds{}
	}
	return sqlfile.Find(t, dirs, known, sqlfile.Server{Foreign: s.Foreign, Many: s.RootUser != ""})
}

// Load takes files that the service loads at its first start. The database that they name is
// the service's; one that they make needs a user who may. Where the source says another user, which no
// variable changes, they are left out.
func (s *Shared) Load(seeds sqlfile.Seeds) {
	owner := seeds.Owner
	if root := Lookup(s.Service).RootUser; seeds.Makes && root != "" {
		owner = root
	}
	s.NotLoaded = seeds.LeftOut
	if owner != "" && len(seeds.Files) > 0 && s.Login.User != owner {
		if s.fixedUser() {
			for _, file := range seeds.Files {
				s.NotLoaded = append(s.NotLoaded, sqlfile.LeftOut{File: file, Why: "it needs the user " + owner + ", and the source connects as " + s.Login.User})
			}
			return
		}
		s.Login.User = owner
	}
	if seeds.Database != "" {
		s.Login.Name = seeds.Database
	}
	s.Seeds, s.MakesDatabase = seeds.Files, seeds.Makes && len(seeds.Files) > 0
}

// KnownName is the name of the database as far as the services say it; empty for not.
func (s *Shared) KnownName() string { return s.known().Name }

// needsLogin says whether a service reads a user or a password by itself, or has one in
// its source.
func (s *Shared) needsLogin() bool {
	return s.fixedUser() || s.hasPasswordVariable()
}

func (s *Shared) hasPasswordVariable() bool {
	return slices.ContainsFunc(s.Uses, func(use Use) bool {
		return slices.ContainsFunc(use.Holds, func(h Holding) bool { return h.Part == PartPassword })
	})
}

func (s *Shared) fixedUser() bool {
	return slices.ContainsFunc(s.Uses, func(use Use) bool { return use.ranks[0] == fixedRank })
}

// Address is where services of the project reach it.
func (n *Need) Address() Address {
	return Address{Login: n.Login, Host: n.Key, Port: Lookup(n.Service).Port}
}

// URL is the address that a program takes, with the service's usual scheme.
func (n *Need) URL() string {
	of, a := Lookup(n.Service), n.Address()
	if len(of.Schemes) > 0 {
		a.Scheme = of.Schemes[0]
	}
	return a.Text(of.URL)
}

// Fill fills in a template of the service's own settings, command or health check.
func (n *Need) Fill(template string) string { return n.Address().plain(template) }
