package doctor

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRegistries(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, npmrc, pip string
		want             []Registry
	}{
		{name: "nothing configured", want: nil},
		{
			name:  "npm with a scope and a token",
			npmrc: "registry=https://npm.example.com/\n@acme:registry = \"https://acme.example.com\"\n//npm.example.com/:_authToken=secret\n; registry=https://old.example.com\n",
			want:  []Registry{{"npm", "https://npm.example.com/"}, {"npm", "https://acme.example.com"}},
		},
		{
			name: "pip with more indexes",
			pip:  "[global]\nindex-url = https://pip.example.com/simple\nextra-index-url = https://a.example.com https://pip.example.com/simple\ntrusted-host = a\n",
			want: []Registry{{"pip", "https://pip.example.com/simple"}, {"pip", "https://a.example.com"}},
		},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, Registries([]byte(tt.npmrc), []byte(tt.pip))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
