// Package arch holds no code: its test is the map of the packages, which says what
// each may import. A new arrow is a change of the design: draw it there first.
package arch
