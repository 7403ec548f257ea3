package node

import (
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
	"github.com/devup-cli/devup/internal/stack/versions"
	"github.com/devup-cli/devup/internal/tree"
)

// Nuxt is an app of Nuxt.
var Nuxt = stack.Stack{
	Name: "node", Title: "Nuxt", Language: &Language, Frontend: true, Port: 3000,
	Packages: []string{"nuxt"},
	Find:     runs([]string{"nuxt", "nuxi"}, "nuxt", "nuxt-edge", "nuxi"),
	Describe: func(a *stack.App) { nuxtBuilt(a).describe(a) },
	Commands: func(a *stack.App) stack.Commands { return nuxtBuilt(a).commands(a) },
	Prefixes: []string{"NUXT_PUBLIC_", "NUXT_ENV_"},
	Settings: []string{"NITRO_PORT", "NITRO_HOST"},
	Proxy: []stack.Rule{
		{
			From:      stack.Release(3, 0),
			Variables: []stack.Setting{viteHosts},
		},
	},
	ServerSide: true,
}

// nuxtBuilt is how a version of Nuxt builds: https://nuxt.com/docs/getting-started/deployment
// from 3 on; the server of Nuxt 2 is its start script.
func nuxtBuilt(a *stack.App) built {
	p := npm.ManifestOf(a.Tree, a.Dir)
	version, _ := p.Needs("nuxt")
	if major := versions.Major(strings.TrimLeft(version, "^~>=v ")); major == 1 || major == 2 {
		return built{build: []string{"nuxt", "build"}, preview: []string{"nuxt", "start"}, flags: []string{"--hostname", "0.0.0.0", "--port", "{port}"}, of: func(*stack.App) outcome {
			return outcome{Output: outputOf(p, "nuxt generate", "dist"), ManyPages: true}
		}}
	}
	return built{build: []string{"nuxi", "build"}, flags: onAll, of: func(*stack.App) outcome {
		if output := outputOf(p, " generate", ".output/public"); output != "" {
			return outcome{Output: output, ManyPages: true}
		}
		return outcome{Prod: []string{"node", ".output/server/index.mjs"}}
	}}
}

// outputOf is the directory that a build script makes by a command; empty where it runs another.
func outputOf(p *npm.Manifest, command, output string) string {
	if strings.Contains(p.Script("build"), command) {
		return output
	}
	return ""
}

var (
	nuxtConfig    = lazyregexp.New(`(?:^|/)nuxt\.config\.[a-z]+$`)
	runtimeConfig = lazyregexp.New(`\bruntimeConfig\s*:\s*\{`)
	lineComment   = lazyregexp.New(`(?m)(?:^|\s)//.*$`)
	fieldName     = lazyregexp.New(`^\s*["']?([A-Za-z_]\w*)["']?\s*:\s*`)
	literal       = lazyregexp.New(`^(?:"([^"]*)"|'([^']*)'|([\d.]+|true|false))\s*$`)
	humps         = []*lazyregexp.Regexp{lazyregexp.New(`([a-z0-9])([A-Z])`), lazyregexp.New(`([A-Z])([A-Z][a-z])`)}
)

// runtimeUses are the variables that override the fields of Nuxt's runtimeConfig, each with its
// default: NUXT_PUBLIC_API_BASE is that of public.apiBase. What a field takes from another
// variable itself, its source says. https://nuxt.com/docs/guide/going-further/runtime-config
func runtimeUses(source tree.File) []stack.Use {
	if !nuxtConfig.MatchString(source.Path) {
		return nil
	}
	at := runtimeConfig.FindStringIndex(source.Text)
	if at == nil {
		return nil
	}
	f := configFields{source: source, text: lineComment.ReplaceAllStringFunc(source.Text, func(comment string) string { return strings.Repeat(" ", len(comment)) })}
	f.add("NUXT", at[1], 4)
	return f.found
}

// configFields collects the fields of an object in a source.
type configFields struct {
	source tree.File
	text   string // the source without comments, in which each place is the same
	found  []stack.Use
}

// add adds the fields of an object from where its bracket has opened, and of so many levels
// of objects in it.
func (f *configFields) add(prefix string, start, levels int) {
	for start < len(f.text) && levels > 0 {
		item := stack.Item(f.text[start:])
		if m := fieldName.FindStringSubmatchIndex(item); m != nil {
			name, value := prefix+"_"+nuxtName(item[m[2]:m[3]]), item[m[1]:]
			if strings.HasPrefix(value, "{") {
				f.add(name, start+m[1]+1, levels-1)
			} else if v := literal.FindStringSubmatch(value); v != nil {
				value = v[1] + v[2] + v[3]
				f.found = append(f.found, stack.Use{Name: name, Value: value, Set: value != "", Where: f.source.At(start+m[2], name)})
			}
		}
		if start += len(item); start < len(f.text) && f.text[start] != ',' {
			return
		}
		start++
	}
}

// nuxtName is a field as a part of a variable's name: apiBase is API_BASE.
func nuxtName(field string) string {
	for _, hump := range humps {
		field = hump.ReplaceAllString(field, "${1}_$2")
	}
	return strings.ToUpper(field)
}
