package dataservice

import (
	"cmp"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/tree"
)

// Seen is what is known of one service of a repository, as far as it says something of data
// services.
type Seen struct {
	Language  string
	Manifests []tree.File
	Shared    []tree.File // of a workspace: what they say of packages that Manifests name
	Clues     []Clue
	Variables []Named
	Imports   []string // the packages that its sources import; nil where that is not known
	InCompose bool     // a compose file runs the service: what it does not set, it does not need
	Asked     *Service // the user asks for it, so that a variable or a driver is enough; nil for none
}

// Named is a variable with its values.
type Named struct {
	Name   string
	Values []Value
	Given  bool // a compose file sets it

	Required bool // the program does not start without it
}

// Value is one value of a variable, and where it stands.
type Value struct {
	Text string
	From Origin
	At   tree.Evidence
}

// Origin says what a value is worth.
type Origin int

// The origins.
const (
	Example Origin = iota // an example file, which nothing loads
	Code                  // a default in the code
	Loaded                // an env file that the framework loads
)

// Wanted is a data service that one service uses.
type Wanted struct {
	Service  *Service
	Variant  string
	Login    Login  // as far as it is known
	Host     string // by which settings call it; empty where they call it by no name
	Evidence []tree.Evidence
	Fixed    []Fixed
	Holds    []Holding

	byCode bool   // more than a package shows it
	loaded bool   // its source imports the package
	ranks  [3]int // of the fields of Login: what they were taken from
	url    string // the template of its URL
	scheme string // of a URL, where nothing says another
	// plainScheme is that for code without await, where variables hold a URL for each; else empty.
	plainScheme string
	driver      string // what a variable for the kind of database holds, where nothing says another
}

// Holding is a variable that holds a part of a data service's address.
type Holding struct {
	Variable string
	Part     Part
	Like     string // the value that says how it is written; empty for none
	Given    bool   // a compose file sets it
	Override bool   // its default names another service than what is used
	At       tree.Evidence
}

// Find gives the data services that a service uses, where its SQLite database is named, and
// where its database on the internet is (each the zero value where it has none).
func Find(seen Seen) (wanted []*Wanted, sqlite, away tree.Evidence) {
	f := finder{seen: seen, elsewhere: map[*Service]bool{}, roles: map[string]role{}, called: map[*Service]bool{}, schemes: map[*Service][]string{}}
	if seen.Asked != nil {
		f.want(seen.Asked, tree.Evidence{}).byCode = true
	}
	f.clues()
	f.values()
	f.packages()
	f.dropDrivers()
	if CloudOnly(seen).File != "" && seen.Asked == nil {
		f.elsewhere[Lookup("postgres")] = true
	}
	f.variables()
	if title, _ := Unserved(seen); title != "" {
		f.wanted = slices.DeleteFunc(f.wanted, func(w *Wanted) bool { return w.Service.IsSQL() && !w.byCode && w.Service != seen.Asked })
	}
	f.settle()
	return f.wanted, f.sqlite, f.away
}

type finder struct {
	seen      Seen
	wanted    []*Wanted
	sqlite    tree.Evidence
	elsewhere map[*Service]bool     // those that the project has on the internet
	away      tree.Evidence         // of a database among them
	names     []string              // of its packages
	roles     map[string]role       // of variables, by what the code does with them
	called    map[*Service]bool     // those whose driver the code calls itself
	schemes   map[*Service][]string // of URLs that the code puts together
}

// role is what a variable holds of which service; nil where the code leaves the service open.
type role struct {
	service *Service
	part    Part
}

// fixedRank is above each [Origin]: what no variable can change decides.
const fixedRank = int(Loaded) + 1

// want gives the entry of a service, which it makes where there is none.
func (f *finder) want(s *Service, e tree.Evidence) *Wanted {
	w := f.entry(s)
	if w == nil {
		w = &Wanted{Service: s, ranks: [3]int{-1, -1, -1}}
		f.wanted = append(f.wanted, w)
	}
	inFile := func(known tree.Evidence) bool { return known.File == e.File }
	if e.Text != "" && !slices.ContainsFunc(w.Evidence, inFile) { // one of each file says enough
		w.Evidence = append(w.Evidence, e)
	}
	return w
}

// entry is that of a service, or of one that speaks the same; nil for none.
func (f *finder) entry(s *Service) *Wanted {
	for _, w := range f.wanted {
		if w.Service == s || w.Service.speaksLike(s) {
			return w
		}
	}
	return nil
}

