package dataservice

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// Value is what a variable holds of a data service that is at an address.
func (w *Wanted) Value(h Holding, at Address) string {
	switch h.Part {
	case PartHost:
		return at.Host
	case PartAddress:
		return at.Host + ":" + strconv.Itoa(at.Port)
	case PartPort:
		return strconv.Itoa(at.Port)
	case PartUser:
		return at.User
	case PartPassword:
		return at.Password
	case PartName:
		return at.Name
	case PartDriver:
		return cmp.Or(h.Like, w.driver)
	case PartURL, NoPart:
	}
	if w.plainScheme != "" && !w.isForAsync(h) {
		other := *w
		other.scheme = w.plainScheme
		return other.text(h.Like, at)
	}
	return w.text(h.Like, at)
}

// text writes the address as the value of today is written.
func (w *Wanted) text(like string, at Address) string {
	now, ok := parseAddress(like)
	switch {
	case ok && now.Scheme != "":
		at.Scheme = w.spelled(now.Scheme)
		if w.Service.Group == Cache && now.Name != "" { // each use has a number of its own
			at.Name = now.Name
		}
	case ok && goDSN.MatchString(like):
		return at.Text("{user}:{password}@tcp({host}:{port})/{name}") + now.Query
	case ok && w.Service.ByField:
		return trusting(signedIn(at.inFields(like), at.Login))
	case ok:
		return at.inFields(like)
	case strings.HasPrefix(like, "http://") || strings.HasPrefix(like, "https://"):
		return "http://" + at.Host + ":" + strconv.Itoa(at.Port)
	default:
		at.Scheme = w.scheme
	}
	template := w.url
	switch {
	case !ok:
	case w.Service.ByField:
		return at.inURL(now)
	case strings.HasPrefix(now.Scheme, "jdbc:") || strings.HasPrefix(now.Scheme, "r2dbc:"):
		template = "{scheme}://{host}:{port}/{name}"
	case !strings.HasPrefix(template, "{scheme}"):
		template = w.Service.URL // the value is a URL
	}
	template, ownQuery, _ := strings.Cut(template, "?")
	query := w.query(now, at)
	if ownQuery = strings.ReplaceAll(ownQuery, "{name}", escaped(at.Name)); ownQuery != "" && !slices.Contains(query, ownQuery) {
		query = append(query, ownQuery)
	}
	text := strings.TrimSuffix(at.Text(template), "/")
	if len(query) > 0 {
		text += "?" + strings.Join(query, "&")
	}
	return text
}

// inURL writes the address into a URL as it is written now: each part where it is, with all
// other parameters.
func (a Address) inURL(now Address) string {
	template := "{scheme}://{host}:{port}"
	if now.User != "" {
		template = "{scheme}://{user}:{password}@{host}:{port}"
	}
	if now.Name != "" {
		template += "/{name}"
	}
	query := now.Query
	if separated, ok := strings.CutPrefix(query, "?"); ok {
		query = "?" + strings.ReplaceAll(a.inFields(strings.ReplaceAll(separated, "&", ";")), ";", "&")
	} else {
		query = trusting(a.inFields(query))
	}
	return a.Text(template) + query
}

// ofWindows is a login by the account of Windows, which no container has.
var ofWindows = lazyregexp.New(`(?i)\b(?:integrated[ _]security|trusted_connection)\s*=\s*(?:true|yes|sspi)\b`)

// signedIn is a connection string with a login in place of that of Windows.
func signedIn(parameters string, login Login) string {
	return ofWindows.ReplaceAllString(parameters, "User Id="+login.User+";Password="+login.Password)
}

var (
	noTLS  = lazyregexp.New(`(?i);\s*encrypt\s*=\s*false`)
	trusts = lazyregexp.New(`(?i);\s*trust ?server ?certificate\s*=\s*(?:true|yes)\b`)
	trust  = lazyregexp.New(`(?i)(;\s*trustServerCertificate\s*=\s*)\w+`)
)

// trusting are parameters of SQL Server's JDBC driver, or of Prisma, that take the
// certificate which the service makes for itself.
func trusting(parameters string) string {
	switch {
	case trusts.MatchString(parameters):
		return parameters
	case trust.MatchString(parameters):
		return trust.ReplaceAllString(parameters, "${1}true")
	case noTLS.MatchString(parameters):
		return parameters
	}
	return strings.TrimSuffix(parameters, ";") + ";trustServerCertificate=true"
}

// spelled is a URL's scheme without what asks for TLS or for a cluster's DNS records.
func (w *Wanted) spelled(scheme string) string {
	if scheme == "postgres" {
		return w.scheme // SQLAlchemy refuses the short name, and knows the driver by it
	}
	return cmp.Or(ofScheme(scheme).Plain[strings.ToLower(scheme)], scheme)
}

// unfit are settings of a query that no local service fulfils.
var unfit = lazyregexp.New(`(?i)^(?:ssl\w*|tls\w*|sslmode|retrywrites|w|replicaset|authsource|appname|channel_binding|pgbouncer|sslaccept)=`)

// inParameter is a parameter of a URL with the login in it, where it holds one: those of JDBC do, and
// go before other settings.
func (a Address) inParameter(item string) string {
	switch name, _, _ := strings.Cut(item, "="); strings.ToLower(name) {
	case "user", "username":
		return name + "=" + escaped(a.User)
	case "password":
		return name + "=" + escaped(a.Password)
	}
	return item
}

// query is that of the value of today, without TLS and what only a cluster has.
func (w *Wanted) query(now, at Address) []string {
	var kept []string
	if strings.HasPrefix(now.Query, "?") {
		for item := range strings.SplitSeq(now.Query[1:], "&") {
			item = at.inParameter(item)
			if item != "" && (!unfit.MatchString(item) || strings.HasSuffix(item, "=disable")) {
				kept = append(kept, item)
			}
		}
	}
	if w.Service.Logged != "" && at.User != "" {
		kept = append(kept, w.Service.Logged)
	}
	if v := w.Service.Variant(w.Variant); v.Query != "" {
		kept = append(kept, v.Query)
	}
	return kept
}

// inFields writes the address into the fields of a connection string.
func (a Address) inFields(like string) string {
	var out strings.Builder
	last := 0
	for _, m := range fieldPair.FindAllStringSubmatchIndex(like, -1) {
		var value string
		switch name := strings.ToLower(like[m[2]:m[3]]); name {
		case "host", "server", "data source":
			value = a.Host
			if strings.Contains(like[m[4]:m[5]], ",") {
				value += "," + strconv.Itoa(a.Port)
			}
		case "port":
			value = strconv.Itoa(a.Port)
		case "user", "username", "user id", "uid":
			value = a.User
		case "password", "pwd":
			value = a.Password
		default:
			value = a.Name
		}
		out.WriteString(like[last:m[4]] + value)
		last = m[5]
	}
	return out.String() + like[last:]
}
