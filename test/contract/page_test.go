package contract

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/ui"
)

var update = flag.Bool("update", false, "add new fields to the promised ones, and write docs/json.md")

// documented are the objects in the order of the page.
var documented = []struct {
	title string // the type; where several have it, with the command in parentheses
	of    string // the Go type
	by    string // what prints it
	about string
}{
	{"result", "show.resultObject", "`up --detach` and `ready`, as the last line on stdout", "How the command ended: all that a program needs to go on."},
	{"error", "ui.ErrorObject", "every command, on stderr", "One failure. A command that fails for several reasons prints several."},
	{"url", "expose.Row", "`up`, `urls`, `open`", "A published port and where it is reached."},
	{"event", "ui.eventObject", "commands that change something, on stderr", "What happens to one resource. Later events of the same `kind` and `id` (else `name`) replace earlier ones. Notes have the kind `note`."},
	{"log", "ui.eventObject", "`logs`, `up` without `--detach`", "One line that a container printed."},
	{"container", "containercmd.containerObject", "`ps`", "A container."},
	{"service", "containercmd.serviceObject", "`ps --services`", "A service with a container."},
	{"service (config)", "projectcmd.serviceObject", "`config --services`", "A service in the files."},
	{"why", "upcmd.whyObject", "`why`", "Why a container was created, and what `up` would do to it."},
	{"inspect", "containercmd.inspectObject", "`inspect`", "All about a service."},
	{"build", "show.buildObject", "`plan`, `up --dry-run`", "An image that would be built."},
	{"pull", "show.pullObject", "`plan`, `up --dry-run`", "An image that would be pulled."},
	{"operation", "show.operationObject", "`plan`, `up --dry-run`, other commands with `--dry-run`", "Something that would be done on the engine."},
	{"setup", "show.setupObject", "`plan`, `up --dry-run`", "A setup step that would run."},
	{"address", "containercmd.addressObject", "`port`", "Where a port is open."},
	{"process", "containercmd.processObject", "`top`", "A process in a container."},
	{"dashboard", "dashboardcmd.dashboardObject", "`dashboard`", "The page that shows what runs."},
	{"stats", "observe.Usage", "`stats`", "What a container uses."},
	{"container (events)", "containercmd.happening", "`events`", "Something that happened to a container, as Docker Compose prints it."},
	{"ended", "containercmd.endObject", "`wait`", "The end of a container."},
	{"finding", "doctorcmd.findingObject", "`doctor`", "What a check found."},
	{"fix", "doctorcmd.fixedObject", "`doctor --fix`", "What became of a fix."},
	{"report", "doctorcmd.reportObject", "`doctor --report`", "The file of a report."},
	{"project", "projectcmd.projectObject", "`ls`", "A project on the engine."},
	{"leftover", "projectcmd.leftoverObject", "`prune`", "What a project left on the engine whose directory is gone."},
	{"found", "projectcmd.foundObject", "`init`", "A service that `init` found, with its evidence."},
	{"data", "projectcmd.neededObject", "`init`", "A database or another data service that the code uses."},
	{"network (init)", "projectcmd.networkObject", "`init`", "Services that share a network, because they call each other at localhost."},
	{"rejected", "projectcmd.rejectedObject", "`init`", "A directory that `init` did not take."},
	{"file", "projectcmd.fileObject", "`init`, `add`", "A file that is written, or would be."},
	{"file (agent init)", "agentcmd.fileObject", "`agent init`", "A file that agents read."},
	{"data_service", "projectcmd.dataObject", "`add` without arguments", "A data service that `add` knows."},
	{"config", "projectcmd.configObject", "`config`", "The resolved project."},
	{"hash", "projectcmd.hashObject", "`config --hash`", "The hash of a service, as Docker Compose computes it."},
	{"variable", "projectcmd.variableObject", "`config --variables`", "A variable that the files use."},
	{"environment", "projectcmd.nameObject", "`config --environment`", "A variable of the project, with its value."},
	{"image (config)", "projectcmd.nameObject", "`config --images`", "An image in the files."},
	{"network (config)", "projectcmd.nameObject", "`config --networks`", "A network in the files."},
	{"profile", "projectcmd.nameObject", "`config --profiles`", "A profile in the files."},
	{"volume (config)", "projectcmd.nameObject", "`config --volumes`", "A volume in the files."},
	{"image (build)", "imagecmd.imageObject", "`build`", "A built image."},
	{"image (commit)", "imagecmd.committed", "`commit`", "The image that `commit` made."},
	{"used-image", "imagecmd.usedImage", "`images`", "The image of a container."},
	{"volume", "imagecmd.volumeObject", "`volumes`", "A volume of the project."},
	{"version", "cli.versionObject", "`version`", "The version of devup, of the engine API, and of these objects."},
}

