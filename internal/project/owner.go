package project

// WantsOwner tells whether the config refers to DEVUP_UID or DEVUP_GID, so that
// [Where] must have them. It is false for a resolved project.
func (p *Project) WantsOwner() bool {
	wants := false
	note := func(s string) string {
		fill(s, func(name string) (string, bool) {
			wants = wants || name == uidName || name == gidName
			return "", false
		})
		return s
	}
	rewritten(p.Services, note)
	return wants
}

// AllPublic gives a copy in which every service may be opened to the internet, as if
// x-devup said public: true everywhere but at those that only hold data: who means these
// too has to write it.
func (p *Project) AllPublic() *Project {
	return p.Edit(func(own *Project) {
		for name, x := range own.Extensions {
			x.Public = x.Public || !holdsData(own.Services[name].Image)
			own.Extensions[name] = x
		}
	})
}
