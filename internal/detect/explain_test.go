package detect

import (
	"fmt"
	"strings"
)

// explain is the whole of a result as readable text, for comparisons.
func explain(repo Repository) string {
	var b strings.Builder
	for _, s := range repo.Services {
		fmt.Fprintf(&b, "%s (%s) in %s: %s", s.Name, s.StackName, s.Dir, s.Framework)
		if s.Frontend {
			b.WriteString(", a page")
		}
		b.WriteString("\n")
		fmt.Fprintf(&b, "  port %d, host %d: %s\n", s.Port.Number, s.HostPort, place(s.Port.Evidence))
		fmt.Fprintf(&b, "  %s %s%s: %s\n", s.Runtime.Language, s.Runtime.Version, prefixed(" ", s.Runtime.Flags), place(s.Runtime.Evidence))
		fmt.Fprintf(&b, "  packages %s%s %s %s%s%s\n", s.Packages.Manager, prefixed("@", s.Packages.Version), s.Packages.Manifest, s.Packages.Lock,
			prefixed(" with ", strings.Join(s.Packages.Includes, " "))+prefixed(" workspace ", s.Packages.Workspace)+
				prefixed(" of ", strings.Join(s.Packages.Members, " "))+prefixed(" linked ", strings.Join(s.Packages.Linked, " "))+
				prefixed(" missing ", strings.Join(s.Packages.Missing, " "))+prefixed(" built by ", strings.Join(s.Packages.Builders, " "))+
				prefixed(" compiled with ", strings.Join(s.Packages.Build, " "))+prefixed(" loads ", strings.Join(s.Packages.Run, " ")),
			map[bool]string{true: " native"}[s.Packages.Native]+map[bool]string{true: " stale"}[s.Packages.Stale])
		fmt.Fprintf(&b, "  dev %s\n", strings.Join(s.Dev, " "))
		for _, line := range [][2]string{
			{"build", strings.Join(s.Build, " ")},
			{"output", s.Output},
			{"prod", strings.Join(s.Prod, " ")},
			{"module", s.Module},
			{"prod module", s.ProdModule},
			{"migrate", strings.Join(s.Migrate, " ")},
			{map[bool]string{true: "seed once", false: "seed offered"}[s.Seed.Once], strings.Join(s.Seed.Command, " ")},
			{"again for", strings.Join(s.MigrateFiles, " ")},
			{"ready", s.Ready},
			{"routes", strings.Join(s.Routes, " ")},
			{"dockerfile", s.Dockerfile},
			{"built from", s.BuiltFrom},
			{"compose", s.Compose + map[bool]string{true: " included"}[s.Included]},
			{"mounted", s.Mounted + prefixed(" without ", strings.Join(s.Installed, " "))},
			{"command", strings.Join(s.Command, " ")},
			{"needs", strings.Join(s.Needs, " ")},
		} {
			if line[1] != "" {
				fmt.Fprintf(&b, "  %s %s\n", line[0], line[1])
			}
		}
		for _, w := range s.Workers {
			fmt.Fprintf(&b, "  worker %s %s: %s\n", w.Name, strings.Join(w.Command, " "), place(w.Evidence))
		}
		for _, set := range s.Settings {
			fmt.Fprintf(&b, "  sets %s=%s\n", set.Name, set.Value)
		}
		for _, set := range s.Debugging {
			fmt.Fprintf(&b, "  sets %s=%s in development\n", set.Name, set.Value)
		}
		if s.Forward != 0 {
			fmt.Fprintf(&b, "  forwarded from %d\n", s.Forward)
		}
		if s.Public.Text != "" {
			fmt.Fprintf(&b, "  public: %s\n", place(s.Public))
		}
		for _, v := range s.Variables {
			words := prefixed(" -> ", v.Sibling) + v.Path + prefixed(" = ", v.Value) + prefixed(" of ", v.Data)
			for _, is := range []struct {
				so   bool
				word string
			}{{v.Inside, "inside"}, {v.Socket, "ws"}, {v.Default, "has default"}, {v.Required, "required"}, {v.Secret, "secret"}} {
				if is.so {
					words += " " + is.word
				}
			}
			fmt.Fprintf(&b, "  $%s%s: %s\n", v.Name, words+prefixed(" usually ", v.Usual)+prefixed(" or ", v.StandIn)+prefixed(" generated ", string(v.Generate)), place(v.Evidence))
		}
		for _, l := range s.Listens {
			fmt.Fprintf(&b, "  listens by %s=%s\n", l.Name, l.Value)
		}
		if len(s.Aliases) > 0 {
			fmt.Fprintf(&b, "  also called %s\n", strings.Join(s.Aliases, " "))
		}
		if s.PortName != "" {
			fmt.Fprintf(&b, "  sets %s\n", s.PortName)
		}
		for _, f := range s.EnvFiles {
			fmt.Fprintf(&b, "  env file %s%s%s\n", f.Path, prefixed(" from ", f.Example), map[bool]string{true: ", to be passed"}[f.Pass])
		}
		for _, e := range s.Remarks {
			fmt.Fprintf(&b, "  ! %s\n", place(e.Evidence))
			if e.Fix != "" {
				fmt.Fprintf(&b, "    %s\n", e.Fix)
			}
		}
		for _, e := range s.Evidence {
			fmt.Fprintf(&b, "  - %s\n", place(e))
		}
	}
	for _, l := range repo.Loopbacks {
		fmt.Fprintf(&b, "network %s of %s\n", l.Name, strings.Join(append(l.Members, l.Data...), ", "))
		for _, r := range l.Relays {
			fmt.Fprintf(&b, "  port %d is forwarded to %d\n", r.From, r.To)
		}
		for _, e := range append(l.Calls, l.Hidden...) {
			fmt.Fprintf(&b, "  - %s\n", place(e))
		}
	}
	for _, d := range repo.Data {
		fmt.Fprintf(&b, "data %s: %s%s%s, host %d, login %s:%s/%s, for %s%s\n", d.Key, d.Service, prefixed(" as ", d.Variant), map[bool]string{true: " of compose"}[d.Compose],
			d.HostPort, d.Login.User, d.Login.Password, d.Login.Name, strings.Join(d.Users, " "), prefixed(", seeds ", strings.Join(d.Seeds, " ")))
		for _, e := range d.Evidence {
			fmt.Fprintf(&b, "  - %s\n", place(e))
		}
		for _, f := range d.Fixed {
			fmt.Fprintf(&b, "  fixed in %s: %s %s\n", f.User, f.Host, place(f.Evidence))
		}
	}
	for _, r := range repo.Rejected {
		fmt.Fprintf(&b, "%s %s: %s [%s]\n", map[bool]string{true: "left out", false: "no"}[r.Expected], r.Dir, r.Why, place(r.Evidence))
	}
	if len(repo.Includes) > 0 {
		fmt.Fprintf(&b, "includes %s\n", strings.Join(repo.Includes, " "))
	}
	if len(repo.Compose) > 0 {
		fmt.Fprintf(&b, "compose %s\n", strings.Join(repo.Compose, " "))
	}
	return b.String()
}

func place(e Evidence) string {
	where := e.File
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	return strings.Trim(where+" "+e.Text, " ")
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}
