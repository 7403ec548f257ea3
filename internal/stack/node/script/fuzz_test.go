package script

import "testing"

// FuzzCommands: whatever scripts hold, reading them ends, and each command has a program.
func FuzzCommands(f *testing.F) {
	for _, seed := range []string{"npm run dev && npm run web", `concurrently "npm:dev*" 'run-p dev web'`, "cross-env A=b dotenv -e x --", "(cd a; b) | { c & }", "wireit", `"`, "bun run", "npx -p", "yarn run --"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, dev, web string) {
		s := Scripts{Texts: map[string]string{"dev": dev, "web": web}, Wireit: map[string]Wireit{"dev": {Command: web, Dependencies: []string{"web", "dev"}}}}
		all := s.Commands("dev")
		if len(all) > maxCommands {
			t.Errorf("%d commands", len(all))
		}
		for _, c := range all {
			if len(c.Words) == 0 || c.Script != "" && s.Texts[c.Script] == "" {
				t.Errorf("%+v", c)
			}
		}
	})
}
