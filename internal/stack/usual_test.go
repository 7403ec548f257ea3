package stack

import (
	"testing"

	"github.com/devup-cli/devup/internal/tree"
)

// TestUsualValue: what does for development, and nothing for what only the user knows.
func TestUsualValue(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		use  Use
		want string
	}{
		{Use{Name: "ALGORITHM"}, "HS256"},
		{Use{Name: "JWT_ALGORITHM"}, "HS256"},
		{Use{Name: "ACCESS_TOKEN_EXPIRE_MINUTES", Number: true}, "30"},
		{Use{Name: "ACCESSTOKENEXPIREHOURS"}, "24"},
		{Use{Name: "JWT_EXPIRES_IN"}, "1d"},
		{Use{Name: "JWT_EXPIRES_IN", Number: true}, "86400"},
		{Use{Name: "JWT_REFRESH_EXPIRATION"}, "1d"},
		{Use{Name: "EMAIL_TOKEN_EXPIRATION_TIME"}, "1d"},
		{Use{Name: "COOKIE_EXPIRE"}, "7"},
		{Use{Name: "SALT_ROUNDS"}, "10"},
		{Use{Name: "NODE_ENV"}, ""},
		{Use{Name: "NODE_ENV", Required: true}, "development"},
		{Use{Name: "STAGE", Choices: []string{"prod", "local"}}, "local"},
		{Use{Name: "STAGE", Choices: []string{"a", "b"}}, "a"},
		{Use{Name: "LOG_LEVEL", Required: true, Where: tree.Evidence{File: "a.py"}}, "INFO"},
		{Use{Name: "LOG_LEVEL", Required: true, Where: tree.Evidence{File: "a.ts"}}, "info"},
		{Use{Name: "COOKIE_DOMAIN", Required: true}, "localhost"},
		{Use{Name: "DB_FILE"}, "dev.db"},
		{Use{Name: "SQLITE_DB_PATH"}, "dev.db"},
		{Use{Name: "ALLOWED_HOSTS", Where: tree.Evidence{File: "a.py"}}, "*"},
		{Use{Name: "ALLOWED_HOSTS", List: true, Where: tree.Evidence{File: "a.py"}}, `["*"]`},
		{Use{Name: "ALLOWED_HOSTS", Where: tree.Evidence{File: "a.ts"}}, ""},
		{Use{Name: "EMAIL_PORT", Required: true, Number: true}, "587"},
		{Use{Name: "EMAIL_PORT"}, ""},
		{Use{Name: "CSRF_TRUSTED_ORIGINS", Required: true}, "http://localhost"},
		{Use{Name: "CORS_ORIGINS", Required: true}, "*"},
		{Use{Name: "BASE_PATH_API", Required: true}, "/api"},
		{Use{Name: "API_PREFIX"}, ""},
		{Use{Name: "API_V1_STR", Required: true}, "/api/v1"},
		{Use{Name: "UPLOAD_PATH"}, ""},
		{Use{Name: "DB_HOST", Required: true}, ""},
		{Use{Name: "STRIPE_KEY", Required: true}, ""},
		{Use{Name: "DATABASE_NAME", Required: true}, ""},
	} {
		if got := UsualValue(test.use); got != test.want {
			t.Errorf("%+v: %q, want %q", test.use, got, test.want)
		}
	}
}
