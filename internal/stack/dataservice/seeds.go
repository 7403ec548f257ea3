package dataservice

import (
	"path"
	"slices"

	"github.com/devup-cli/devup/internal/lazyregexp"
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

// maxSeeds is how many SQL files are taken for initial data. More are a collection of scripts.
const maxSeeds = 9

// SeedsIn gives the SQL files at the usual places below directories that a service can load at its
// first start: the tables, then the rows.
func (s *Service) SeedsIn(t *tree.Tree, dirs []string) []string {
	if s.Seeds == "" {
		return nil
	}
	var tables, rows []string
	for _, dir := range dirs {
		for _, below := range seedDirectories {
			f := t.Directory(path.Join(dir, below))
			for _, name := range f.Names {
				full := path.Join(f.Path, name)
				switch {
				case path.Ext(name) != ".sql" || notSeeds.MatchString(name) || slices.Contains(tables, full) || slices.Contains(rows, full):
				case !s.loads(t.Text(full)):
				case rowsNames.MatchString(name) && !seedNames.MatchString(name):
					rows = append(rows, full)
				default:
					tables = append(tables, full)
				}
			}
		}
	}
	if len(tables)+len(rows) > maxSeeds {
		return nil
	}
	return append(tables, rows...)
}

// loads says whether a text is plain SQL for the service, to be run in its database.
func (s *Service) loads(text string) bool {
	head := text[:min(len(text), 64<<10)]
	if makesDB.MatchString(head) || !makesTable.MatchString(head) || ofOthers.MatchString(head) {
		return false
	}
	return s.Foreign == nil || !s.Foreign.MatchString(head)
}
