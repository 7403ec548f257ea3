package main

import (
	"context"
	"testing"
)

// TestInterrupts: the first signal cancels, and the next ends the process, unless the command
// asked for it; then the one after that does.
func TestInterrupts(t *testing.T) {
	t.Parallel()
	watched := true
	first, cancel := context.WithCancel(t.Context())
	i := &interrupts{watch: func() { watched = true }, release: func() { watched = false }, first: cancel}
	expect := func(when string, second context.Context, interrupted, ended, watches bool) {
		t.Helper()
		if (first.Err() != nil) != interrupted || (second.Err() != nil) != ended || watched != watches {
			t.Errorf("%s: first %v, second %v, watched %v", when, first.Err(), second.Err(), watched)
		}
	}
	second, stop := i.second(t.Context())
	expect("asked", second, false, false, true)
	i.receive()
	expect("once", second, true, false, true)
	i.receive()
	expect("twice", second, true, true, false)
	stop()

	second, stop = i.second(first) // asked after the first, with a context that is cancelled
	expect("asked again", second, true, false, true)
	i.receive()
	expect("insisted", second, true, true, false)
	stop()

	second, stop = i.second(t.Context())
	stop()
	expect("stopped after the first", second, true, true, false)
}

// TestOneInterrupt: without the command the first signal lets the second end the process.
func TestOneInterrupt(t *testing.T) {
	t.Parallel()
	watched := true
	first, cancel := context.WithCancel(t.Context())
	i := &interrupts{release: func() { watched = false }, first: cancel}
	i.receive()
	if first.Err() == nil || watched {
		t.Errorf("first %v, watched %v", first.Err(), watched)
	}
}
