package envfile

import (
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/dotenv"
)

const example = `# The database.
DB_HOST=db
# Choose any.
DB_PASSWORD=
# STRIPE_OLD=
export API_KEY=<your key>   # from the dashboard
TOKEN="changeme"
MODE=development
MAIL=someone@example.com
KEY='-----BEGIN
FAKE=
-----END'
EMPTY="" # optional
SET_LATER=
SET_LATER=now
LAST=your-secret-here`

func TestOpen(t *testing.T) {
	t.Parallel()
	want := []Blank{
		{"DB_PASSWORD", 4, "Choose any."}, {"API_KEY", 6, "from the dashboard"}, {"TOKEN", 7, ""}, {"EMPTY", 13, "optional"}, {"LAST", 16, ""},
	}
	got := Open(example)
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %+v, want %+v", got[i], want[i])
		}
	}
}

func TestAsking(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{
		"": true, "changeme": true, "change-me": true, "CHANGE_ME_PLEASE": true, "<token>": true, "xxx": true, "XXXXXXXX": true, "your-api-key": true,
		"your_secret": true, "...": true, "TODO": true, "put-your-key-here": true, "replace_me": true, "secret-key-here": true, "replace-with-your-own": true, "change-in-production": true, "yoursecretkey": true, "[api key]": true,
		"yours": false, "development": false, "postgres": false, "localhost": false, "changes": false, "0": false, "true": false,
		"http://example.com": false, "xx": false, "exchange me": false, "where": false,
	} {
		if got := len(Open("A="+value)) == 1; got != want {
			t.Errorf("%q is asked for: %v, want %v", value, got, want)
		}
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	got := Fill(example, []Value{{"API_KEY", "a b"}, {"DB_PASSWORD", "pass"}, {"MODE", "no"}, {"LAST", "z"}})
	want := strings.NewReplacer("DB_PASSWORD=", "DB_PASSWORD=pass", "API_KEY=<your key>   # from the dashboard", "API_KEY='a b'   # from the dashboard", "your-secret-here", "z").Replace(example)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := Fill("A=\r\nB=1\r\n", []Value{{"A", "1"}}); got != "A=1\r\nB=1\r\n" {
		t.Errorf("got %q", got)
	}
}

// TestAppend: what is there stays, and each value is read back by Compose's own reader.
func TestAppend(t *testing.T) {
	t.Parallel()
	for _, before := range []string{"", "# mine\nA=1\n", "A=1", "A=1\r\n"} {
		for _, value := range []string{"", "plain", "a b", "#no comment", "a # b", `it's`, `"quoted"`, `back\slash`, `C:\new`, "$HOME ${X}", "a=b", " both ", "ünï", `mixed '" \n $A`, "`cmd`"} {
			text := Append(before, "asked for", []Value{{"VALUE", value}})
			if !strings.HasPrefix(text, before) {
				t.Errorf("%q is changed: %q", before, text)
			}
			read, err := dotenv.ParseWithLookup(strings.NewReader(text), func(string) (string, bool) { return "expanded", true })
			if err != nil || read["VALUE"] != value {
				t.Errorf("%q is read back as %q, %v, from %q", value, read["VALUE"], err, text)
			}
			if before != "" && read["A"] != "1" {
				t.Errorf("A is %q in %q", read["A"], text)
			}
		}
	}
}
