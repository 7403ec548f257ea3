package ruby

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

var requires = lazyregexp.New(`(?m)^\s*require\s*\(?\s*["']([a-z][\w-]*(?:/[\w-]+)*)["']`)

var (
	// gems are those that are called otherwise than what a source requires of them.
	gems = map[string]string{"active_record": "activerecord", "sinatra/activerecord": "sinatra-activerecord", "rest_client": "rest-client", "data_mapper": "data_mapper", "dm-core": "dm-core"}
	// standard is what Ruby has itself: https://stdgems.org
	standard = strings.Fields("abbrev base64 benchmark bigdecimal bundler cgi csv date delegate digest drb English erb etc fileutils find forwardable io ipaddr json " +
		"logger matrix minitest monitor net observer open-uri open3 openssl optparse ostruct pathname pp prime pstore psych random rbconfig readline resolv ripper " +
		"rubygems securerandom set shellwords singleton socket stringio strscan syslog tempfile time timeout tmpdir tsort un uri weakref yaml zlib")
)

// maxFiles bounds the sources that are read for gems.
const maxFiles = 200

// required are the gems that the sources of an app without a Gemfile require, besides others.
func required(a *stack.App, others []string) []string {
	names, own := slices.Clone(others), []string{}
	for _, f := range a.Tree.Below(a.Dir, func(f *tree.Directory) bool { return !tree.IsAside(f.Path) }) {
		for _, name := range f.Names {
			if path.Ext(name) != ".rb" || len(own) == maxFiles {
				continue
			}
			own = append(own, strings.TrimSuffix(name, ".rb"))
			for _, m := range requires.FindAllStringSubmatch(a.Tree.Source(path.Join(f.Path, name)).Text, -1) {
				base, part, _ := strings.Cut(m[1], "/")
				switch {
				case gems[m[1]] != "":
					base = gems[m[1]]
				case base == "sinatra" && part != "" && part != "base":
					names = append(names, "sinatra-contrib")
				}
				names = append(names, base)
			}
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(standard, name) || slices.Contains(own, name) })
	slices.Sort(names)
	return slices.Compact(names)
}
