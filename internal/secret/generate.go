package secret

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// Kind is a form of a generated secret. The empty one stands for no secret.
type Kind string

// generators make the secrets of each kind of random bytes.
var generators = map[Kind]struct {
	bytes int
	text  func([]byte) string
}{
	"hex":     {32, hex.EncodeToString},
	"hex64":   {64, hex.EncodeToString},                                                                // Rails' secret_key_base
	"fernet":  {32, base64.URLEncoding.EncodeToString},                                                 // https://cryptography.io/en/latest/fernet
	"laravel": {32, func(b []byte) string { return "base64:" + base64.StdEncoding.EncodeToString(b) }}, // php artisan key:generate
}

// Kinds are the kinds of secrets that [Generate] makes, sorted.
func Kinds() []Kind { return slices.Sorted(maps.Keys(generators)) }

// Generate makes a new secret. It is empty for a kind that does not exist.
func Generate(kind Kind) string {
	g, ok := generators[kind]
	if !ok {
		return ""
	}
	random := make([]byte, g.bytes)
	_, _ = rand.Read(random) // it does not fail
	return g.text(random)
}

// ownWords are the words of names of secrets that mean nothing outside of a project, and
// decisive those of which one is needed. STRIPE_SECRET_KEY has a word that is not among them.
var (
	ownWords = lazyregexp.New(`^(?:[A-Z]+_PUBLIC_)?(?:(?:APP|APPLICATION|API|AUTH|ACC|REF|AUTHJS|BETTER|NEXTAUTH|NEXT|NUXT|DJANGO|FLASK|RAILS|EXPRESS|PAYLOAD|STRAPI|ADMIN|SERVER|BACKEND|JWT|TOKEN|ACCESS|REFRESH|SESSION|SESSIONS|COOKIE|COOKIES|CSRF|HASH|HASHING|SIGNING|SIGN|SIGNATURE|ENCRYPTION|ENCRYPT|CRYPTO|CIPHER|AES|FERNET|EMAIL|VERIFICATION|RESET|ACTIVATION|PASSWORD|SECURITY|INTERNAL|TRANSFER|MASTER|USER|SECRET|SECRETS|KEY|KEYS|BASE|SALT|PEPPER|KEYBASE|JWTSECRET|SECRETKEY|IRON|PIN|OTP|LOOKUP|INVITE|CRON|PREVIEW|REVALIDATE|REVALIDATION)(?:_|$))+$`)
	decisive = lazyregexp.New(`(?:^|_)(?:SECRET|SECRETS|SALT|PEPPER|JWTSECRET|SECRETKEY|FERNET)(?:_|$)|(?:^|_)(?:ENCRYPTION|ENCRYPT|SIGNING|SIGN|SIGNATURE|JWT|SESSION|COOKIE|CSRF|TOKEN|HASH|CIPHER|CRYPTO|AES|MASTER)_KEYS?$|^(?:APP_KEYS?|JWT)$`)
	// Others give these: the API's is Cloudinary's or Twilio's, a public key is half of a pair.
	foreign = lazyregexp.New(`^(?:API|ACCESS)_(?:SECRET|KEY)(?:_KEY)?$|^SECRET_ACCESS_KEY$|^RAILS_MASTER_KEY$`)
)

// KindFor is the kind of secret that a variable of the name holds, where any value will do
// that no other user knows; empty for all other variables.
func KindFor(name string) Kind {
	name = strings.ReplaceAll(strings.ToUpper(name), "__", "_") // of .NET: Jwt__Key
	switch {
	case !ownWords.MatchString(name) || !decisive.MatchString(name) || foreign.MatchString(name):
		return ""
	case name == "APP_KEY":
		return "laravel"
	case strings.Contains(name, "SECRET_KEY_BASE"):
		return "hex64"
	case strings.Contains(name, "FERNET"):
		return "fernet"
	}
	return "hex"
}
