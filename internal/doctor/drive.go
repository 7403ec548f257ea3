package doctor

import "github.com/devup-cli/devup/internal/lazyregexp"

// windowsDrive is a path of WSL that lies on a drive of Windows.
var windowsDrive = lazyregexp.New(`^/mnt/[a-z](/|$)`)

// checkDrive looks whether Linux inside Windows reaches the project over a network file
// system, which containers see slowly and without notices of changes.
func checkDrive(o Options) Finding {
	switch {
	case !o.Machine.WSL:
		return nothing()
	case !windowsDrive.MatchString(o.Project.Dir):
		return good("")
	}
	return warning("the project lies on a drive of Windows, so builds are slow and live edits may not show",
		"clone it inside the Linux file system, for example below ~/")
}
