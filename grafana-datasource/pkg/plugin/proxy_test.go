package plugin

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"tsdb/grafana-datasource/pkg/nodetest"
)

// The name by which only the proxy finds the node.
const hiddenHost = "node.behind.proxy"

// proxy is one as companies have them: CONNECT for TLS, whole URLs without.
type proxy struct {
	server *httptest.Server
	node   string

	mutex sync.Mutex
	seen  []string
}

func startProxy(t *testing.T, node string) *proxy {
	made := &proxy{node: node}
	made.server = httptest.NewServer(made)
	t.Cleanup(made.server.Close)
	return made
}

func (p *proxy) asked() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return strings.Join(p.seen, " ")
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mutex.Lock()
	p.seen = append(p.seen, r.Method+":"+r.URL.Hostname())
	p.mutex.Unlock()
	if r.URL.Hostname() != hiddenHost {
		http.Error(w, "no such host", http.StatusBadGateway)
		return
	}
	if r.Method == http.MethodConnect {
		p.tunnel(w)
		return
	}
	outgoing := r.Clone(r.Context())
	outgoing.RequestURI, outgoing.URL.Host = "", p.node
	answer, err := http.DefaultTransport.RoundTrip(outgoing)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	for name, all := range answer.Header {
		w.Header()[name] = all
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, answer.Body)
}

func (p *proxy) tunnel(w http.ResponseWriter) {
	far, err := net.Dial("tcp", p.node)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	near, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() {
		_, _ = io.Copy(far, near)
		_ = far.Close()
	}()
	_, _ = io.Copy(near, far)
	_ = near.Close()
}

// Go reads HTTP_PROXY and HTTPS_PROXY once in a process, so each case is a process of its own: this program, as the child.
func TestTheProxyOfTheEnvironmentIsUsed(t *testing.T) {
	if child := os.Getenv("TSDB_PROXY_CHILD"); child != "" {
		askAsChild(t, child)
		return
	}
	plain := nodetest.Shared(t)
	certificate, files := serverCertificate(t)
	secure := nodetest.Start(t, "--tls-cert", files[0], "--tls-key", files[1])
	for _, one := range []struct{ name, url, asked string }{
		{"whole URLs", plain.URL, "POST:" + hiddenHost},
		{"CONNECT", secure.URL, "CONNECT:" + hiddenHost},
	} {
		t.Run(one.name, func(t *testing.T) {
			scheme, node, _ := strings.Cut(one.url, "://")
			proxy := startProxy(t, node)
			_, port, _ := strings.Cut(node, ":")
			settings, err := json.Marshal(backend.DataSourceInstanceSettings{
				UID: "proxied", URL: scheme + "://" + hiddenHost + ":" + port, JSONData: []byte(`{"tlsAuthWithCACert":true}`),
				DecryptedSecureJSONData: map[string]string{"tlsCACert": certificate},
			})
			if err != nil {
				t.Fatal(err)
			}
			run := exec.Command(os.Args[0], "-test.run=^TestTheProxyOfTheEnvironmentIsUsed$", "-test.v")
			run.Env = append(os.Environ(), "TSDB_PROXY_CHILD="+string(settings), "HTTP_PROXY="+proxy.server.URL, "HTTPS_PROXY="+proxy.server.URL, "NO_PROXY=")
			output, err := run.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, output)
			}
			if !strings.Contains(string(output), childAnswered) {
				t.Errorf("%s", output)
			}
			if asked := proxy.asked(); !strings.Contains(asked, one.asked) {
				t.Errorf("the proxy was asked %q", asked)
			}
		})
	}
}

const childAnswered = "the node answered through the proxy"

// askAsChild is the back end behind a proxy.
func askAsChild(t *testing.T, text string) {
	var settings backend.DataSourceInstanceSettings
	if err := json.Unmarshal([]byte(text), &settings); err != nil {
		t.Fatal(err)
	}
	instance, err := New(context.Background(), settings)
	if err != nil {
		t.Fatal(err)
	}
	source := instance.(*Datasource)
	answer, err := source.QueryData(context.Background(), &backend.QueryDataRequest{Queries: []backend.DataQuery{dataQuery("A", map[string]any{"rawSql": "SELECT 42 AS v", "format": "table"})}})
	if err != nil || answer.Responses["A"].Error != nil {
		t.Fatal(err, answer.Responses["A"].Error)
	}
	if got := values(answer.Responses["A"].Frames[0].Fields[0]); got != "42" {
		t.Fatal(got)
	}
	fmt.Println(childAnswered)
}

// serverCertificate is one of the hidden name, as text and as files of it and its key.
func serverCertificate(t *testing.T) (string, [2]string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: hiddenHost}, DNSNames: []string{hiddenHost}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	made, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	files := [2]string{filepath.Join(folder, "node.crt"), filepath.Join(folder, "node.key")}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made})
	for i, text := range [][]byte{certificate, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})} {
		if err := os.WriteFile(files[i], text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return string(certificate), files
}
