package scaffold

import "github.com/devup-cli/devup/internal/detect"

// Merge is what Compare leads a file to, for tests that look at the whole of it.
var Merge = merge

// ForService makes the files of one service, in which only Name, Dir and Stack have to be set.
func ForService(repo detect.Repository, s detect.Service) ([]File, error) {
	return serviceFiles(complete(repo), withDefaults(s))
}
