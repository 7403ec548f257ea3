package npm

import (
	"fmt"
	"testing"
)

// TestAt: a word that is a value, too, is found where it is a key.
func TestAt(t *testing.T) {
	t.Parallel()
	p, err := ParseManifest("package.json", "{\n\"scripts\": {\"dev\": \"vite\"},\n\"vite\" :1,\n\"x\": \"y\"}")
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]int{"vite": 3, "scripts": 2, "dev": 2, "y": 0, "none": 0} {
		if got := p.At(key, "").Line; got != want {
			t.Errorf("%s is in line %d, want %d", key, got, want)
		}
	}
}

// TestNeeds: fields of a package.json that are of another form than usual lose only themselves.
func TestNeeds(t *testing.T) {
	t.Parallel()
	p, err := ParseManifest("package.json", `{"dependencies": {"a": "1", "b": {"version": "2"}, "c": null}, "devDependencies": {"a": "9", "d": "4"}, "scripts": ["x"], "engines": "node 18", "main": 5}`)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a": "1", "d": "4", "c": ""} {
		if got, found := p.Needs(name); got != want || !found {
			t.Errorf("%s: %q, %v; want %q", name, got, found, want)
		}
	}
	if got, found := p.Needs("b"); found {
		t.Errorf("b: %q, want none", got)
	}
	if got := p.NeedsOneOf("x", "d", "a"); got != "d" {
		t.Errorf("the first is %q, want d", got)
	}
	if e := p.At("nothing", "x"); e.Line != 0 || e.File != "package.json" {
		t.Errorf("evidence of a key that is missing: %+v", e)
	}
}

// TestWants: what a package.json says of the version of a package.
func TestWants(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		return map[string]string{"package.json": `{"dependencies": {"vite": "^5"}, "devDependencies": {"vite": "6", "next": {}}, "peerDependencies": {"vue": "3"}}`}[name]
	}
	for name, want := range map[string]string{"vite": "^5 true", "next": " true", "vue": " false"} {
		versions, found := Wants(read, name)
		if got := fmt.Sprint(versions, " ", found); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
