package egress

import (
	"encoding/pem"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// cert is a PEM block that is taken for a certificate; its content does not matter.
func cert(name string) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("certificate of " + name)}))
}

// public is a system bundle with as many authorities as a real one.
func public() string {
	var b strings.Builder
	for i := range 140 {
		b.WriteString("# Authority " + strconv.Itoa(i) + "\n" + cert("authority "+strconv.Itoa(i)))
	}
	return b.String()
}

// computer is a machine of the given files and variables.
func computer(goos string, files, env map[string]string) machine {
	return machine{
		lookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		home:      "/home/ada",
		goos:      goos,
		readFile: func(name string) ([]byte, error) {
			if content, ok := files[name]; ok {
				return []byte(content), nil
			}
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		},
		glob: func(pattern string) []string {
			var names []string
			for name := range files {
				if ok, _ := filepath.Match(pattern, name); ok {
					names = append(names, name)
				}
			}
			return names
		},
	}
}

const bundlePath = "/etc/ssl/certs/ca-certificates.crt"

func TestCA(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		goos       string
		files, env map[string]string
		holds      []string // names of certificates
		count      int
		source     string
		part       bool
		note       string
	}{
		"open internet": {files: map[string]string{bundlePath: public()}},
		"a variable names a company's authority": {
			files: map[string]string{bundlePath: public(), "/ca.pem": cert("company")}, env: map[string]string{"NODE_EXTRA_CA_CERTS": "/ca.pem"},
			holds: []string{"company", "authority 7"}, count: 141, source: "NODE_EXTRA_CA_CERTS",
		},
		"a variable names the system's own bundle": {
			files: map[string]string{bundlePath: public() + cert("company")}, env: map[string]string{"SSL_CERT_FILE": bundlePath, "PIP_CERT": bundlePath},
			holds: []string{"company", "authority 7"}, count: 141, source: "SSL_CERT_FILE",
		},
		"an administrator added authorities": {
			files: map[string]string{bundlePath: public() + cert("one"), "/usr/local/share/ca-certificates/one.crt": cert("one"), "/usr/local/share/ca-certificates/deep/two.crt": cert("two"), "/usr/local/share/ca-certificates/readme.txt": "x"},
			holds: []string{"one", "two", "authority 0"}, count: 142, source: "/usr/local/share/ca-certificates",
		},
		"Fedora's directory": {
			files: map[string]string{"/etc/pki/tls/certs/ca-bundle.crt": public(), "/etc/pki/ca-trust/source/anchors/c.pem": cert("company")},
			holds: []string{"company", "authority 0"}, count: 141, source: "/etc/pki/ca-trust/source/anchors",
		},
		"the settings come first": {
			files: map[string]string{bundlePath: public(), "/a.pem": cert("a"), "/b.pem": cert("b")}, env: map[string]string{"DEVUP_CA": "/b.pem", "SSL_CERT_FILE": "/a.pem"},
			holds: []string{"a", "b"}, count: 142, source: "DEVUP_CA",
		},
		"npm's cafile and pip's cert": {
			files: map[string]string{bundlePath: public(), "/home/ada/.npmrc": "cafile=/n.pem\n", "/etc/pip.conf": "[global]\ncert = /p.pem\n", "/n.pem": cert("n"), "/p.pem": cert("p")},
			holds: []string{"n", "p"}, count: 142, source: "/etc/pip.conf",
		},
		"Windows without any public bundle": {
			goos: "windows", files: map[string]string{`C:\ca.pem`: cert("company")}, env: map[string]string{"NODE_EXTRA_CA_CERTS": `C:\ca.pem`},
			holds: []string{"company"}, count: 1, source: "NODE_EXTRA_CA_CERTS", part: true, note: "only Node.js gets it",
		},
		"a file that is not there": {files: map[string]string{bundlePath: public()}, env: map[string]string{"SSL_CERT_FILE": "/gone.pem"}, note: "SSL_CERT_FILE names a CA bundle that cannot be read: file does not exist"},
		"a file that is no bundle": {files: map[string]string{"/x.pem": "hello"}, env: map[string]string{"SSL_CERT_FILE": "/x.pem"}, note: "SSL_CERT_FILE names a file that holds no PEM certificate"},
		"a bundle too large": {
			files: map[string]string{"/x.pem": public() + string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: make([]byte, 500_000)}))}, env: map[string]string{"SSL_CERT_FILE": "/x.pem"},
			note: "larger than the 500 kB",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.goos == "" {
				test.goos = "linux"
			}
			s := read(computer(test.goos, test.files, test.env))
			if got := strings.Count(string(s.CA), "BEGIN CERTIFICATE"); got != test.count {
				t.Errorf("the bundle holds %d certificates, want %d", got, test.count)
			}
			for _, name := range test.holds {
				if !strings.Contains(string(s.CA), cert(name)) {
					t.Errorf("the certificate of %s is missing", name)
				}
			}
			if s.CASource != test.source || s.CAPart != test.part {
				t.Errorf("source %q part %v, want %q %v", s.CASource, s.CAPart, test.source, test.part)
			}
			if notes := strings.Join(s.Notes, "\n"); !strings.Contains(notes, test.note) || (test.note == "") != (notes == "") {
				t.Errorf("notes %q, want %q", notes, test.note)
			}
		})
	}
}

