//go:build !unix

package lock

// noFollow lets the opening of a link fail. Here only administrators make links.
const noFollow = 0
