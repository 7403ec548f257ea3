package untrusted

import "cmp"

// Quoter quotes what has a notation in most cases, and keeps the first error.
type Quoter struct{ Err error }

func (q *Quoter) keep(text Inert, err error) Inert {
	q.Err = cmp.Or(q.Err, err)
	return text
}

// Shell is [ShellWords].
func (q *Quoter) Shell(words ...string) Inert { return q.keep(ShellWords(words...)) }

// Copy is [DockerWords].
func (q *Quoter) Copy(paths ...string) Inert { return q.keep(DockerWords(paths...)) }

// Pattern is [IgnorePattern].
func (q *Quoter) Pattern(path string) Inert { return q.keep(IgnorePattern(path)) }
