// Package detect finds the services of a repository: which directories hold
// something that runs, as what, on which port, with which language version, and
// which variables tie them together. Each decision carries its evidence, and
// directories that only looked like a service are named with the reason.
//
// [Scan] looks at a whole repository, [ScanFor] at the services that a user
// named. Both only read, and only through an [io/fs.FS]: no process is run, no
// symbolic link followed, no file opened that a decision does not need, and
// none read beyond a bound. Nothing here writes files; package scaffold makes
// them of what was found.
//
// The way through the package: tree (names of directories and files, without what
// .gitignore names) → the stacks of each language find their services → ports,
// versions, commands → variables and wiring → [Repository]. What is known of one
// language or framework is in internal/stack.
package detect
