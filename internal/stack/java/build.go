package java

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

const (
	maven  = "maven"
	gradle = "gradle"
)

// The releases where nothing asks for another.
const (
	newestMaven  = "3.9"
	newestGradle = "8.14"
	usual        = "21" // of Java: what most projects build with
)

var wrapperVersion = lazyregexp.New(`distributionUrl\s*=.*gradle-(\d+(?:\.\d+){1,2})-`)

// packagesOf says which tool builds the module, and from which directory. The tool of the
// image is taken, at the version of a wrapper: a wrapper would download the same once more,
// and often lacks its permission or has the wrong line ends.
func packagesOf(a *stack.App) stack.Packages {
	root := rootOf(a.Tree, a.Dir)
	p := stack.Packages{Manager: maven, Manifest: a.Directory().First(manifests...)}
	if strings.HasPrefix(p.Manifest, "build.gradle") {
		p.Manager = gradle
		text := a.Tree.Text(path.Join(root, "gradle", "wrapper", "gradle-wrapper.properties"))
		if match := wrapperVersion.FindStringSubmatch(text); match != nil {
			p.Version = match[1]
		}
	}
	if root != a.Dir {
		p.Workspace = root
		p.Linked = linked(a.Tree, root, a.Dir)
	}
	for _, dir := range modules(a.Tree, root) {
		if dir != root {
			p.Members = append(p.Members, tree.Relative(root, dir))
		}
		if name := a.Tree.Directory(dir).First(manifests...); p.Manager == maven && name == "pom.xml" {
			p.Includes = append(p.Includes, tree.Relative(root, path.Join(dir, name)))
		}
	}
	return p
}

// linked are the modules of a build that one of them depends on, directly or through others,
// relative to the root: its packages and settings are the program's, too.
func linked(t *tree.Tree, root, dir string) []string {
	all, found := modules(t, root), []string{dir}
	for i := 0; i < len(found); i++ {
		f := t.Directory(found[i])
		text := parent.ReplaceAllString(t.Text(path.Join(f.Path, f.First(manifests...))), "")
		for _, other := range all {
			if other != root && !slices.Contains(found, other) && dependsOn(text, t, root, other) {
				found = append(found, other)
			}
		}
	}
	var relative []string
	for _, other := range found[1:] {
		relative = append(relative, tree.Relative(root, other))
	}
	slices.Sort(relative)
	return relative
}

// dependsOn says whether the text of a build file names a module: by its artifact in Maven, by
// its path in Gradle.
func dependsOn(text string, t *tree.Tree, root, module string) bool {
	pom := parent.ReplaceAllString(t.Text(path.Join(module, "pom.xml")), "")
	if name := artifact.FindStringSubmatch(pom); name != nil {
		return strings.Contains(text, "<artifactId>"+name[1]+"</artifactId>")
	}
	gradlePath := ":" + strings.ReplaceAll(tree.Relative(root, module), "/", ":")
	return strings.Contains(text, `"`+gradlePath+`"`) || strings.Contains(text, "'"+gradlePath+"'")
}

var artifact = lazyregexp.New(`<artifactId>([\w.-]+)</artifactId>`)

// commands build and run the module with the build's own plugin.
func commands(a *stack.App) stack.Commands {
	module := a.Member()
	if a.Packages.Manager == gradle {
		task := ""
		if module != "" {
			task = ":" + strings.ReplaceAll(module, "/", ":") + ":"
		}
		return stack.Commands{
			Dev:   stack.Reload([]string{"gradle", "--quiet", task + "classes"}, "gradle", "--console=plain", task+"bootRun"),
			Build: []string{"gradle", "--no-daemon", task + "bootJar"},
			Prod:  []string{"java", "-jar", "/app.jar"},
		}
	}
	build, run := []string{"mvn", "--quiet", "--batch-mode", "compile"}, []string{"mvn", "--batch-mode", "-Dmaven.test.skip=true", "spring-boot:run"}
	pack := []string{"mvn", "--batch-mode", "-Dmaven.test.skip=true", "package"}
	if module != "" {
		build = []string{"mvn", "--quiet", "--batch-mode", "-Dmaven.test.skip=true", "--projects", module, "--also-make", "install"}
		run = append(run, "--projects", module)
		pack = append(pack, "--projects", module, "--also-make")
	}
	return stack.Commands{Dev: stack.Reload(build, run...), Build: pack, Prod: []string{"java", "-jar", "/app.jar"}}
}

// installation is what the template reads as .Install.
type installation struct {
	Base    untrusted.Inert // the image that builds
	Maven   bool
	Sources untrusted.Inert // names of files after whose edit the program is built again, as find takes them
	Build   untrusted.Inert // the command that builds it for development, for sh
	Jars    untrusted.Inert // the directory of the built jar, for sh
	Owned   untrusted.Inert // directories that the build writes to, for sh
}

func install(q *untrusted.Quoter, s stack.Service, _ *stack.Stack) any {
	release, _ := stack.ImageTag(s.Runtime.Version)
	release = cmp.Or(release, usual)
	v := installation{
		Base: "maven:" + newestMaven + "-eclipse-temurin-" + release, Maven: s.Packages.Manager != gradle, Build: "true", Jars: "target",
		Sources: `-path "*/src/main/*" -type f -o -name pom.xml -o -name "*.gradle" -o -name "*.gradle.kts"`,
	}
	if !v.Maven {
		v.Base = "gradle:" + cmp.Or(untrusted.Version(s.Packages.Version), newestGradle) + "-jdk" + release
		v.Jars = "build/libs"
	}
	v.Jars = q.Shell(path.Join("./", s.Member(), string(v.Jars)))
	if build := stack.Rebuild(s.Dev); build != nil {
		v.Build = q.Shell(build...)
	}
	v.Owned = q.Shell(keeps(s)...)
	return v
}

// copies are the files that decide which packages are downloaded: each pom.xml of the build.
func copies(q *untrusted.Quoter, s stack.Service) []untrusted.Inert {
	var layers []untrusted.Inert
	for _, name := range s.Packages.Includes {
		to := "./"
		if dir := path.Dir(name); dir != "." {
			to = dir + "/"
		}
		layers = append(layers, q.Copy(name, to))
	}
	return layers
}

// keeps are the directories in which the build writes: what this machine's own builds wrote
// there may be of another Java.
func keeps(s stack.Service) []string {
	name := "target"
	if s.Packages.Manager == gradle {
		name = "build"
	}
	dirs := []string{name}
	if s.Packages.Manager == gradle {
		dirs = append(dirs, ".gradle")
	}
	for _, member := range s.Packages.Members {
		dirs = append(dirs, path.Join(member, name))
	}
	return dirs
}
