package python

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/python/pip"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	celery      = lazyregexp.New(`\bCelery\(`)
	celeryApp   = lazyregexp.New(`(?m)^(\w+)\s*(?::\s*[\w.]+\s*)?=\s*(?:\w+\.)?Celery\(`)
	celeryBeat  = lazyregexp.New(`\bbeat_schedule\b|\bCELERY_BEAT_SCHEDULE\b|\bCELERYBEAT_SCHEDULE\b|\badd_periodic_task\(|django_celery_beat`)
	rqWorker    = lazyregexp.New(`\bWorker\(`)
	rqWork      = lazyregexp.New(`\.work\(`)
	arqSettings = lazyregexp.New(`(?m)^class[ \t]+(\w*WorkerSettings)\b`)
	dramatiq    = lazyregexp.New(`(?m)^\s*@(?:dramatiq\.)?actor\b`)
	hueyApp     = lazyregexp.New(`(?m)^(\w+)\s*=\s*(?:\w+\.)?\w*Huey\(`)
)

// Worker is a directory that holds nothing but a worker process: a queue's side that listens
// nowhere.
var Worker = stack.Stack{
	Name: "python", Title: "Worker", Language: &Language, Worker: true,
	Packages: []string{"celery", "rq", "arq", "dramatiq", "huey"},
	Find: func(a *stack.App) bool {
		all := workers(a)
		if len(all) == 0 || holdsServer(a) {
			return false
		}
		a.FoundAt = all[0].Evidence
		a.Entry = tree.Relative(a.Dir, all[0].Evidence.File)
		return true
	},
	Describe: func(a *stack.App) { a.Framework = a.FoundAt.Text },
	Commands: func(a *stack.App) stack.Commands {
		if all := workers(a); len(all) > 0 {
			return stack.Commands{Dev: all[0].Command}
		}
		return stack.Commands{}
	},
}

// holdsServer says whether the directory holds a server, of which the worker is a part.
func holdsServer(a *stack.App) bool {
	return slices.ContainsFunc(a.Sources, func(s tree.File) bool { return serves.MatchString(s.Text) })
}

// workers are the worker processes of the directory's code: those that its Procfile names, else
// those that its source shows.
func workers(a *stack.App) []stack.Worker {
	if named := procfileWorkers(a); len(named) > 0 {
		return named
	}
	needs := pip.Read(a.Tree, a.Dir)
	var all []stack.Worker
	for _, find := range []func(*stack.App, *pip.Requirements) []stack.Worker{celeryWorkers, rqWorkers, otherWorkers} {
		all = append(all, find(a, needs)...)
	}
	return all
}

var processLine = lazyregexp.New(`^([A-Za-z][\w-]*)\s*:\s*(.+)$`)

// workerWords are the commands that run a worker.
var workerWords = lazyregexp.New(`\b(?:celery|rq|rqworker|arq|dramatiq|huey_consumer(?:\.py)?|qcluster|run_huey|process_tasks)\b`)

func procfileWorkers(a *stack.App) []stack.Worker {
	name := path.Join(a.Dir, "Procfile")
	if !a.Tree.Has(name) {
		return nil
	}
	var all []stack.Worker
	for i, line := range strings.Split(tree.BlankComments(a.Tree.Text(name), "#"), "\n") {
		match := processLine.FindStringSubmatch(strings.TrimSpace(line))
		if match == nil || match[1] == "web" || match[1] == "release" || !workerWords.MatchString(match[2]) {
			continue
		}
		command := strings.Fields(match[2])
		if strings.ContainsAny(match[2], "$&|;<>'\"`\\=") && !plainFlags(command) {
			command = []string{"sh", "-c", match[2]}
		}
		all = append(all, stack.Worker{Name: strings.ToLower(match[1]), Command: command, Evidence: tree.At(name, i+1, workerTitle(command))})
	}
	return all
}

// plainFlags says whether "=" is all that the words have of a shell's signs, and only in flags.
func plainFlags(words []string) bool {
	for _, word := range words {
		if strings.ContainsAny(word, "$&|;<>'\"`\\") || strings.Contains(word, "=") && !strings.HasPrefix(word, "-") {
			return false
		}
	}
	return true
}

func workerTitle(words []string) string {
	for _, name := range []string{"celery", "rq", "arq", "dramatiq"} {
		if slices.Contains(words, name) || strings.Contains(words[len(words)-1], name+" ") {
			return strings.ToUpper(name[:1]) + name[1:] + " worker"
		}
	}
	return "worker"
}

