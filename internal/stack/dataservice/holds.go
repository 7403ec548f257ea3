package dataservice

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/tree"
)

// variables says what each variable holds of which service.
func (f *finder) variables() {
	for _, v := range f.seen.Variables {
		m, ok := f.meaning(v.Name)
		if !ok && isLibpq(v) {
			m, ok = Meaning{Services: []string{"postgres"}, Part: PartURL}, true
		}
		if ok && f.isSQLite(v) && isCalled(f, m) {
			v.Values = slices.DeleteFunc(slices.Clone(v.Values), isSQLite)
		}
		if !ok || f.isSQLite(v) {
			continue
		}
		w := f.meant(m, v)
		if w == nil || w.Service.refuses(v) {
			continue
		}
		points := m.Part == PartURL || m.Part == PartHost || m.Part == PartAddress || m.Part == NoPart
		if points && v.leadsElsewhere() { // django.db.backends.mysql is no host, and a password may have a dot
			goElsewhere(f, w.Service, v.Values[0].At)
			continue
		}
		f.hold(w, m.Part, v)
	}
	byValue(f)
	f.bareLogin()
}

// byValue takes a variable with the URL of a service at this machine for that service's, whatever it is
// called, where no other variable says where the service is: TASKS_DATABASE_URL.
func byValue(f *finder) {
	points := func(h Holding) bool { return h.Part == PartURL || h.Part == PartHost || h.Part == PartAddress }
	for _, v := range f.seen.Variables {
		if _, known := f.meaning(v.Name); known || isLibpq(v) {
			continue
		}
		for _, value := range v.Values {
			a, ok := parseAddress(value.Text)
			of := ofScheme(a.Scheme)
			if !ok || of == nil || of.IgnoreURLs || !IsHere(a.Host) {
				continue
			}
			if w := f.entry(of); w != nil && len(w.Fixed) == 0 && !slices.ContainsFunc(w.Holds, points) {
				f.hold(w, PartURL, v)
				break
			}
		}
	}
}

// isLibpq says whether a variable holds a connection string of libpq, whatever it is called.
func isLibpq(v Named) bool {
	return slices.ContainsFunc(v.Values, func(value Value) bool {
		a, ok := parseFields(value.Text)
		return ok && a.Scheme == "" && IsHere(a.Host) && !strings.Contains(value.Text, ";") && strings.Contains(value.Text, "dbname")
	})
}

// bareLogin takes USER and PASSWORD for those of the only database that other variables speak of
// in parts, where the program reads both: alone, USER is the system's.
func (f *finder) bareLogin() {
	var database *Wanted
	for _, w := range f.wanted {
		if w.Service.Group != Database || len(w.Holds) == 0 {
			continue
		}
		if database != nil || slices.ContainsFunc(w.Holds, func(h Holding) bool { return h.Part == PartURL || h.Part == PartUser || h.Part == PartPassword }) {
			return
		}
		database = w
	}
	var login []Named
	for _, v := range f.seen.Variables {
		if v.Name == "USER" || v.Name == "PASSWORD" {
			login = append(login, v)
		}
	}
	if database == nil || len(login) < 2 {
		return
	}
	for _, v := range login {
		f.hold(database, partWords[v.Name], v)
	}
}

// meaning is what a variable holds, by what the code does with it, or by its name.
func (f *finder) meaning(name string) (m Meaning, ok bool) {
	m, ok = classify(name)
	role, known := f.roles[name]
	if !known {
		return m, ok
	}
	m.Part = role.part
	if ok {
		return m, true
	}
	m.General = role.service == nil
	for _, s := range all {
		if s == role.service || role.service != nil && s.speaksLike(role.service) || role.service == nil && s.IsSQL() {
			m.Services = append(m.Services, s.Name)
		}
	}
	return m, true
}

// isCalled says whether the code calls the driver of what a URL is for itself, which takes no
// URL of SQLite.
func isCalled(f *finder, m Meaning) bool {
	return m.Part == PartURL && slices.ContainsFunc(m.Services, func(name string) bool { return f.called[Lookup(name)] && Lookup(name).IsSQL() })
}

func (f *finder) isSQLite(v Named) bool {
	return !namesService(v.Values) && slices.ContainsFunc(v.Values, isSQLite)
}

func isSQLite(value Value) bool { return strings.Contains(value.Text, "sqlite") }

