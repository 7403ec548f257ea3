// Package sqlfile finds the SQL files of a repository that a database can load at its first start.
package sqlfile

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// seedDirectories are where people keep a database's SQL files.
var seedDirectories = []string{
	"", "db", "database", "databases", "sql", "data", "dump", "dumps", "init", "initdb", "docker-entrypoint-initdb.d", "schema", "seed", "seeds", "scripts", "config", "db/init", "database/init",
	"docker", "docker/init", "docker/initdb", "docker/db", "docker/postgres", "docker/mysql", "docker/sql", "mysql", "mysql/init", "postgres", "postgres/init",
	"src/main/resources/sql", "src/main/resources/db", "src/main/resources/database", "src/main/resources/schema", "src/main/resources/scripts", // not at the top, which Spring loads
}

var (
	// seedNames begin with what comes first: tables, then rows.
	seedNames = lazyregexp.New(`(?i)^(?:\d+[-_.])?\w*(?:init|schema|create|tables?|structure|ddl|setup|database|dump|backup|db)`)
	rowsNames = lazyregexp.New(`(?i)(?:seed|data|insert|sample|populate|mock)`)
	notSeeds  = lazyregexp.New(`(?i)(?:\.down\.sql|\.up\.sql|^V\d+__|drop|rollback|migrat|quer(?:y|ies)|test)`)
	makesDB   = lazyregexp.New("(?im)^\\s*create\\s+(?:database|schema)\\s+(?:/\\*!\\d+\\s+)?(if\\s+not\\s+exists\\s*(?:\\*/\\s*)?)?[`\"]?([\\w-]+)[`\"]?[^;\\n]*;")
	usesDB    = lazyregexp.New("(?im)^\\s*(?:use\\s+|\\\\c(?:onnect)?\\s+)[`\"]?([\\w-]+)")
	// drops is what a dump with --clean begins with: it fails where the tables are not there yet.
	drops   = lazyregexp.New(`(?im)^\s*(?:drop\s+(?:table|sequence|type|view|index)\s+(\S+)|alter\s+table\s[^;\n]*\sdrop\s+constraint\s+(\S+))`)
	givesTo = lazyregexp.New(`(?im)^\s*alter\s[^;\n]*\sowner\s+to\s+"?([\w-]+)"?\s*;`)
	dropsDB = lazyregexp.New(`(?im)^\s*drop\s+database\b`)
	// makesOne makes a table, or what pg_dump before 16 calls a table when it gives it to its owner.
	makesOne = lazyregexp.New("(?im)^\\s*create\\s+(?:or\\s+replace\\s+)?(?:(?:unlogged|temporary|temp|materialized|recursive)\\s+)*(?:table|view|sequence)\\s+(?:if\\s+not\\s+exists\\s+)?(?:[`\"]?\\w+[`\"]?\\.)?[`\"]?(\\w+)")
	refersTo = lazyregexp.New("(?i)(?:\\breferences|\\binsert\\s+(?:ignore\\s+)?into|\\balter\\s+table(?:\\s+only)?)\\s+(?:[`\"]?\\w+[`\"]?\\.)?[`\"]?(\\w+)")
	// notCode are texts in SQL that are no code: what COPY reads, and what stands in quotes.
	notCode    = lazyregexp.New(`(?ims)^copy\b[^;]*\bfrom\s+stdin;.*?^\\\.$|'(?:[^'\\\n]|\\[^\n]|'')*'`)
	makesTable = lazyregexp.New(`(?im)^\s*(?:create\s+(?:table|type|extension|schema|view|sequence)|insert\s+into|copy\s)`)
	// OfPostgres matches what only PostgreSQL understands.
	OfPostgres = lazyregexp.New("(?i)PostgreSQL database dump|\\b(?:big|small)?serial\\b|\\bjsonb\\b|\\btimestamptz\\b|\\bplpgsql\\b|::\\w+|\\bgen_random_uuid\\b|\\bcreate\\s+(?:extension|type)\\b|generated (?:always|by default) as identity|(?m)^\\s*\\\\c(?:onnect)?\\s")
	// OfMySQL matches what only MySQL understands.
	OfMySQL  = lazyregexp.New("(?i)MySQL dump|phpMyAdmin|`\\w+`|\\bauto_increment\\b|\\bengine\\s*=|\\bunsigned\\b|(?m)^\\s*use\\s+\\w")
	ofOthers = lazyregexp.New(`(?i)\bautoincrement\b|\bpragma\b|\bidentity\s*\(|\bnvarchar\b|(?m)^GO\s*$`)
)

