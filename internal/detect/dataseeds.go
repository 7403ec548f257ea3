package detect

import (
	"cmp"
	"path"
	"slices"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack/dataservice"
	"github.com/devup-cli/devup/internal/tree"
)

// seedDirectories are where people keep a database's SQL files.
var seedDirectories = []string{"", "db", "database", "databases", "sql", "data", "dump", "dumps", "init", "initdb", "docker-entrypoint-initdb.d", "schema", "seed", "seeds", "scripts", "config", "db/init", "database/init"}

var (
	// seedNames begin with what comes first: tables, then rows.
	seedNames  = lazyregexp.New(`(?i)^(?:\d+[-_.])?\w*(?:init|schema|create|tables?|structure|ddl|setup|database|dump|backup|db)`)
	rowsNames  = lazyregexp.New(`(?i)(?:seed|data|insert|sample|populate|mock)`)
	notSeeds   = lazyregexp.New(`(?i)(?:\.down\.sql|\.up\.sql|^V\d+__|drop|rollback|migrat|quer(?:y|ies)|test)`)
	makesDB    = lazyregexp.New(`(?im)^\s*(?:create\s+database\s+(?:if\s+not\s+exists\s+)?|\\c(?:onnect)?\s)`)
	makesTable = lazyregexp.New(`(?im)^\s*(?:create\s+(?:table|type|extension|schema|view|sequence)|insert\s+into|copy\s)`)
	ofPostgres = lazyregexp.New("(?i)PostgreSQL database dump|\\b(?:big|small)?serial\\b|\\bjsonb\\b|\\btimestamptz\\b|\\bplpgsql\\b|::\\w+|\\bgen_random_uuid\\b|\\bcreate\\s+(?:extension|type)\\b|generated (?:always|by default) as identity")
	ofMySQL    = lazyregexp.New("(?i)MySQL dump|phpMyAdmin|`\\w+`|\\bauto_increment\\b|\\bengine\\s*=|\\bunsigned\\b")
	ofOthers   = lazyregexp.New(`(?i)\bautoincrement\b|\bpragma\b|\bidentity\s*\(|\bnvarchar\b|(?m)^GO\s*$`)
)

// seedsOf are the SQL files that a data service can load at its first start: the tables,
// then the rows. Where migrations make the tables there are none.
func (s *scan) seedsOf(shared *dataservice.Shared) []string {
	if shared.Compose || dataservice.Lookup(shared.Service).Seeds == "" {
		return nil
	}
	dirs := []string{"."}
	for _, use := range shared.Uses {
		c := s.byServiceName(use.By)
		if len(c.Migrate) > 0 || s.hasMigrations(c) {
			return nil
		}
		if c.Dir != "." {
			dirs = append(dirs, c.Dir)
		}
	}
	var tables, rows []string
	for _, dir := range dirs {
		for _, below := range seedDirectories {
			f := s.tree.Directory(path.Join(dir, below))
			for _, name := range f.Names {
				full := path.Join(f.Path, name)
				if path.Ext(name) != ".sql" || notSeeds.MatchString(name) || slices.Contains(slices.Concat(tables, rows), full) || !isSeed(shared.Service, s.tree.Text(full)) {
					continue
				}
				if rowsNames.MatchString(name) && !seedNames.MatchString(name) {
					rows = append(rows, full)
				} else {
					tables = append(tables, full)
				}
			}
		}
	}
	const most = 9 // each has a digit in front in the container
	all := slices.Concat(tables, rows)
	if len(all) > most {
		return nil // a collection of scripts, of which a person runs some
	}
	return all
}

func (s *scan) byServiceName(name string) *candidate {
	return s.found[slices.IndexFunc(s.found, func(c *candidate) bool { return c.Name == name })]
}

// isSeed says whether a text is plain SQL for the service, to be run in its database.
func isSeed(service, text string) bool {
	head := text[:min(len(text), 64<<10)]
	if makesDB.MatchString(head) || !makesTable.MatchString(head) || ofOthers.MatchString(head) {
		return false
	}
	if service == "postgres" {
		return !ofMySQL.MatchString(head)
	}
	return !ofPostgres.MatchString(head)
}

// hasMigrations says whether a directory of the service holds steps that make its tables.
func (s *scan) hasMigrations(c *candidate) bool {
	return slices.ContainsFunc(s.tree.Below(c.Dir, func(f *tree.Directory) bool { return !s.found.has(f.Path) }), func(f *tree.Directory) bool {
		switch base := path.Base(f.Path); base {
		case "migrations", "migration", "migrate", "alembic", "versions", "changelog":
			return cmp.Or(len(f.Names), len(f.Subs)) > 0
		}
		return false
	})
}