// TestComplete: each type that devup prints is documented, and no other.
func TestComplete(t *testing.T) {
	t.Parallel()
	printed, listed := map[string]bool{}, map[string]bool{}
	for name, values := range read(t).printed() {
		for _, value := range values {
			printed[value+" "+name] = true
		}
	}
	for _, d := range documented {
		value, _, _ := strings.Cut(d.title, " (")
		listed[value+" "+d.of] = true
	}
	if diff := cmp.Diff(printed, listed); diff != "" {
		t.Errorf("objects in the source (-) and documented (+):\n%s", diff)
	}
}

// TestAdditionsOnly: the fields of the source are the promised ones. With -update new ones are
// promised; none is taken back.
func TestAdditionsOnly(t *testing.T) {
	list := fieldsOf(t, read(t))
	now := objects(list)
	for title, object := range objects(promised) {
		for path, f := range object {
			if now[title][path] != f {
				t.Errorf("%s: the field %s was promised as %v and is %v", title, path, f, now[title][path])
			}
		}
	}
	switch {
	case t.Failed():
	case *update:
		write(t, "fields.txt", list)
	case list != promised:
		t.Error("there are new fields: run the test with -update, which promises them")
	}
}

// fieldsOf lists the fields of all documented objects, a line each.
func fieldsOf(t *testing.T, types source) string {
	t.Helper()
	list := strings.Builder{}
	for _, d := range documented {
		for _, f := range types.fields(t, d.of, "") {
			fmt.Fprintf(&list, "%s\t%s\t%s\t%s\n", d.title, f.path, f.kind, map[bool]string{true: "always", false: "optional"}[f.required])
		}
	}
	return list.String()
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// examples are the objects of examples.txt by their titles, one each.
func examples(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("examples.txt")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n# ") {
		title, example, _ := strings.Cut(strings.TrimPrefix(block, "# "), "\n")
		found[title] = strings.TrimSpace(example)
	}
	return found
}

// TestPage: docs/json.md is made of the types and the examples.
func TestPage(t *testing.T) {
	const file, mark = "../../docs/json.md", "<!-- made by go test ./test/contract -update -->\n"
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	written, made, _ := strings.Cut(string(page), mark)
	want := codes(t) + sections(t)
	switch {
	case made == want:
	case *update:
		write(t, file, written+mark+want)
	default:
		t.Errorf("the page is not as the source says, run the test with -update (-page +source):\n%s", cmp.Diff(strings.Split(made, "\n"), strings.Split(want, "\n")))
	}
	if version := fmt.Sprintf("version **%d**", ui.Contract); !strings.Contains(written, version) {
		t.Errorf("the page does not say %q", version)
	}
}

// codes is the table of the codes of errors.
func codes(t *testing.T) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../internal/fail/fail.go", nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	table := strings.Builder{}
	table.WriteString("\n## Codes of errors\n\n| code | exit code | meaning |\n|---|---|---|\n")
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && fmt.Sprint(spec.Type) == "Code" {
			code, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			fmt.Fprintf(&table, "| `%s` | %d | %s |\n", code, fail.Code(code).Exit(), strings.TrimSpace(spec.Comment.Text()))
		}
		return true
	})
	return table.String()
}

// sections describe the objects, each with its example.
func sections(t *testing.T) string {
	t.Helper()
	types, shown, text := read(t), examples(t), strings.Builder{}
	text.WriteString("\n## Objects\n")
	known := objects(fieldsOf(t, types))
	for _, d := range documented {
		example, ok := shown[d.title]
		if !ok {
			t.Fatalf("examples.txt has no example with the title %q", "# "+d.title)
		}
		delete(shown, d.title)
		var o map[string]any
		if err := json.Unmarshal([]byte(example), &o); err != nil {
			t.Fatalf("the example of %s is no one object: %v", d.title, err)
		}
		if err := known[d.title].fits("", o); err != nil {
			t.Errorf("the example of %s: %v", d.title, err)
		}
		fmt.Fprintf(&text, "\n### %s\n\n%s\nPrinted by %s.\n\n```json\n%s\n```\n\n| field | | |\n|---|---|---|\n", d.title, d.about, d.by, example)
		whole := ""
		for _, f := range types.fields(t, d.of, "") {
			if whole != "" && strings.HasPrefix(f.path, whole) {
				continue
			}
			whole, f.comment = "", prose(f.comment)
			if f.path == "failures" || f.path == "failure" {
				whole, f.comment = f.path, "as [error](#error); "+f.comment
			}
			kind := f.kind
			if !f.required {
				kind += ", optional"
			}
			fmt.Fprintf(&text, "| `%s` | %s | %s |\n", f.path, kind, f.comment)
		}
	}
	if len(shown) > 0 {
		t.Errorf("examples of no object: %v", slices.Collect(maps.Keys(shown)))
	}
	return text.String()
}

// prose is a comment for a cell of a table.
func prose(comment string) string {
	return strings.NewReplacer("\n", " ", "|", "\\|", "<", "&lt;").Replace(comment)
}