// maxHead bounds how much of a file is read for what it is.
const maxHead = 64 << 10

// maxSeeds is how many SQL files are taken for initial data. More are a collection of scripts.
const maxSeeds = 9

// Seeds are the SQL files that a database loads at its first start, in order.
type Seeds struct {
	Files    []string
	Database string // that they name; empty for none
	Makes    bool   // they make it themselves, and fail where it is there
	Owner    string // the user who has to be there, because they give tables to them; empty for none
	LeftOut  []LeftOut
}

// LeftOut is an SQL file with a reason why a database would stop at it.
type LeftOut struct{ File, Why string }

// Server is the database that loads the files.
type Server struct {
	Foreign *lazyregexp.Regexp // matches what it does not understand; nil for nothing
	Many    bool               // a file may make a database of its own there, and CREATE SCHEMA does so
}

// Find gives the SQL files at the usual places below directories that a database can load at its
// first start: the tables, then the rows. Those that name a database have to name the one that is
// known, or where none is known, all the same.
func Find(t *tree.Tree, dirs []string, known string, s Server) Seeds {
	var tables, rows []string
	var leftOut []LeftOut
	found := Seeds{Database: known}
	for _, name := range filesIn(t, dirs) {
		text := t.Text(name)
		switch why := stopsAt(text); {
		case why != "" && s.loads(text):
			leftOut = append(leftOut, LeftOut{name, why})
		case !found.add(s, text):
		case rowsNames.MatchString(path.Base(name)) && !seedNames.MatchString(path.Base(name)):
			rows = append(rows, name)
		default:
			tables = append(tables, name)
		}
	}
	if len(tables)+len(rows) > maxSeeds {
		return Seeds{}
	}
	seeds := Seeds{Database: known, LeftOut: leftOut}
	for _, name := range inOrder(t, append(tables, rows...)) {
		if seeds.add(s, t.Text(name)) {
			seeds.Files = append(seeds.Files, name)
		}
	}
	return seeds
}

// filesIn are the SQL files at the usual places below directories, without those of other uses.
func filesIn(t *tree.Tree, dirs []string) []string {
	var files []string
	for _, dir := range dirs {
		for _, below := range seedDirectories {
			at := slices.IndexFunc(t.Paths, func(p string) bool { return strings.EqualFold(p, path.Join(dir, below)) })
			if at < 0 {
				continue
			}
			f := t.Directory(t.Paths[at])
			for _, name := range f.Names {
				if full := path.Join(f.Path, name); path.Ext(name) == ".sql" && !notSeeds.MatchString(name) && !slices.Contains(files, full) {
					files = append(files, full)
				}
			}
		}
	}
	return files
}

// add says whether a text goes with the others, and if so remembers what it needs.
func (seeds *Seeds) add(s Server, text string) bool {
	with := *seeds
	if !s.loads(text) || !with.take(s, text) || !with.own(text) {
		return false
	}
	*seeds = with
	return true
}

// loads says whether a text is plain SQL for the database.
func (s Server) loads(text string) bool {
	head := text[:min(len(text), maxHead)]
	if !makesTable.MatchString(head) || ofOthers.MatchString(head) {
		return false
	}
	return s.Foreign == nil || !s.Foreign.MatchString(head)
}