func TestProxies(t *testing.T) {
	t.Parallel()
	const none = "localhost,127.0.0.1,::1"
	for name, test := range map[string]struct {
		config string
		env    map[string]string
		want   map[string]string
		note   string
	}{
		"none":                    {},
		"only a list of no proxy": {env: map[string]string{"NO_PROXY": "a"}},
		"either case":             {env: map[string]string{"http_proxy": "http://p:1", "HTTPS_PROXY": "http://p:2"}, want: map[string]string{"HTTP_PROXY": "http://p:1", "HTTPS_PROXY": "http://p:2", "NO_PROXY": none}},
		"no proxy is kept":        {env: map[string]string{"ALL_PROXY": "socks5://p:1", "no_proxy": "corp, localhost"}, want: map[string]string{"ALL_PROXY": "socks5://p:1", "NO_PROXY": "corp,localhost,127.0.0.1,::1"}},
		"on this machine":         {env: map[string]string{"HTTP_PROXY": "http://127.0.0.1:3128"}, note: "HTTP_PROXY is on this machine's loopback address"},
		"without scheme":          {env: map[string]string{"HTTP_PROXY": "localhost:3128"}, note: "HTTP_PROXY is on this machine's loopback address"},
		"Docker's come first": {
			config: `{"proxies":{"default":{"httpProxy":"http://docker:1","noProxy":"x"}}}`, env: map[string]string{"HTTP_PROXY": "http://127.0.0.1:3128", "HTTPS_PROXY": "http://p:2"},
			want: map[string]string{"HTTP_PROXY": "http://docker:1", "HTTPS_PROXY": "http://p:2", "NO_PROXY": "x," + none},
		},
		"of one engine": {
			config: `{"proxies":{"default":{"httpProxy":"http://a:1"},"tcp://h:1":{"httpProxy":"http://b:1"}}}`, env: map[string]string{"DOCKER_HOST": "tcp://h:1"},
			want: map[string]string{"HTTP_PROXY": "http://b:1", "NO_PROXY": none},
		},
		"half a JSON": {config: `{"proxies":`, note: "config.json is not valid JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{}
			if test.config != "" {
				files["/home/ada/.docker/config.json"] = test.config
			}
			s := read(computer("linux", files, test.env))
			if !maps.Equal(s.Proxy, test.want) {
				t.Errorf("got %v\nwant %v", s.Proxy, test.want)
			}
			if notes := strings.Join(s.Notes, "\n"); !strings.Contains(notes, test.note) || (test.note == "") != (notes == "") {
				t.Errorf("notes %q, want %q", notes, test.note)
			}
		})
	}
}

