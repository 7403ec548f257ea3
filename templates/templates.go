// Package templates is the text that devup init fills in: one folder a stack
// under stacks, and stacks/project for the files of the repository as a whole.
// It is an embedded file system and nothing else; package scaffold renders it.
//
// A template holds if and range, no decisions: those are made before and arrive
// as fields. A new stack adds a folder here, a detector and a golden tree.
package templates

import "embed"

// FS holds the templates. A file's path is that of the file it becomes, with
// .tmpl at the end, so that no tool takes a template for the real thing.
//
//go:embed all:stacks
var FS embed.FS
