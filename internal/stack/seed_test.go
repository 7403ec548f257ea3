package stack

import (
	"strings"
	"testing"
)

// TestClears: what removes data, and what does not.
func TestClears(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"await Item.remove({})":               true,
		"await Item.find().remove()":          true,
		"await prisma.user.deleteMany()":      true,
		"db.drop_all()":                       true,
		"list.remove(item)":                   false,
		"Item.insertMany([{ name: 'drop' }])": false,
	} {
		if got := clears.MatchString(text); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// TestSeedIn: a command of a README that fills a database; a heading is none.
func TestSeedIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Then:\n\n    $ npm run seed\n":       "npm run seed",
		"`python manage.py populate` # once":  "python manage.py populate",
		"# Flask with fixtures":               "",
		"Node and Mongo, with data to seed":   "",
		"rails db:seed\nrails server\n":       "rails db:seed",
		"node scripts/seedDB.js":              "node scripts/seedDB.js",
		"npm run dev\nthe database is seeded": "",
	} {
		if got := strings.Join(SeedIn(text), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