func TestPip(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		goos       string
		files, env map[string]string
		want       string
		note       string
	}{
		"nothing": {},
		"variables": {
			env:  map[string]string{"PIP_INDEX_URL": "http://10.0.0.1:5056/simple", "PIP_TRUSTED_HOST": "10.0.0.1", "PIP_DEFAULT_TIMEOUT": "180"},
			want: "[global]\nindex-url = http://10.0.0.1:5056/simple\ntimeout = 180\ntrusted-host = 10.0.0.1\n",
		},
		"files in their order, without what is this machine's own": {
			files: map[string]string{
				"/etc/pip.conf":                  "[global]\nindex-url = https://old/simple\nfind-links = /wheels\ncert = /gone\n",
				"/home/ada/.config/pip/pip.conf": "; mine\n[global]\nindex_url: https://u:p@new/simple\nbreak-system-packages = true\n[install]\nuser = yes\ntrusted-host =\n    a\n    b\n",
			},
			want: "[global]\nindex-url = https://u:p@new/simple\n[install]\ntrusted-host = a\n    b\n", note: "/etc/pip.conf names a CA bundle that cannot be read",
		},
		"a variable beats every section": {
			files: map[string]string{"/etc/pip.conf": "[install]\nindex-url = https://old/simple\n"}, env: map[string]string{"PIP_INDEX_URL": "https://new/simple"},
			want: "[global]\nindex-url = https://new/simple\n",
		},
		"no files wanted": {files: map[string]string{"/etc/pip.conf": "[global]\nindex-url = https://old/simple\n"}, env: map[string]string{"PIP_CONFIG_FILE": "/dev/null"}},
		"an index on this machine": {
			env:  map[string]string{"PIP_INDEX_URL": "http://localhost:3141/simple", "PIP_EXTRA_INDEX_URL": "https://a/simple http://127.0.0.1/simple"},
			want: "[global]\nextra-index-url = https://a/simple\n", note: "pip's index-url is on this machine's loopback address",
		},
		"half a file":   {files: map[string]string{"/etc/pip.conf": "index-url\n[global\n[global]\ntimeout = 3\n"}, want: "[global]\ntimeout = 3\n", note: "/etc/pip.conf line 1 is not understood"},
		"Windows lines": {files: map[string]string{"/etc/pip.conf": "\ufeff[global]\r\nindex-url = https://a/simple\r\n"}, want: "[global]\nindex-url = https://a/simple\n"},
		"macOS": {
			goos: "darwin", files: map[string]string{"/home/ada/Library/Application Support/pip/pip.conf": "[global]\nindex-url = https://mac/simple\n", "/etc/pip.conf": "[global]\nindex-url = https://old/simple\n"},
			want: "[global]\nindex-url = https://mac/simple\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.goos == "" {
				test.goos = "linux"
			}
			s := read(computer(test.goos, test.files, test.env))
			if string(s.Full("pip")) != test.want {
				t.Errorf("got\n%s\nwant\n%s", s.Full("pip"), test.want)
			}
			if notes := strings.Join(s.Notes, "\n"); !strings.Contains(notes, test.note) || (test.note == "") != (notes == "") {
				t.Errorf("notes %q, want %q", notes, test.note)
			}
		})
	}
}

func TestNPM(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files, env map[string]string
		want       string
		note       string
	}{
		"nothing": {},
		"registries and tokens, without what is this machine's own": {
			files: map[string]string{"/home/ada/.npmrc": "# mine\nprefix=/home/ada/.npm\nregistry = https://npm.corp/\n@corp:registry=https://corp/\n//npm.corp/:_authToken=${TOKEN}\n//npm.corp/:certfile=/x\nstrict-ssl=false\nnodedir=/usr\n"},
			env:   map[string]string{"TOKEN": "t0k"},
			want:  "registry=https://npm.corp/\n@corp:registry=https://corp/\n//npm.corp/:_authToken=t0k\nstrict-ssl=false\n",
		},
		"a variable that is not set": {
			files: map[string]string{"/home/ada/.npmrc": "//npm.corp/:_authToken=${TOKEN}\nregistry=https://a/\n"},
			want:  "registry=https://a/\n", note: "/home/ada/.npmrc sets _authToken from the variable TOKEN, which is not set",
		},
		"variables beat files": {files: map[string]string{"/home/ada/.npmrc": "registry=https://old/\n"}, env: map[string]string{"npm_config_registry": "https://new/"}, want: "registry=https://new/\n"},
		"another file":         {files: map[string]string{"/x": "registry=\"https://x/\"\n", "/home/ada/.npmrc": "registry=https://old/\n"}, env: map[string]string{"NPM_CONFIG_USERCONFIG": "/x"}, want: "registry=https://x/\n"},
		"on this machine":      {env: map[string]string{"NPM_CONFIG_REGISTRY": "http://localhost:4873/"}, note: "npm's registry is on this machine's loopback address"},
		"inline authorities":   {files: map[string]string{"/home/ada/.npmrc": "ca[]=\"a\\nb\"\nca[]=\"c\\nd\"\n"}, want: "ca[]=\"a\\nb\"\nca[]=\"c\\nd\"\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := read(computer("linux", test.files, test.env))
			if string(s.Full("npm")) != test.want {
				t.Errorf("got\n%s\nwant\n%s", s.Full("npm"), test.want)
			}
			if notes := strings.Join(s.Notes, "\n"); !strings.Contains(notes, test.note) || (test.note == "") != (notes == "") {
				t.Errorf("notes %q, want %q", notes, test.note)
			}
			if strings.Contains(strings.Join(s.Notes, "\n"), "npm.corp") {
				t.Errorf("a note shows an address: %q", s.Notes)
			}
		})
	}
}

// TestImageGetsDockersProxies: what the environment says is for what is built here.
func TestImageGetsDockersProxies(t *testing.T) {
	t.Parallel()
	config := `{"proxies":{"default":{"httpProxy":"http://docker:1"}}}`
	s := read(computer("linux", map[string]string{"/home/ada/.docker/config.json": config}, map[string]string{"HTTPS_PROXY": "http://p:2"}))
	g := s.Image(func(name string) bool { return name == "http_proxy" }, []string{"db"}, false)
	const none = "localhost,127.0.0.1,::1,db"
	if want := map[string]string{"HTTP_PROXY": "http://docker:1", "NO_PROXY": none, "no_proxy": none}; !maps.Equal(g.Proxy, want) {
		t.Errorf("got %v, want %v", g.Proxy, want)
	}
	s = read(computer("linux", map[string]string{"/home/ada/.docker/config.json": `{"proxies":{"default":{"noProxy":"x"}}}`}, nil))
	if g := s.Image(func(string) bool { return false }, nil, false); len(g.Proxy) > 0 {
		t.Errorf("without a proxy there is nothing to go around: %v", g.Proxy)
	}
}

