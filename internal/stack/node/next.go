package node

import (
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

// Next is an app of Next.js.
var Next = stack.Stack{
	Name: "node", Title: "Next.js", Language: &Language, Frontend: true, Port: 3000,
	Packages:   []string{"next"},
	Find:       runs([]string{"next"}, "next"),
	Describe:   nextBuilt.describe,
	Commands:   nextBuilt.commands,
	Prefixes:   []string{"NEXT_PUBLIC_"},
	EnvSyntax:  "process.env.NEXT_PUBLIC_",
	ServerSide: true,
	Listen:     stack.Listen{Prints: lazyregexp.New(`Next\.js \d|next dev`), Hint: "start Next with `next dev -H 0.0.0.0`"},
	Proxy: []stack.Rule{
		{
			// Next 15 warns, 16 refuses, and no variable is read: block-cross-site-dev.js of next 16.
			// Two stars stand for one name or more: matchWildcardDomain in its csrf-protection.js.
			From: stack.Release(16, 0),
			Line: stack.Line{
				Why: "refuses its own scripts to pages from addresses that it does not know", Has: `allowedDevOrigins`,
				Files: []string{"next.config.js", "next.config.ts", "next.config.mjs", "next.config.mts"}, Code: `allowedDevOrigins: ["**{suffix}"]`,
			},
		},
	},
}

var exportsPages = lazyregexp.New(`\boutput\s*:\s*["']export["']`)

// nextBuilt is a server, or files where the configuration exports them:
// https://nextjs.org/docs/app/guides/static-exports.
var nextBuilt = built{
	build: []string{"next", "build"}, preview: []string{"next", "start"}, flags: []string{"-H", "0.0.0.0", "-p", "{port}"},
	of: func(a *stack.App) outcome {
		text := config(a, named("next.config")...)
		if !exportsPages.MatchString(text) {
			return outcome{}
		}
		out, found := stack.Match(text, `\bdistDir\s*:\s*["']\.?/?([\w-][\w./-]*?)/?["']`)
		if !found {
			out = "out"
		}
		return outcome{Output: out, ManyPages: true}
	},
}
