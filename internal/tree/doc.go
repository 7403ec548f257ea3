// Package tree reads a repository: the names of its folders and files, without what
// .gitignore names and what tools write, and the text of files up to a bound.
//
// [Walk] makes a [Tree]. It reads through an [io/fs.FS] alone, follows no symbolic link, and
// opens no file but .gitignore; the text of a file is read when it is asked for. Nothing is
// decided here but which folders were passed over, and why.
package tree
