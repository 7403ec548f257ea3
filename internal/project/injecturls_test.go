package project

import (
	"testing"
)

func TestSiblingOf(t *testing.T) {
	t.Parallel()
	cruddur := []sibling{{"backend-flask", true}, {"dynamodb-local", false}, {"frontend-react-js", true}}
	plain := []sibling{{"django", true}, {"shop", true}, {"keycloak", false}}
	micro := []sibling{{"api-orders", true}, {"api-users", true}, {"storefront", true}}
	tests := []struct {
		variable, reader string
		services         []sibling
		want             string
	}{
		{"REACT_APP_BACKEND_URL", "frontend-react-js", cruddur, "backend-flask"},
		{"VITE_API_BASE_URL", "frontend-react-js", cruddur, "backend-flask"},
		{"REACT_APP_FRONTEND_URL", "frontend-react-js", cruddur, "frontend-react-js"},
		{"REACT_APP_API_GATEWAY_ENDPOINT_URL", "frontend-react-js", cruddur, ""},
		{"REACT_APP_STRIPE_API_URL", "frontend-react-js", cruddur, ""},
		{"REACT_APP_URL", "frontend-react-js", cruddur, ""},
		{"REACT_APP_BACKEND_KEY", "frontend-react-js", cruddur, ""},
		{"FRONTEND_URL", "backend-flask", cruddur, "frontend-react-js"},
		{"CLIENT_ORIGIN", "backend-flask", cruddur, "frontend-react-js"},
		{"BACKEND_URL", "backend-flask", cruddur, "backend-flask"},
		{"BACKEND_URL", "frontend-react-js", cruddur, ""}, // a server of its may call this one, from inside
		{"DATABASE_URL", "backend-flask", cruddur, ""},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "backend-flask", cruddur, ""},
		{"NEXT_PUBLIC_API_URL", "shop", plain, "django"}, // the only other one that is made here
		{"NEXT_PUBLIC_KEYCLOAK_URL", "shop", plain, "keycloak"},
		{"FRONTEND_URL", "django", plain, ""}, // nothing here is called so
		{"VITE_API_URL", "storefront", micro, ""},
		{"VITE_API_USERS_URL", "storefront", micro, "api-users"},
	}
	for _, test := range tests {
		t.Run(test.variable+" of "+test.reader, func(t *testing.T) {
			t.Parallel()
			if got := siblingOf(test.variable, test.reader, test.services); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