// celeryWorkers are the workers of Celery, and its scheduler where there is a schedule.
func celeryWorkers(a *stack.App, needs *pip.Requirements) []stack.Worker {
	if !needs.Needs("celery") {
		return nil
	}
	made := makersOf(a.Sources, celery)
	for _, source := range a.Sources {
		variable, at := firstGroup(celeryApp, source.Text)
		if variable == "" {
			variable, at = made.madeBy(madeAtTop, source)
		}
		if variable == "" {
			continue
		}
		module := moduleOf(a, source, variable)
		shown := source.At(at, "Celery")
		all := []stack.Worker{{Name: "worker", Command: []string{"celery", "-A", module, "worker", "--loglevel", "info"}, Evidence: shown}}
		if slices.ContainsFunc(a.Sources, func(s tree.File) bool { return celeryBeat.MatchString(s.Text) }) {
			all = append(all, stack.Worker{Name: "beat", Command: []string{"celery", "-A", module, "beat", "--loglevel", "info", "--schedule", "/tmp/celerybeat"}, Evidence: shown})
		}
		return all
	}
	return nil
}

// moduleOf is how a source is imported, with the variable where the tool would not look for it.
func moduleOf(a *stack.App, source tree.File, variable string) string {
	own := *a
	own.Entry = tree.Relative(a.Dir, source.Path)
	module := importedModule(&own)
	switch variable {
	case "", "app": // another app of the module comes before one called celery
		return module
	}
	return module + ":" + variable
}

// rqWorkers are the workers of RQ: a program that runs one, or the command of its framework.
func rqWorkers(a *stack.App, needs *pip.Requirements) []stack.Worker {
	switch {
	case needs.Needs("django-rq") && path.Base(a.Entry) == "manage.py":
		return []stack.Worker{{Name: "worker", Command: []string{"python", a.Entry, "rqworker"}, Evidence: tree.At(needs.Manifest, needs.Lines["django-rq"], "django-rq")}}
	case needs.Needs("flask-rq2"):
		return []stack.Worker{{Name: "worker", Command: []string{"flask", "rq", "worker"}, Evidence: tree.At(needs.Manifest, needs.Lines["flask-rq2"], "Flask-RQ2")}}
	case !needs.Needs("rq"):
		return nil
	}
	for _, source := range a.Sources {
		if at := rqWorker.FindStringIndex(source.Text); at != nil && rqWork.MatchString(source.Text) {
			return []stack.Worker{{Name: "worker", Command: []string{"python", tree.Relative(a.Dir, source.Path)}, Evidence: source.At(at[0], "RQ")}}
		}
	}
	return nil
}

// otherWorkers are those of arq, Dramatiq, Huey and Django Q.
func otherWorkers(a *stack.App, needs *pip.Requirements) []stack.Worker {
	django := path.Base(a.Entry) == "manage.py"
	for _, source := range a.Sources {
		match := arqSettings.FindStringSubmatchIndex(source.Text)
		if match != nil && needs.Needs("arq") {
			return []stack.Worker{{Name: "worker", Command: []string{"arq", moduleOf(a, source, "") + "." + source.Text[match[2]:match[3]]}, Evidence: source.At(match[0], "arq")}}
		}
		if at := dramatiq.FindStringIndex(source.Text); at != nil && needs.Needs("dramatiq") {
			return []stack.Worker{{Name: "worker", Command: []string{"dramatiq", moduleOf(a, source, "")}, Evidence: source.At(at[0], "Dramatiq")}}
		}
		if match := hueyApp.FindStringSubmatchIndex(source.Text); match != nil && needs.Needs("huey") && !django {
			return []stack.Worker{{Name: "worker", Command: []string{"huey_consumer", moduleOf(a, source, "") + "." + source.Text[match[2]:match[3]]}, Evidence: source.At(match[0], "Huey")}}
		}
	}
	switch {
	case django && needs.Needs("huey"):
		return []stack.Worker{{Name: "worker", Command: []string{"python", a.Entry, "run_huey"}, Evidence: tree.At(needs.Manifest, needs.Lines["huey"], "Huey")}}
	case django && needs.Needs("django-q", "django-q2"):
		return []stack.Worker{{Name: "worker", Command: []string{"python", a.Entry, "qcluster"}, Evidence: tree.Evidence{File: needs.Manifest, Text: "Django Q"}}}
	}
	return nil
}
