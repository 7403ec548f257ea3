// Package e2e tries devup as a person has it: the built binary, on a real engine, with
// files on a disk. Its tests have the build tag e2e and run where DOCKER_HOST or the
// usual socket leads to an engine; `make test` sees to that.
//
// Each test holds one invariant. It looks at the engine, the files or the answers of the
// services first and at devup's words only where the words are what it is about. Each
// works in a copy of its own whose directory, and so whose project, has a name that no other
// has; all that carries such a name is removed at the end of the run.
package e2e