// take says whether a text is for the one database of the others, and remembers which.
func (seeds *Seeds) take(s Server, text string) bool {
	made := slices.DeleteFunc(makesDB.FindAllStringSubmatch(text, 4), func(m []string) bool {
		return !s.Many && strings.Contains(strings.ToLower(m[0]), "schema") // which is no database there
	})
	used := usesDB.FindAllStringSubmatch(text, 4)
	if len(made)+len(used) == 0 {
		return true
	}
	name, makes := "", false
	for _, m := range append(used, made...) {
		found := m[len(m)-1]
		if name != "" && found != name {
			return false
		}
		name = found
		makes = makes || len(m) > 2 && m[1] == "" && (!s.Many || !dropsDB.MatchString(text))
	}
	if seeds.Database != "" && seeds.Database != name || len(made) > 1 || len(used) == 0 && (makes || !s.Many) {
		return false // another one, or nothing says which one the tables are for
	}
	seeds.Database, seeds.Makes = name, seeds.Makes || makes
	return true
}

// stopsAt says at what of a text a new database stops: it drops something, without asking whether it is
// there, before it makes anything, or makes something twice. It is empty for nothing.
func stopsAt(text string) string {
	text = text[:min(len(text), maxHead)]
	if m := drops.FindStringSubmatchIndex(text); m != nil {
		first, name := makesTable.FindStringIndex(text), stack.Group(text, m, 1)+stack.Group(text, m, 2)
		if (first == nil || m[0] < first[0]) && !strings.EqualFold(name, "if") {
			return "it drops " + strings.Trim(name, "`\";") + ", which does not exist"
		}
		return ""
	}
	made := map[string]bool{}
	for _, m := range makesOne.FindAllStringSubmatch(tree.BlankComments(text, "--"), -1) {
		code := strings.ToLower(strings.Join(strings.Fields(m[0]), " "))
		if made[code] && !strings.Contains(code, "if not exists") && !strings.Contains(code, "or replace") {
			return "it makes " + m[1] + " twice"
		}
		made[code] = true
	}
	return ""
}

// own says whether one user can own what a text and the others give to a user, and remembers
// which.
func (seeds *Seeds) own(text string) bool {
	for _, m := range givesTo.FindAllStringSubmatch(text, -1) {
		if seeds.Owner != "" && seeds.Owner != m[1] {
			return false
		}
		seeds.Owner = m[1]
	}
	return true
}

// inOrder are those that make a database, then the files after those that make the tables that
// they refer to, without those whose tables none makes.
func inOrder(t *tree.Tree, files []string) []string {
	slices.SortStableFunc(files, func(a, b string) int {
		return len(makesDB.FindAllString(t.Text(b), 1)) - len(makesDB.FindAllString(t.Text(a), 1))
	})
	made := map[string]bool{}
	var ordered []string
	for len(files) > 0 {
		i := slices.IndexFunc(files, func(file string) bool { return refersOnlyTo(t.Text(file), made) })
		if i < 0 {
			break
		}
		for name := range madeIn(t.Text(files[i])) {
			made[name] = true
		}
		ordered = append(ordered, files[i])
		files = slices.Delete(files, i, i+1)
	}
	return ordered
}

func refersOnlyTo(text string, made map[string]bool) bool {
	if len(text) >= tree.MaxFile {
		return true // the rest of it was not read
	}
	own := madeIn(text)
	code := notCode.ReplaceAllString(tree.BlankComments(text, "--"), "")
	return !slices.ContainsFunc(refersTo.FindAllStringSubmatch(code, -1), func(m []string) bool {
		name := strings.ToLower(m[1])
		return !made[name] && !own[name]
	})
}

// madeIn are the names of the tables that a text makes.
func madeIn(text string) map[string]bool {
	names := map[string]bool{}
	for _, m := range makesOne.FindAllStringSubmatch(text, -1) {
		names[strings.ToLower(m[1])] = true
	}
	return names
}
