package secret

import (
	"testing"
)

func TestMask(t *testing.T) {
	t.Parallel()
	m := NewMask([]Variable{
		{"GREETING", "hello world"},
		{"DB_PASSWORD", "p@ss/word"},
		{"PORT", "4567"},
		{"SERVICE", "backend"},
		{"POSTGRES_PASSWORD", "postgres"},
		{"KEY", "first line\nsecond line"},
		{"LONGER", "hello world and more"},
	}, []string{"backend-flask", "postgres"}, "/home/ada")
	tests := []struct{ name, text, want string }{
		{"a value", "it says hello world!", "it says [masked]!"},
		{"a value that holds another", "hello world and more", "[masked]"},
		{"a value in a URL", "x?p=p%40ss%2Fword", "x?p=[masked]"},
		{"a line of a value", "... second line ...", "... [masked] ..."},
		{"a short one", "port 4567", "port 4567"},
		{"a name", "backend-flask of backend", "backend-flask of backend"},
		{"a name that is a password", "image postgres:16", "image [masked]:16"},
		{"credentials in a URL", "postgres://u:p@db:5432/x", "[masked]://[masked]@db:5432/x"},
		{"a cookie", "Set-Cookie: session=abc; Path=/", "Set-Cookie: [masked]"},
		{"a header", "Authorization: Token abc", "Authorization: [masked]"},
		{"a bearer", "sent Bearer abc.def-ghi", "sent Bearer [masked]"},
		{"an assignment", `API_TOKEN="a b" other=1`, "API_TOKEN=[masked] other=1"},
		{"JSON", `{"password": "x1", "n": 1}`, `{"password": [masked], "n": 1}`},
		{"a token", "ghp_abcdefghij0123456789 and AKIAIOSFODNN7EXAMPLE", "[masked] and [masked]"},
		{"a JWT", "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl", "[masked]"},
		{"a private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nend", "[masked]\nend"},
		{"half a private key", "-----BEGIN PRIVATE KEY-----\nMIIE", "[masked]"},
		{"a key of no known form", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "[masked]"},
		{"a password of a URL with an at sign", "mysql://u:p@ss@db/x", "mysql://[masked]@db/x"},
		{"a password of a URL with a slash", "mysql://u:pa/ss@db/x", "mysql://[masked]@db/x"},
		{"a URL with a port, and an address", "http://web:80/a of me", "http://web:80/a of me"},
		{"a header in JSON", `{"Cookie": "sid=1"}`, `{"Cookie": [masked]`},
		{"JSON in JSON", `"{\"password\":\"x1\",\"n\":1}"`, `"{\"password\":[masked],\"n\":1}"`},
		{"a variable of a log", "DB_PWD=abc ENCRYPTION_KEY=def SENTRY_DSN=x", "DB_PWD=[masked] ENCRYPTION_KEY=[masked] SENTRY_DSN=[masked]"},
		{"an image's ID", "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
		{"a long path", "/usr/local/lib/python3.13/site-packages/flask/app.py", "/usr/local/lib/python3.13/site-packages/flask/app.py"},
		{"the home", "/home/ada/src/shop", "~/src/shop"},
		{"the home alone", "HOME=/home/ada, /home/ada:/home/ada", "HOME=~, ~:~"},
		{"the home at the end of a sentence", "nothing is in /home/ada.", "nothing is in ~."},
		{"the home behind an option", "cc -I/home/ada/include -L/home/ada --prefix=/home/ada", "cc -I~/include -L~ --prefix=~"},
		{"another directory that begins as the home", "/home/ada2/src and /home/ada-old", "/home/ada2/src and /home/ada-old"},
		{"the name of the home below another directory", "/srv/home/ada/src", "/srv/home/ada/src"},
		{"a setting", "npm_registry and task-runner", "npm_registry and task-runner"},
		{"nothing", "web: exited (1)", "web: exited (1)"},
	}
	for _, tt := range tests {
		if got := m.Text(tt.text); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := (Mask{}).Text("http://u:p@x hello world"); got != "http://[masked]@x hello world" {
		t.Errorf("without values: got %q", got)
	}
}
