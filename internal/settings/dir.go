package settings

import (
	"path"
	"strings"
)

// Dir is the directory of devup's own files of settings on an operating system:
// below XDG_CONFIG_HOME where that is set, else where the system keeps such
// files. It is empty when it is not known where that is, as for a user without a
// home directory.
func Dir(goos string, env func(string) string, home string) string {
	if dir := env("XDG_CONFIG_HOME"); path.IsAbs(dir) { // the standard: a relative one counts as unset
		return path.Join(dir, "devup")
	}
	switch {
	case goos == "windows" && env("AppData") != "":
		return strings.TrimRight(env("AppData"), `\/`) + `\devup`
	case home == "":
		return ""
	case goos == "windows":
		return strings.TrimRight(home, `\/`) + `\AppData\Roaming\devup`
	case goos == "darwin":
		return path.Join(home, "Library/Application Support/devup")
	default:
		return path.Join(home, ".config/devup")
	}
}
