// Package tree reads a repository: the names of its directories and files, without what
// .gitignore names and what tools write, and the text of files up to a bound.
//
// [Walk] makes a [Tree]. It reads through an [io/fs.FS] alone, follows no symbolic link, and
// opens no file but .gitignore and git's index; the text of a file is read when it is asked for. Nothing is
// decided here but which directories were passed over, and why.
package tree
