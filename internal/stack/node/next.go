package node

import (
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

// Next is an app of Next.js.
var Next = stack.Stack{
	Name: "node", Title: "Next.js", Language: &Language, Page: true, Port: 3000,
	Packages:   []string{"next"},
	Find:       runs([]string{"next"}, "next"),
	Commands:   servers("-H", "0.0.0.0", "-p", "{port}"),
	Prefixes:   []string{"NEXT_PUBLIC_"},
	Reads:      "process.env.NEXT_PUBLIC_",
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