// namesService says whether one of the values of a driver is that of a service, though another
// is SQLite: Laravel's default, where the example of its .env has DB_CONNECTION=pgsql.
func namesService(values []Value) bool {
	return slices.ContainsFunc(values, func(value Value) bool {
		return !strings.Contains(value.Text, ":") && OfDialect(strings.ToLower(value.Text)) != nil
	})
}

// meant is the entry that a variable speaks of; nil for none.
func (f *finder) meant(m Meaning, v Named) *Wanted {
	for _, value := range v.Values {
		if a, ok := parseAddress(value.Text); ok && a.Scheme != "" {
			return f.entry(ofScheme(a.Scheme))
		}
	}
	var best *Wanted
	for _, w := range f.wanted {
		if slices.Contains(m.Services, w.Service.Name) && (best == nil || w.byCode && !best.byCode) {
			best = w
		}
	}
	guess := m.General && (m.Part == PartURL || m.Part == PartHost) && slices.Contains(m.Services, "postgres")
	guess = guess && best == nil && f.sqlite == (tree.Evidence{}) && len(v.Values) > 0 && !v.leadsElsewhere()
	if guess {
		if named := Lookup(v.Values[0].Text); named != nil && slices.Contains(m.Services, named.Name) {
			return f.want(named, v.Values[0].At) // DB_HOST=mysql
		}
	}
	if guess && f.usesSQL(v) {
		return f.want(Lookup("postgres"), v.Values[0].At) // the usual one, where nothing says which
	}
	return best
}

// usesSQL says whether something shows that the service uses a database, besides the name of a
// variable that may stay unset.
func (f *finder) usesSQL(v Named) bool {
	return v.Required || slices.ContainsFunc(f.names, func(name string) bool { return slices.Contains(mappers, name) }) ||
		slices.ContainsFunc(v.Values, func(value Value) bool { return IsSettings(path.Base(value.At.File)) })
}

// mappers are packages that work with a database by a driver of any kind.
var mappers = strings.Fields(`sqlalchemy sqlmodel flask-sqlalchemy flask-migrate alembic databases tortoise-orm peewee pony dj-database-url
	typeorm sequelize knex objection kysely drizzle-orm prisma @prisma/client @mikro-orm/core @nestjs/typeorm @nestjs/sequelize
	gorm.io/gorm entgo.io/ent github.com/jmoiron/sqlx github.com/uptrace/bun github.com/pressly/goose github.com/golang-migrate/migrate
	diesel sqlx sea-orm activerecord sequel rails laravel/framework illuminate/database doctrine/orm doctrine/doctrine-bundle
	spring-boot-starter-data-jpa spring-boot-starter-jdbc spring-boot-starter-data-jdbc spring-boot-starter-data-r2dbc hibernate-core
	ecto ecto_sql`)

func (f *finder) hold(w *Wanted, part Part, v Named) {
	h := Holding{Variable: v.Name, Part: part, Given: v.Given}
	if len(v.Values) > 0 {
		h.At = v.Values[0].At
	}
	best := -1
	for _, value := range v.Values {
		a, isAddress := parseAddress(value.Text)
		rank := int(value.From)
		if isAddress && (part == PartName || part == NoPart) { // MONGO_DB may hold a name or a URL
			part, h.Part = PartURL, PartURL
		}
		switch part {
		case PartURL:
			w.know(a, rank)
		case PartHost, PartAddress:
			w.know(Address{Host: hostOf(value.Text)}, rank)
			if strings.Contains(value.Text, "://") {
				h.Part = PartURL
			}
		default:
			a = Address{}
			a.take(part, value.Text)
			w.know(a, rank)
		}
		if part == PartDriver && ofDialect(value.Text) == SQLite {
			h.Override = true // the default is another than what is used
			continue
		}
		if value.Text != "" && rank > best {
			h.Like, best = value.Text, rank
		}
	}
	if isName(f, w, h) {
		h.Part = PartName // DB=app
	}
	if h.Part != NoPart {
		w.Holds = append(w.Holds, h)
	}
}

