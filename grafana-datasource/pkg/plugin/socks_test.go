package plugin

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	sdkproxy "github.com/grafana/grafana-plugin-sdk-go/backend/proxy"

	"tsdb/grafana-datasource/pkg/nodetest"
)

// socks is a SOCKS 5 proxy as Grafana's private connections have them: over TLS that asks for a client certificate, with user and password.
type socks struct {
	address string
	node    string
	// who asked for what, "user:password host", the last of them
	asked atomic.Value
}

func startSocks(t *testing.T, node string, files [2]string) *socks {
	t.Helper()
	certificate, err := tls.LoadX509KeyPair(files[0], files[1])
	if err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}, ClientAuth: tls.RequireAnyClientCert})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	made := &socks{address: listener.Addr().String(), node: node}
	made.asked.Store("")
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = client.Close() }()
				made.serve(client)
			}()
		}
	}()
	return made
}

// serve speaks RFC 1928 and 1929, and leads to the node whatever host is asked for.
func (s *socks) serve(client net.Conn) {
	methods := s.counted(client, 1)
	if !bytes.Contains(methods, []byte{2}) {
		_, _ = client.Write([]byte{5, 0xff})
		return
	}
	_, _ = client.Write([]byte{5, 2})
	user, password := s.counted(client, 1), s.counted(client, 0)
	_, _ = client.Write([]byte{1, 0})
	// version, connect, reserved, a name
	host, port := s.counted(client, 4), make([]byte, 2)
	if _, err := io.ReadFull(client, port); err != nil {
		return
	}
	s.asked.Store(string(user) + ":" + string(password) + " " + string(host))
	node, err := net.Dial("tcp", s.node)
	if err != nil {
		_, _ = client.Write([]byte{5, 4, 0, 1, 0, 0, 0, 0, 0, 0})
		return
	}
	_, _ = client.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	go func() {
		_, _ = io.Copy(node, client)
		_ = node.Close()
	}()
	_, _ = io.Copy(client, node)
}

// counted reads past some bytes, then a byte that says how many follow, and these.
func (s *socks) counted(client net.Conn, past int) []byte {
	head := make([]byte, past+1)
	if _, err := io.ReadFull(client, head); err != nil {
		return nil
	}
	made := make([]byte, head[past])
	_, _ = io.ReadFull(client, made)
	return made
}

// Both must allow it: Grafana by its configuration, the data source by its setting.
func TestTheSecureSOCKSProxyIsUsed(t *testing.T) {
	node := nodetest.Shared(t)
	certificate, files := serverCertificate(t)
	proxy := startSocks(t, strings.TrimPrefix(node.URL, "http://"), files)
	key, err := os.ReadFile(files[1])
	if err != nil {
		t.Fatal(err)
	}
	ctx := backend.WithGrafanaConfig(context.Background(), backend.NewGrafanaCfg(map[string]string{
		sdkproxy.PluginSecureSocksProxyEnabled: "true", sdkproxy.PluginSecureSocksProxyProxyAddress: proxy.address, sdkproxy.PluginSecureSocksProxyServerName: hiddenHost,
		sdkproxy.PluginSecureSocksProxyClientCertContents: certificate, sdkproxy.PluginSecureSocksProxyClientKeyContents: string(key), sdkproxy.PluginSecureSocksProxyRootCAsContents: certificate,
	}))
	ask := func(jsonData string) backend.DataResponse {
		instance, err := New(ctx, backend.DataSourceInstanceSettings{
			UID: "socks", URL: "http://" + hiddenHost + ":8086", JSONData: []byte(jsonData), DecryptedSecureJSONData: map[string]string{"secureSocksProxyPassword": "hunter2"},
		})
		if err != nil {
			t.Fatal(err)
		}
		answer, err := instance.(*Datasource).QueryData(ctx, &backend.QueryDataRequest{Queries: []backend.DataQuery{dataQuery("A", map[string]any{"rawSql": "SELECT 42 AS v", "format": "table"})}})
		if err != nil {
			t.Fatal(err)
		}
		return answer.Responses["A"]
	}
	if without := ask(`{}`); without.Error == nil || proxy.asked.Load() != "" {
		t.Errorf("a data source that does not want the proxy: %v, the proxy was asked %q", without.Error, proxy.asked.Load())
	}
	with := ask(`{"enableSecureSocksProxy":true,"secureSocksProxyUsername":"me"}`)
	if with.Error != nil || values(with.Frames[0].Fields[0]) != "42" {
		t.Fatal(with.Error)
	}
	if asked := proxy.asked.Load(); asked != "me:hunter2 "+hiddenHost {
		t.Errorf("the proxy was asked %q", asked)
	}
}
