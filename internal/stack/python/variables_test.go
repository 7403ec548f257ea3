package python

import (
	"fmt"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// required are the names of those without which a program does not start.
func required(found []stack.Use) string {
	var names []string
	for _, u := range found {
		if u.Required {
			names = append(names, u.Name)
		}
	}
	return strings.Join(names, " ")
}

// TestRequired: what has no default is required where it is read when the program starts.
func TestRequired(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`os.getenv("A")`:                                       "",
		`os.environ["A"]`:                                      "A",
		"def f():\n    return os.environ['A']":                 "",
		"class C:\n    a = os.environ['A']":                    "A",
		"def create_app():\n    a = os.environ['A']":           "A",
		"try:\n    a = os.environ['A']\nexcept: pass":          "",
		`int(os.getenv("A"))`:                                  "A",
		`int(os.getenv("A", 1)) + int(os.getenv("B") or 1)`:    "B",
		`os.environ.get("A").split(",")`:                       "A",
		`os.environ.get("A", "").split(",")`:                   "",
		`config("A", cast=str)`:                                "A",
		`config("A", Secret)`:                                  "A",
		`config("A", default=None)`:                            "",
		`config("A", cast=bool, default=False)`:                "",
		`config("A", "x")`:                                     "",
		`env("A")`:                                             "A",
		`get_env_variable("A")`:                                "A",
		"def get_env(name): return os.environ[name]":           "",
		`env.db("A")`:                                          "A",
		"env = environ.Env(A=(bool, False))\nX = env('A')":     "",
		`SECRET = config("A", cast=lambda v: v.split(",")[0])`: "A",
	} {
		if got := required(uses(tree.File{Path: "a.py", Text: source})); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

// TestTypes: what the program makes of a variable, and what does for a start where only the
// user knows the value.
func TestTypes(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`config("A", cast=int)`:        "1",
		`config("A", cast=bool)`:       "false",
		`config("A", cast=Csv())`:      "placeholder",
		`config("A")`:                  "",
		`env.int("A")`:                 "1",
		`env.bool("A")`:                "false",
		`int(os.environ["A"])`:         "1",
		`float(os.environ.get("A"))`:   "1",
		`os.getenv("A").split(",")`:    "",
		`config("MAIL_A", cast=float)`: "1",
	} {
		if got := stack.StandIn(uses(tree.File{Path: "a.py", Text: source})[0]); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

// TestSettings: the fields of pydantic's settings classes, "!" for those that are required.
func TestSettings(t *testing.T) {
	t.Parallel()
	const source = `
class Nested(BaseModel):
    inner: str

class Base(BaseSettings):
    API: str = "/api"
    port: int
    url: AnyUrl | None = None
    maybe: Optional[str]
    db: DatabaseSettings
    model_config = SettingsConfigDict(
        env_file="../.env",
        env_prefix="APP_",
    )

    @property
    def x(self): return 1

class Settings(Base):
    key: SecretStr = Field(
        ..., alias="THE_KEY")
    name: str = Field(default="n")
    plain: str = Field()
    first: str = Field("f", description="x")
    many: list[str] = []
    """Documented: here."""
    """
    Format: of it
    """
    ones: Optional[List[str]] = None
    one: Annotated[list[str], NoDecode] = []
    origins: Annotated[
        list[AnyUrl] | str, BeforeValidator(parse)
    ] = []
    other: str

other: str
`
	var got []string
	for _, u := range uses(tree.File{Path: "a.py", Text: source}) {
		text := u.Name
		if u.Set {
			text += "=" + u.Value
		}
		if u.Required {
			text += "!"
		}
		if u.List {
			text += "[]"
		}
		got = append(got, text)
	}
	want := "APP_API=/api APP_PORT! APP_URL APP_MAYBE THE_KEY! NAME=n PLAIN! FIRST=f MANY=[] ONES[] ONE= ORIGINS=[] OTHER!"
	if text := strings.Join(got, " "); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

// TestNestedSettingsAreBounded: models of a repository can double with each class.
func TestNestedSettingsAreBounded(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("from pydantic_settings import BaseSettings\nclass M0(BaseModel):\n    a: str\n")
	for i := 1; i < 40; i++ {
		fmt.Fprintf(&text, "class M%d(BaseModel):\n    a: M%d\n    b: M%d\n    me: M%d\n", i, i-1, i-1, i)
	}
	text.WriteString("class S(BaseSettings):\n    env_nested_delimiter = '__'\n    m: M39\n")
	if got := len(settings(tree.File{Path: "s.py", Text: text.String()})); got != maxFields {
		t.Errorf("%d variables are read, want %d", got, maxFields)
	}
}