// isName says whether a variable of one word holds the name of a database: DATABASE, where MONGODB_URI
// holds the URL, and DB=app.
func isName(f *finder, w *Wanted, h Holding) bool {
	if h.Part != PartURL || strings.Contains(h.Like, "://") || f.roles[h.Variable].part == PartURL || len(split(strings.ToUpper(h.Variable))) != 1 {
		return false
	}
	return w.Service.IsSQL() || slices.ContainsFunc(f.seen.Variables, func(v Named) bool {
		m, ok := classify(v.Name)
		return ok && !m.General && m.Part == PartURL && m.Services[0] == w.Service.Name && v.Name != h.Variable
	})
}

// driverOf is the name of a kind of database, as the service's libraries know it.
func (f *finder) driverOf(w *Wanted) string {
	name := w.Service.Name
	if name == "mariadb" {
		name = "mysql"
	}
	if name == "postgres" && f.seen.Language == "python" {
		name = "postgresql"
	}
	switch {
	case !w.Service.IsSQL():
		return ""
	case !slices.Contains(f.names, "django"):
		return name
	case w.Variant == "postgis":
		return "django.contrib.gis.db.backends.postgis"
	}
	return "django.db.backends." + name
}

// completeByDriver adds the variables by which the driver itself finds what the code does not
// say: https://www.postgresql.org/docs/current/libpq-envars.html, and node-postgres.
func (w *Wanted) completeByDriver() {
	if w.Service.Name != "postgres" || len(w.Fixed)+len(w.Holds) == 0 && !w.byCode || slices.ContainsFunc(w.Holds, func(h Holding) bool { return h.Part == PartURL }) {
		return
	}
	var why tree.Evidence
	if len(w.Evidence) > 0 {
		why = w.Evidence[0]
	}
	for _, own := range []struct {
		name string
		part Part
		has  bool
	}{
		{"PGHOST", PartHost, len(w.Fixed) > 0},
		{"PGUSER", PartUser, w.ranks[0] == fixedRank},
		{"PGPASSWORD", PartPassword, w.ranks[1] == fixedRank},
		{"PGDATABASE", PartName, w.ranks[2] == fixedRank},
	} {
		if !own.has && !slices.ContainsFunc(w.Holds, func(h Holding) bool { return h.Part == own.part }) {
			w.Holds = append(w.Holds, Holding{Variable: own.name, Part: own.part, At: why})
		}
	}
}

// completeByBun adds the variable by which Bun's own client of Redis connects where the code names
// no other: https://bun.com/docs/api/redis.
func (w *Wanted) completeByBun() {
	if w.Service.Name == "redis" && w.byCode && len(w.Holds)+len(w.Fixed) == 0 {
		w.Holds = []Holding{{Variable: "REDIS_URL", Part: PartURL, At: w.Evidence[0]}}
	}
}

// springHoldings are the variables that Spring Boot binds to its own properties, whatever the
// project's files name: https://docs.spring.io/spring-boot/appendix/application-properties/.
func (s *Service) springHoldings() []Holding {
	switch {
	case s.IsSQL():
		return []Holding{
			{Variable: "SPRING_DATASOURCE_URL", Part: PartURL},
			{Variable: "SPRING_DATASOURCE_USERNAME", Part: PartUser},
			{Variable: "SPRING_DATASOURCE_PASSWORD", Part: PartPassword},
		}
	case s.Name == "mongo":
		return []Holding{{Variable: "SPRING_DATA_MONGODB_URI", Part: PartURL}}
	case s.Name == "redis":
		return []Holding{{Variable: "SPRING_DATA_REDIS_HOST", Part: PartHost}}
	case s.Name == "rabbitmq":
		return []Holding{
			{Variable: "SPRING_RABBITMQ_HOST", Part: PartHost}, {Variable: "SPRING_RABBITMQ_USERNAME", Part: PartUser}, {Variable: "SPRING_RABBITMQ_PASSWORD", Part: PartPassword},
		}
	}
	return nil
}

// completeBySpring adds those of which no file says anything: many projects keep
// application.properties out of git.
func (w *Wanted) completeBySpring() {
	points := func(p Part) bool { return p == PartURL || p == PartHost || p == PartAddress }
	for _, h := range w.Service.springHoldings() {
		if slices.ContainsFunc(w.Holds, func(own Holding) bool { return own.Part == h.Part || points(own.Part) && points(h.Part) }) {
			continue
		}
		if len(w.Evidence) > 0 {
			h.At = w.Evidence[0]
		}
		w.Holds = append(w.Holds, h)
	}
}
