package secret

import (
	"encoding/base64"
	"strings"
	"testing"
)

// TestKindFor: secrets of the project alone are generated, those of third parties are not.
func TestKindFor(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]Kind{
		"SECRET_KEY": "hex", "PIN_LOOKUP_SECRET": "hex", "CRON_SECRET": "hex", "DJANGO_SECRET_KEY": "hex", "JWT_SECRET": "hex", "Jwt__Key": "hex", "JWT_SECRET_KEY": "hex", "ACCESS_TOKEN_SECRET": "hex",
		"REFRESH_TOKEN_SECRET": "hex", "SESSION_SECRET": "hex", "COOKIE_SECRET": "hex", "NEXTAUTH_SECRET": "hex", "AUTH_SECRET": "hex",
		"BETTER_AUTH_SECRET": "hex", "APP_KEY": "laravel", "SECRET_KEY_BASE": "hex64", "ENCRYPTION_KEY": "hex", "FERNET_KEY": "fernet",
		"JWT_KEY": "hex", "SECRET": "hex", "jwt_secret": "hex", "APP_SECRET": "hex", "TOKEN_SECRET": "hex", "API_TOKEN_SALT": "hex",

		"STRIPE_SECRET_KEY": "", "STRIPE_KEY": "", "OPENAI_API_KEY": "", "GOOGLE_CLIENT_SECRET": "", "GITHUB_SECRET": "", "API_KEY": "",
		"API_SECRET": "", "AWS_SECRET_ACCESS_KEY": "", "SECRET_ACCESS_KEY": "", "ACCESS_KEY": "", "ACCESS_TOKEN": "", "CLOUDINARY_API_SECRET": "",
		"WEBHOOK_SECRET": "", "DB_PASSWORD": "", "PUBLIC_KEY": "", "JWT_PRIVATE_KEY": "", "KEY": "", "TOKEN": "", "RAILS_MASTER_KEY": "", "": "",
		"JWT_EXPIRES_IN": "", "SESSION_NAME": "", "JWT_SECRET_EXPIRES": "",
	} {
		if got := KindFor(name); got != want {
			t.Errorf("KindFor(%q) = %q, want %q", name, got, want)
		}
	}
}

// TestGenerate: each kind has its form, and no value comes twice.
func TestGenerate(t *testing.T) {
	t.Parallel()
	for _, kind := range Kinds() {
		a, b := Generate(kind), Generate(kind)
		if a == b || len(a) < 43 {
			t.Errorf("%s: %d characters, twice the same: %v", kind, len(a), a == b)
		}
	}
	if key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(Generate("laravel"), "base64:")); err != nil || len(key) != 32 {
		t.Errorf("a key of Laravel has %d bytes: %v", len(key), err)
	}
	if got := len(Generate("hex64")); got != 128 {
		t.Errorf("hex64 has %d characters", got)
	}
	if got := Generate("none"); got != "" {
		t.Errorf("a kind that does not exist gave %d characters", len(got))
	}
}