// know takes what an address says of the login and the host.
func (w *Wanted) know(a Address, rank int) {
	for i, field := range []struct {
		to   *string
		text string
	}{{&w.Login.User, a.User}, {&w.Login.Password, a.Password}, {&w.Login.Name, a.Name}} {
		better := rank > w.ranks[i] || rank == w.ranks[i] && isPlaceholder(*field.to)
		if better && (isCredential(field.text) || rank == fixedRank && rank > w.ranks[i] && isWritten(field.text) && !isPlaceholder(a.Host)) {
			*field.to, w.ranks[i] = field.text, rank
		}
	}
	isRecord := strings.HasSuffix(a.Scheme, "+srv") // a host in the DNS of a cluster
	if w.Host == "" && !isRecord && isServiceName(a.Host) {
		w.Host = a.Host
	}
}

func (f *finder) clues() {
	driver := f.driver()
	for _, c := range f.seen.Clues {
		if c.Service == anySQL {
			c.Service = driver
		}
		of := Lookup(c.Service)
		for _, read := range c.Reads {
			f.roles[read.Variable] = role{of, read.Part}
		}
		f.called[of] = f.called[of] || c.Calls
		if c.Scheme != "" && of != nil {
			f.schemes[of] = append(f.schemes[of], c.Scheme)
		}
		switch {
		case c.Service == SQLite:
			f.noteSQLite(c.Evidence)
		case c.Variant != "" || c.Cloud || of == nil: // these alone show no service
		case isElsewhere(c.Address.Host, c.Address.Host):
			if c.Fixed {
				goElsewhere(f, of, c.Evidence)
			}
		default:
			shown(f, of, c)
		}
	}
}

// shown takes a service as code shows it.
func shown(f *finder, of *Service, c Clue) {
	w := f.want(of, c.Evidence)
	w.byCode = true
	rank := int(Code)
	if c.Fixed || c.Literal {
		rank = fixedRank
	}
	if c.Fixed {
		w.Fixed = append(w.Fixed, Fixed{Host: c.Address.Host, Port: c.Address.Port, Evidence: c.Evidence})
	}
	w.know(withoutNames(c.Address, f.seen.Variables), rank)
}

func (f *finder) noteSQLite(e tree.Evidence) {
	if f.sqlite == (tree.Evidence{}) {
		f.sqlite = e
	}
}

// packages are weaker than what the code says: of two that speak the same, the code's stays.
func (f *finder) packages() {
	for _, p := range f.seen.packages() {
		f.names = append(f.names, p.Name)
		of := p.service()
		if of == nil {
			continue
		}
		w := f.want(of, tree.Evidence{})
		if len(w.Evidence) == 0 || !w.byCode {
			w.Evidence = append(w.Evidence, p.At(p.in))
		}
		w.loaded = w.loaded || slices.Contains(f.seen.Imports, p.Name)
		w.Variant = cmp.Or(w.Variant, of.variantOf(p.language(), p.Name))
	}
	onlySQLite(f)
}

// values take what variables hold as what they are, whatever the variable is called.
func (f *finder) values() {
	for _, v := range f.seen.Variables {
		m, known := f.meaning(v.Name)
		for _, value := range v.Values {
			if known && m.Part == PartDriver {
				f.dialect(value)
			} else {
				f.address(value)
			}
		}
		if known && !m.General && len(v.Values) > 0 && f.isOwn(m, v) {
			f.want(Lookup(m.Services[0]), v.Values[0].At).byCode = true
		}
	}
}

// dialect takes a value that names a kind of database.
func (f *finder) dialect(value Value) {
	switch name := ofDialect(value.Text); name {
	case "":
	case SQLite:
		f.noteSQLite(value.At)
	default:
		f.want(Lookup(name), value.At).byCode = true
	}
}

// address takes a value that is a URL of a data service.
func (f *finder) address(value Value) {
	if strings.HasPrefix(strings.TrimPrefix(value.Text, "jdbc:"), "sqlite") {
		f.noteSQLite(value.At)
		return
	}
	a, ok := parseAddress(value.Text)
	of := ofScheme(a.Scheme)
	switch {
	case !ok || of == nil || of.IgnoreURLs, of.IsSQL() && isOther(value) && ofSchema(f):
	case value.From != Example && isElsewhere(a.Host, value.Text):
		goElsewhere(f, of, value.At)
	default:
		f.want(of, value.At).byCode = true
	}
}

