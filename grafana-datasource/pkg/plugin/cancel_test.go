package plugin

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"tsdb/grafana-datasource/pkg/nodetest"
)

// gate stands between the plugin and a node, and says when a request came and when the plugin closed its connection.
type gate struct {
	url           string
	asked, closed chan struct{}
}

func newGate(t *testing.T, node *nodetest.Node) *gate {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	made := &gate{url: "http://" + listener.Addr().String(), asked: make(chan struct{}, 10), closed: make(chan struct{}, 10)}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go made.join(client, strings.TrimPrefix(node.URL, "http://"))
		}
	}()
	return made
}

// join holds the answer back until the plugin has gone, so that every query is under way when it is cancelled.
func (g *gate) join(client net.Conn, address string) {
	node, err := net.Dial("tcp", address)
	if err != nil {
		_ = client.Close()
		return
	}
	buffer := make([]byte, 64<<10)
	for {
		count, err := client.Read(buffer)
		if count > 0 {
			_, _ = node.Write(buffer[:count])
			g.asked <- struct{}{}
		}
		if err != nil {
			break
		}
	}
	_ = node.Close()
	_ = client.Close()
	g.closed <- struct{}{}
}

func TestACancelledPanelClosesItsConnectionToTheNode(t *testing.T) {
	gate := newGate(t, house(t, "cancelled"))
	g := newGrafana(t, gate.url, map[string]any{"database": "cancelled"}, nil)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		_, err := g.client.QueryData(ctx, &backend.QueryDataRequest{PluginContext: g.context(), Queries: []backend.DataQuery{dataQuery("A", map[string]any{"rawSql": all10})}})
		ended <- err
	}()
	wait := func(what string, on chan struct{}) {
		t.Helper()
		select {
		case <-on:
		case <-time.After(30 * time.Second):
			t.Fatal(what)
		}
	}
	wait("the node is not asked", gate.asked)
	cancel()
	wait("the plugin's connection stays open", gate.closed)
	if err := <-ended; err == nil || err == io.EOF {
		t.Errorf("ended with %v", err)
	}
}

func TestAQueryThatTakesTooLongSaysSo(t *testing.T) {
	gate := newGate(t, house(t, "slow"))
	g := newGrafana(t, gate.url, map[string]any{"database": "slow", "timeoutSeconds": 0.3}, nil)
	answer, place := g.fails(map[string]any{"rawSql": all10})
	if place["code"] != "timeout" || answer.Status != backend.StatusTimeout || !strings.Contains(place["message"].(string), "no complete answer within 300ms") {
		t.Errorf("%d, %v", answer.Status, place)
	}
}
