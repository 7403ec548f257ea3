package project

import (
	"path/filepath"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

func TestFindLoadsUnderAnyName(t *testing.T) {
	t.Parallel()
	found, err := Find(Options{Dir: directory(t, "-- compose.yaml --\nname: shop\nservices: {web: {image: nginx, environment: {NAME: \"${COMPOSE_PROJECT_NAME}\"}}}\n")})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"shop", "shop-1a2b3c"} {
		p, err := found.Load(t.Context(), name, "")
		if err != nil {
			t.Fatal(err)
		}
		if network, own := p.Networks["default"].Name, *p.Services["web"].Environment["NAME"]; p.Name != name || network != name+"_default" || own != name {
			t.Errorf("loaded as %q: name %q, network %q, COMPOSE_PROJECT_NAME %q", name, p.Name, network, own)
		}
	}
	if found.Name != "shop" || len(found.Files) != 1 || filepath.Base(found.Files[0]) != "compose.yaml" || found.Dir != filepath.Dir(found.Files[0]) {
		t.Errorf("found %q in %q: %q", found.Name, found.Dir, found.Files)
	}
}

func TestFindNameNeedsAValue(t *testing.T) {
	t.Parallel()
	_, err := Find(Options{Dir: directory(t, "-- compose.yaml --\nname: ${STAGE:?which stage}\nservices: {web: {image: nginx}}\n")})
	e := failure(t, err)
	if values := WantsOf(nil, err).Values; e.Code != fail.Config || e.Line != 1 || len(values) != 1 || values[0].Name != "STAGE" {
		t.Errorf("got %v at line %d, which lacks %v", e, e.Line, values)
	}
}