// isOwn says whether a variable shows the service that its name means. What stands in for
// a service of the internet is shown by an address in this network only.
func (f *finder) isOwn(m Meaning, v Named) bool {
	if m.Part != PartURL && m.Part != PartHost && m.Part != PartAddress || v.leadsElsewhere() || Lookup(m.Services[0]).refuses(v) {
		return false
	}
	if Lookup(m.Services[0]).Group != Other {
		return true
	}
	return slices.ContainsFunc(v.Values, func(value Value) bool {
		host := hostOf(value.Text)
		return IsHere(host) || isServiceName(host)
	})
}

// refuses says whether a variable has the address of a program that speaks HTTP, which the service
// does not: MAILER_URL=http://mailer:8083/send.
func (s *Service) refuses(v Named) bool {
	return !strings.HasPrefix(s.URL, "http") && slices.ContainsFunc(v.Values, func(value Value) bool {
		return strings.HasPrefix(value.Text, "http://") || strings.HasPrefix(value.Text, "https://")
	})
}

// leadsElsewhere says whether a variable has the address of a machine of the internet.
func (v Named) leadsElsewhere() bool {
	return slices.ContainsFunc(v.Values, func(value Value) bool {
		return value.From != Example && isElsewhere(hostOf(value.Text), value.Text)
	})
}

// goElsewhere notes that the project has a service on the internet.
func goElsewhere(f *finder, of *Service, at tree.Evidence) {
	f.elsewhere[of] = true
	if of.Group == Database {
		f.away = cmp.Or(f.away, at)
	}
}

// settle drops what the service does not need here, and decides the rest.
func (f *finder) settle() {
	f.wanted = slices.DeleteFunc(f.wanted, f.isNeedless)
	for _, w := range f.wanted {
		f.decideVariant(w)
		if w.Service == f.seen.Asked && len(w.Holds) == 0 {
			usual := strings.ToUpper(w.Service.Name) + "_URL"
			if w.Service.IsSQL() {
				usual = "DATABASE_URL"
			}
			w.Holds = []Holding{{Variable: usual, Part: PartURL}}
		}
		w.completeByDriver()
		switch f.seen.Language {
		case "java":
			w.completeBySpring()
		case "bun":
			w.completeByBun()
		}
		w.url = cmp.Or(w.Service.URLs[f.seen.Language], w.Service.URL)
		w.driver = f.driverOf(w)
		w.scheme = f.schemeOf(w.Service, true)
		if w.isSplit() {
			w.plainScheme = f.schemeOf(w.Service, false)
		}
		if w.Service.IsSQL() {
			f.sqlite = tree.Evidence{}
		}
	}
}

// isNeedless says whether the service runs without what seemed to be wanted.
func (f *finder) isNeedless(w *Wanted) bool {
	points := func(h Holding) bool { return h.Part == PartURL || h.Part == PartHost || h.Part == PartAddress }
	switch {
	case w.Service == f.seen.Asked:
		return len(w.Holds) == 0 && len(w.Evidence) == 0 // neither a variable nor a driver
	case f.elsewhere[w.Service] && len(w.Fixed) == 0:
		return true
	case w.Service.IsSQL() && f.sqlite != (tree.Evidence{}) && f.choosesSQLite():
		return true
	case !w.byCode && w.Service.IsSQL() && (f.sqlite != (tree.Evidence{}) || anyOther(f.elsewhere, w.Service)):
		return true // the driver is for another place
	case f.seen.InCompose:
		return !slices.ContainsFunc(w.Holds, points) || slices.ContainsFunc(w.Holds, func(h Holding) bool { return points(h) && h.Given })
	}
	return false
}

// choosesSQLite says whether the variable that chooses between kinds of databases is for SQLite,
// wherever it has a value: DB_TYPE=sqlite.
func (f *finder) choosesSQLite() bool {
	chosen := false
	for _, v := range f.seen.Variables {
		if m, ok := classify(v.Name); !ok || m.Part != PartDriver || !m.General {
			continue
		}
		if v.Given {
			return false // a compose file says another one
		}
		for _, value := range v.Values {
			switch {
			case value.Text == "":
			case ofDialect(value.Text) != SQLite:
				return false
			default:
				chosen = true
			}
		}
	}
	return chosen
}

func (f *finder) decideVariant(w *Wanted) {
	for _, c := range f.seen.Clues {
		if c.Variant != "" && c.Service == w.Service.Name && w.Variant == "" {
			w.Variant = c.Variant
			w.Evidence = append(w.Evidence, c.Evidence)
		}
	}
	for _, v := range w.Service.Variants {
		if slices.ContainsFunc(v.Needs, func(name string) bool { return slices.Contains(f.names, name) }) {
			w.Variant = v.Name
		}
	}
}
