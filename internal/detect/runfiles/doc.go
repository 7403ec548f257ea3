// Package runfiles reads the files in which people wrote how their repository runs: Compose files,
// Dockerfiles, Procfiles and env files. It says what stands there; detect decides what follows
// from it. A file that its format's parser cannot read gives nothing.
package runfiles
