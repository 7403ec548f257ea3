package localcall

import "testing"

func TestParseURL(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Address{
		"https://4567-${GITPOD_WORKSPACE_ID}.${GITPOD_WORKSPACE_CLUSTER_HOST}":       {4567, "", false},
		"https://4567-$GITPOD_WORKSPACE_ID.$GITPOD_WORKSPACE_CLUSTER_HOST/api":       {4567, "/api", false},
		"https://3000-me-cruddur-abc123.ws-eu90.gitpod.io":                           {3000, "", false},
		"https://${CODESPACE_NAME}-4567.${GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN}": {4567, "", false},
		"https://fluffy-train-4567.app.github.dev/v1":                                {4567, "/v1", false},
		"http://localhost:5000/api/":                                                 {5000, "/api/", false},
		"http://backend-flask:4567":                                                  {4567, "", false},
		"ws://127.0.0.1:8080":                                                        {8080, "", true},
	} {
		if got, ok := ParseURL(text); !ok || got != want {
			t.Errorf("ParseURL(%q) = %+v, %v; want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{"https://api.stripe.com", "postgres://u:p@localhost:5432/db", "http://localhost:99999", "*4567-*", "https://4567-.", ""} {
		if got, ok := ParseURL(text); ok {
			t.Errorf("ParseURL(%q) = %+v, want none", text, got)
		}
	}
}