func TestContainerGetsOnlyWhatTheServiceDoesNotSet(t *testing.T) {
	t.Parallel()
	clients := []Client{
		{Name: "pip", File: "devup-pip.conf", Target: pipPath, Variable: "PIP_CONFIG_FILE", Parts: []Part{{Text: "pip"}}},
		{Name: "npm", File: "devup-npmrc", Target: npmPath, Variable: "NPM_CONFIG_USERCONFIG", Parts: []Part{{Text: "npm"}}},
	}
	s := Settings{CA: []byte("ca"), Clients: clients, Proxy: map[string]string{"HTTP_PROXY": "http://p", "NO_PROXY": "localhost"}}
	g := s.Container(func(name string) bool {
		return slices.Contains([]string{"PIP_CONFIG_FILE", "PIP_CERT", "http_proxy"}, name)
	}, []string{"db", "web"}, false)
	want := map[string]string{
		"NODE_EXTRA_CA_CERTS": caPath, "SSL_CERT_FILE": caPath, "REQUESTS_CA_BUNDLE": caPath, "CURL_CA_BUNDLE": caPath, "GIT_SSL_CAINFO": caPath,
		"NPM_CONFIG_USERCONFIG": npmPath, "CARGO_HTTP_CAINFO": caPath,
		"JAVA_TOOL_OPTIONS": "-Djavax.net.ssl.trustStore=" + trustStorePath + " -Dhttp.proxyHost=p -Dhttp.proxyPort=80 -Dhttp.nonProxyHosts=localhost|db|web",
	}
	if !maps.Equal(g.Env, want) {
		t.Errorf("variables %v\nwant %v", g.Env, want)
	}
	if want := (map[string]string{"HTTP_PROXY": "http://p", "NO_PROXY": "localhost,db,web", "no_proxy": "localhost,db,web"}); !maps.Equal(g.Proxy, want) {
		t.Errorf("proxies %v\nwant %v", g.Proxy, want)
	}
	var names []string
	for _, file := range g.Files {
		names = append(names, file.Name)
	}
	if want := []string{"devup-ca.pem", "devup-ca.jks", "devup-npmrc"}; !slices.Equal(names, want) {
		t.Errorf("files %v, want %v", names, want)
	}
}

func TestAPartOfABundleIsForNodeOnly(t *testing.T) {
	t.Parallel()
	g := Settings{CA: []byte("ca"), CAPart: true}.Build()
	if want := (map[string]string{"NODE_EXTRA_CA_CERTS": caPath}); !maps.Equal(g.Env, want) || len(g.Files) != 1 {
		t.Errorf("got %v and %d files, want %v and one", g.Env, len(g.Files), want)
	}
}

// TestReadOfThisMachine: without variables and an own directory there is no client to set up.
func TestReadOfThisMachine(t *testing.T) {
	t.Parallel()
	if s := Read(func(string) (string, bool) { return "", false }, t.TempDir(), "linux"); len(s.Credentials) > 0 {
		t.Errorf("credentials %v", s.Credentials)
	}
}

func FuzzStrangersFiles(f *testing.F) {
	f.Add("[global]\nindex-url = x\n  y\n", "registry=${A}\n", `{"proxies":{}}`, cert("x"))
	f.Add("\ufeff[", "=", "[]", "-----BEGIN CERTIFICATE-----")
	f.Fuzz(func(t *testing.T, pip, npm, docker, ca string) {
		files := map[string]string{"/etc/pip.conf": pip, "/home/ada/.npmrc": npm, "/home/ada/.docker/config.json": docker, "/ca": ca}
		s := read(computer("linux", files, map[string]string{"SSL_CERT_FILE": "/ca"}))
		written := s.Full("pip")
		again, bad := parseINI(written)
		second := Settings{}
		second.Clients = []Client{{Name: "pip", Parts: pipSettings{values: again}.parts(&second)}}
		if bad != 0 || string(second.Full("pip")) != string(written) {
			t.Errorf("the pip.conf is not read back as written (line %d):\n%s\nfrom\n%s", bad, written, pip)
		}
		for _, file := range s.Build().All() {
			if file.client != "" {
				t.Errorf("%s is handed out without consent", file.Name)
			}
		}
	})
}
