// Package templates is the text that devup init fills in: one directory a stack
// under stacks, and stacks/project for the files of the repository as a whole.
// Files under parts define what several of them share. It is an embedded file
// system and nothing else; package scaffold renders it.
//
// A template holds if, range and template, no decisions: those are made before and
// arrive as fields. A new stack adds a directory here: docs/adding-a-stack.md.
package templates

import "embed"

// FS holds the templates. A file's path is that of the file it becomes, with
// .tmpl at the end, so that no tool takes a template for the real thing.
//
//go:embed all:stacks parts
var FS embed.FS
