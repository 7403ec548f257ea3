package project

import "slices"

// Edit gives a copy of the project that edit has changed; p stays as it is. The copy
// shares nothing with p that edit could reach, so edit may write into it anywhere.
// Edit and [Project.Resolve] are the only places that copy a project.
func (p *Project) Edit(edit func(*Project)) *Project {
	same := func(s string) string { return s }
	own := *p
	own.Project, own.Extensions = rewritten(p.Project, same), rewritten(p.Extensions, same)
	own.Gateway, own.declared = rewritten(p.Gateway, same), rewritten(p.declared, same)
	own.Notes = slices.Clone(p.Notes)
	edit(&own)
	return &own
}
