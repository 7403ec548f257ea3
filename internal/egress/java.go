package egress

import (
	"bytes"
	"cmp"
	"crypto/sha1" //nolint:gosec // the format of the key store asks for it
	"encoding/binary"
	"net/url"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// trustStorePath is where the key store with the CA bundle lies for Java, which reads no PEM.
const trustStorePath = "/run/secrets/devup-ca.jks"

// javaVariable is read by every Java virtual machine: Maven, Gradle, their wrappers, programs.
const javaVariable = "JAVA_TOOL_OPTIONS"

// javaOptions are the properties by which Java finds the CA bundle and goes through the
// proxies; empty where it needs neither. A password of a proxy is in none. peers are reached without a proxy.
func (s Settings) javaOptions(peers []string) string {
	var options []string
	proxies := s.Proxy
	if proxies == nil {
		proxies = s.java
	}
	if len(s.CA) > 0 && !s.CAPart {
		options = append(options, "-Djavax.net.ssl.trustStore="+trustStorePath)
	}
	through := javaProxies(proxies)
	for _, p := range through {
		options = append(options, "-D"+p.scheme+".proxyHost="+p.host, "-D"+p.scheme+".proxyPort="+p.port)
	}
	if without := javaHosts(joinHosts(proxies["NO_PROXY"], peers...)); without != "" && len(through) > 0 {
		options = append(options, "-Dhttp.nonProxyHosts="+without)
	}
	return strings.Join(options, " ")
}

// runsJava finds the images and tools of Java in a Dockerfile, or in the name of an image.
var runsJava = lazyregexp.New(`(?i)(?:^|[^a-z])(?:java|(?:open|graal)?jdk|(?:open)?jre|jvm|(?:eclipse-)?temurin|(?:amazon)?corretto|zulu|liberica|graalvm|maven|mvnw?|gradlew?|tomcat|jetty|wildfly|quarkus|sbt|kotlinc?|scala|clojure|lein)(?:[^a-z]|$)`)

// For is what a build or a container gets by its Dockerfile, or by whatever else tells what runs
// in it: the key store and the variable of Java are for what runs Java alone.
func (s Settings) For(text string) Settings {
	s.plain = !runsJava.MatchString(text)
	return s
}

// javaProxy is a proxy in Java's words, without a login.
type javaProxy struct{ scheme, host, port string }

// javaProxies are the proxies of the variables for the schemes that Java has one for.
func javaProxies(variables map[string]string) []javaProxy {
	var all []javaProxy
	for _, scheme := range []string{"http", "https"} {
		if host, port := hostAndPort(cmp.Or(variables[strings.ToUpper(scheme)+"_PROXY"], variables["ALL_PROXY"])); host != "" {
			all = append(all, javaProxy{scheme, host, port})
		}
	}
	return all
}

// hostAndPort are those of a proxy's address; empty where it names none.
func hostAndPort(address string) (host, port string) {
	if address == "" {
		return "", ""
	}
	if !strings.Contains(address, "//") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	if err != nil || strings.ContainsAny(u.Hostname(), " |") {
		return "", ""
	}
	return u.Hostname(), cmp.Or(u.Port(), "80")
}

// javaHosts is a NO_PROXY in Java's words: "|" between hosts, and "*" for what is in front of
// a domain.
func javaHosts(list string) string {
	var hosts []string
	for host := range strings.SplitSeq(list, ",") {
		host = strings.TrimSpace(host)
		if strings.HasPrefix(host, ".") {
			host = "*" + host
		}
		if host != "" && !strings.ContainsAny(host, " |/\"'") {
			hosts = append(hosts, host)
		}
	}
	return strings.Join(hosts, "|")
}

// trustStore is the CA bundle as a key store in Java's own format, which every Java reads. It is
// the same each time, so that it recreates no container.
func trustStore(bundle []byte) []byte {
	var entries bytes.Buffer
	n := uint32(0)
	for cert := range certificates(bundle) {
		n++
		alias := "ca" + strconv.Itoa(int(n))
		entries.Write([]byte{0, 0, 0, 2}) // a trusted certificate
		writeText(&entries, alias)
		entries.Write(make([]byte, 8)) // made in 1970
		writeText(&entries, "X.509")
		entries.Write(binary.BigEndian.AppendUint32(nil, uint32(len(cert)))) //nolint:gosec // a bundle is less than 500 kB
		entries.Write(cert)
	}
	store := binary.BigEndian.AppendUint32([]byte{0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2}, n)
	store = append(store, entries.Bytes()...)
	// The digest of the format: the password in UTF-16, a fixed text, the content.
	digest := sha1.New() //nolint:gosec // it protects nothing: the password is known
	for _, c := range trustStorePassword {
		digest.Write([]byte{0, byte(c)})
	}
	digest.Write([]byte("Mighty Aphrodite"))
	digest.Write(store)
	return digest.Sum(store)
}

// trustStorePassword is the usual one of a key store that holds no secret.
const trustStorePassword = "changeit"

func writeText(b *bytes.Buffer, text string) {
	b.Write(binary.BigEndian.AppendUint16(nil, uint16(len(text)))) //nolint:gosec // a few letters
	b.WriteString(text)
}
