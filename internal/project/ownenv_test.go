package project

import (
	"testing"
)

// FuzzOwnEnv holds that strangers' env files make nothing panic.
func FuzzOwnEnv(f *testing.F) {
	f.Add("A=http://localhost:3000/$B\nB='x'")
	f.Add("ORIGINS=[\"http://localhost:3000\",")
	f.Add("export X")
	f.Fuzz(func(_ *testing.T, text string) { openValues(text) })
}
