package project

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

// TestModels: the variables of models are those of Docker Compose, and need a server.
func TestModels(t *testing.T) {
	t.Parallel()
	dir := directory(t, `-- compose.yaml --
services:
  short:
    image: x
    environment: {SMALL_LLM_URL: mine}
    models: [small-llm]
  long:
    image: x
    models: {small-llm: {endpoint_var: AI, model_var: AI_NAME}}
  other: {image: x}
models: {small-llm: {model: ai/small}}
`)
	p, err := Load(t.Context(), Options{Dir: dir, ModelURL: "http://models:11434/v1"})
	if err != nil {
		t.Fatal(err)
	}
	for service, want := range map[string]map[string]string{
		"short": {"SMALL_LLM_URL": "http://models:11434/v1", "SMALL_LLM_MODEL": "ai/small"},
		"long":  {"AI": "http://models:11434/v1", "AI_NAME": "ai/small"},
		"other": {},
	} {
		got := p.Services[service].Environment
		if len(got) != len(want) {
			t.Errorf("%s: %v", service, got)
		}
		for name, value := range want {
			if got[name] == nil || *got[name] != value {
				t.Errorf("%s: %s is %v, want %s", service, name, got[name], value)
			}
		}
	}
	_, err = Load(t.Context(), Options{Dir: dir})
	if fail.CodeOf(err) != fail.Config || !strings.Contains(err.Error(), "compose.yaml:8: service long needs models") {
		t.Errorf("without a server: %v", err)
	}
	if _, err := Load(t.Context(), Options{Dir: dir, Services: []string{"other"}}); err != nil {
		t.Errorf("without the services: %v", err)
	}
}
