package doctor

import (
	"fmt"
	"strings"

	"github.com/devup-cli/devup/internal/settings"
	"github.com/devup-cli/devup/internal/workspace"
)

func checkPlace(place workspace.Place) Finding {
	title := place.Title
	if title == "" {
		title = "this machine"
	}
	text := fmt.Sprintf("%s; port 3000 would be at %s", title, place.URL(3000))
	if place.Note == "" {
		return good(text)
	}
	found, hint, _ := strings.Cut(place.Note, "; ")
	return warning(title+": "+found, hint)
}

func checkSettings(s settings.Settings) Finding {
	if s.File == "" {
		return good("no file; the defaults hold")
	}
	return good("from " + s.File)
}
