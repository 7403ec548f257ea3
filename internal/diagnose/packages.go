package diagnose

import (
	"cmp"
	"strings"

	"github.com/devup-cli/devup/internal/stack/python"
)

// distribution is the package that most likely holds a Python module.
func distribution(module string) string {
	top, _, _ := strings.Cut(module, ".")
	return cmp.Or(python.PackageOf(top), strings.ReplaceAll(top, "_", "-"))
}

// npmPackage is the npm package of what was imported: "@scope/name/file" and
// "name/file" belong to "@scope/name" and "name".
func npmPackage(imported string) string {
	parts := strings.SplitN(imported, "/", 3)
	if strings.HasPrefix(imported, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}
