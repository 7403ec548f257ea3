package run

import "github.com/distribution/reference"

// sameReference says whether two image references mean the same, whatever is
// left out of either ("redis" and "docker.io/library/redis:latest").
func sameReference(a, b string) bool {
	x, y := normal(a), normal(b)
	return x != "" && x == y
}

// normal is a reference written out in full, or empty for what is none.
func normal(ref string) string {
	named, err := reference.ParseDockerRef(ref)
	if err != nil {
		return ""
	}
	return named.String()
}
