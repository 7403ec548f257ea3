//go:build e2e

package e2e

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/moby/moby/client"
)

// hello is a distribution that only the test's own index has.
const hello = "devup_e2e_hello-1.0-py3-none-any.whl"

// wheel is a wheel of one module that holds a text.
func wheel(t *testing.T) []byte {
	t.Helper()
	var content bytes.Buffer
	archive := zip.NewWriter(&content)
	for name, text := range map[string]string{
		"devup_e2e_hello.py":                     "text = 'from the index'\n",
		"devup_e2e_hello-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: devup-e2e-hello\nVersion: 1.0\n",
		"devup_e2e_hello-1.0.dist-info/WHEEL":    "Wheel-Version: 1.0\nGenerator: e2e\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
		"devup_e2e_hello-1.0.dist-info/RECORD":   "devup_e2e_hello.py,,\ndevup_e2e_hello-1.0.dist-info/METADATA,,\ndevup_e2e_hello-1.0.dist-info/WHEEL,,\ndevup_e2e_hello-1.0.dist-info/RECORD,,\n",
	} {
		w, err := archive.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return content.Bytes()
}

// companyIndex serves that wheel as a company's index does: over TLS with a certificate of
// the company's own, and to those who have a password. It listens on the bridge to the
// containers. It gives the index's URL, with the password, and the certificate.
func companyIndex(t *testing.T, password string) (url string, certificate []byte) {
	t.Helper()
	network, err := docker.NetworkInspect(t.Context(), "bridge", client.NetworkInspectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	gateway := network.Network.IPAM.Config[0].Gateway.String()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(gateway, "0"))
	if err != nil {
		t.Fatalf("listen where containers reach this machine: %v", err)
	}
	content := wheel(t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, given, _ := r.BasicAuth(); given != password {
			w.Header().Set("WWW-Authenticate", "Basic")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		switch r.URL.Path {
		case "/simple/devup-e2e-hello/":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, `<a href="/%s">%s</a>`, hello, hello)
		case "/" + hello:
			_, _ = w.Write(content)
		default:
			http.NotFound(w, r)
		}
	}))
	server.Listener.Close()
	server.Listener = listener
	pair := authority(t, gateway)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return fmt.Sprintf("https://me:%s@%s/simple", password, listener.Addr()),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]})
}

// TestIndexReachesBuilds: the company's index, with the password that the user allows, and
// the CA of this machine reach pip in a build whose Dockerfile knows nothing of them, and stay out of the image.
func TestIndexReachesBuilds(t *testing.T) {
	t.Parallel()
	const password = "e2e-hunter2-token"
	index, certificate := companyIndex(t, password)
	c := small(t, "TEXT", "hello", "BEFORE", "import devup_e2e_hello")
	c.write(t, "requirements.txt", "devup-e2e-hello\n")
	c.replace(t, "Dockerfile", "COPY . .\n", "COPY requirements.txt ./\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\n")
	c.write(t, "../ca.pem", string(certificate))
	c.env = append(c.env, "PIP_INDEX_URL="+index, "PIP_TRUSTED_HOST=", "SSL_CERT_FILE="+c.path("../ca.pem"),
		"PIP_CERT=", "REQUESTS_CA_BUNDLE=", "NODE_EXTRA_CA_CERTS=", "CURL_CA_BUNDLE=")

	r := c.devup(t, "up", "--detach", "--credentials=always")
	for _, secret := range []string{password, string(certificate)} {
		if bytes.Contains([]byte(r.out+r.err), []byte(secret)) {
			t.Errorf("devup prints %q\n%v", secret, r)
		}
	}
	image := inspect(t, c.name, "web").Image
	saved, err := docker.ImageSave(t.Context(), []string{image})
	if err != nil {
		t.Fatal(err)
	}
	defer saved.Close()
	var layers bytes.Buffer
	for files := tar.NewReader(saved); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		layer := bufio.NewReader(files)
		content := io.Reader(layer)
		if magic, _ := layer.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) { // containerd's store keeps layers compressed
			if content, err = gzip.NewReader(layer); err != nil {
				t.Fatalf("%s: %v", header.Name, err)
			}
		}
		if _, err := layers.ReadFrom(content); err != nil {
			t.Fatalf("%s: %v", header.Name, err)
		}
	}
	if !bytes.Contains(layers.Bytes(), []byte("from the index")) {
		t.Fatal("the saved image does not hold the package in readable form, so this test would miss a secret too")
	}
	for _, secret := range []string{password, string(certificate[100:200])} {
		if bytes.Contains(layers.Bytes(), []byte(secret)) {
			t.Errorf("%q is in the image", secret)
		}
	}
	history, err := docker.ImageHistory(t.Context(), image)
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%+v", history); bytes.Contains([]byte(text), []byte(password)) {
		t.Errorf("the password is in the image's history:\n%s", text)
	}
}
