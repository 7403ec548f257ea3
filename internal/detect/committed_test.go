package detect

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/devup-cli/devup/internal/tree/treetest"
)

// TestCommittedCloud: a data service stands in for one on the internet that a committed file names,
// and for none that only this checkout has.
func TestCommittedCloud(t *testing.T) {
	t.Parallel()
	const server = "-- package.json --\n{\"scripts\": {\"start\": \"node index.js\"}, \"dependencies\": {\"express\": \"4\", \"mongoose\": \"8\", \"pg\": \"8\"}}\n-- .gitignore --\n.env\n"
	const mongo = server + "-- index.js --\nrequire('dotenv').config()\nmongoose.connect(process.env.MONGO_URI)\napp.listen(3000)\n-- .env --\nMONGO_URI=mongodb+srv://ada:pw@cluster0.ab1cd.mongodb.net/shop?retryWrites=true\n"
	const postgres = server + "-- index.js --\nrequire('dotenv').config()\nnew Pool({ host: process.env.DB_HOST, user: process.env.DB_USER })\napp.listen(3000)\n-- .env --\nDB_HOST=pg.ab1cd.rds.amazonaws.com\nDB_USER=ada\n"
	const mail = server + "-- index.js --\nrequire('dotenv').config()\nsend(process.env.SMTP_HOST)\napp.listen(3000)\n-- .env --\nSMTP_HOST=smtp.gmail.com\n"
	const inCode = server + "-- index.js --\nmongoose.connect(process.env.MONGO_URI || 'mongodb+srv://ada:pw@cluster0.ab1cd.mongodb.net/shop')\napp.listen(3000)\n"
	for _, test := range []struct {
		name, files, variable string
		tracked               []string
		want, remark          string
	}{
		{"a committed URL", mongo, "MONGO_URI", []string{".env"}, "mongodb://mongo:27017/shop", ".env:1: MONGO_URI has a MongoDB on the internet, and mongo stands in for it"},
		{"one of this checkout", strings.ReplaceAll(mongo, ".env\n--", "--"), "MONGO_URI", []string{"index.js"}, "", ""},
		{"no clone", mongo, "MONGO_URI", nil, "mongodb://mongo:27017/app", ""},
		{"a committed host", postgres, "DB_HOST", []string{".env"}, "db", ".env:1: DB_HOST has a PostgreSQL on the internet, and db stands in for it"},
		{"a default in the code", inCode, "MONGO_URI", []string{"index.js"}, "mongodb://mongo:27017/shop", "index.js:1: MONGO_URI has a MongoDB on the internet, and mongo stands in for it"},
		{"a mail server", mail, "SMTP_HOST", []string{".env"}, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			fsys := filesOf(test.files)
			if test.tracked != nil {
				fsys[".git/index"] = &fstest.MapFile{Data: treetest.Index(test.tracked...)}
			}
			repo, err := Scan(fsys)
			if err != nil {
				t.Fatal(err)
			}
			got, remark := "", ""
			for _, s := range repo.Services {
				for _, v := range s.Variables {
					if v.Name == test.variable {
						got = v.Value
					}
				}
				for _, r := range s.Remarks {
					remark += fmt.Sprintf("%s:%d: %s", r.File, r.Line, r.Text)
				}
			}
			if got != test.want || remark != test.remark {
				t.Errorf("got %q, %q, want %q, %q", got, remark, test.want, test.remark)
			}
		})
	}
}
