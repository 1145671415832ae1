package plugin

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"tsdb/grafana-datasource/pkg/nodetest"
)

func (g *grafana) health() *backend.CheckHealthResult {
	g.t.Helper()
	result, err := g.client.CheckHealth(context.Background(), &backend.CheckHealthRequest{PluginContext: g.context()})
	if err != nil {
		g.t.Fatal(err)
	}
	return result
}

func TestHealthSaysWhoAnswers(t *testing.T) {
	g := newGrafana(t, house(t, "healthy").URL, map[string]any{"database": "healthy"}, nil)
	result := g.health()
	if result.Status != backend.HealthStatusOk || !strings.HasPrefix(result.Message, `tsdb 0.`) || !strings.Contains(result.Message, `database "healthy", 3 measurements, `) {
		t.Errorf("%v: %s", result.Status, result.Message)
	}
	var details struct {
		Version      string  `json:"version"`
		Database     string  `json:"database"`
		Measurements int     `json:"measurements"`
		LatencyMs    float64 `json:"latencyMs"`
	}
	if err := json.Unmarshal(result.JSONDetails, &details); err != nil || details.Version == "" || details.Database != "healthy" || details.Measurements != 3 || details.LatencyMs <= 0 {
		t.Errorf("%v, %s", err, result.JSONDetails)
	}
}

func TestHealthSaysWhatToDo(t *testing.T) {
	node := house(t, "unhealthy")
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>welcome</html>")) }))
	defer foreign.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + closed.Addr().String()
	_ = closed.Close()
	tests := []struct {
		url      string
		jsonData map[string]any
		want     string
	}{
		{"", nil, "the URL is empty; set it to the node's address, such as http://127.0.0.1:8086"},
		{"localhost:8086", nil, "the URL is none of the form http://HOST:PORT"},
		{"http://me:hunter2@localhost:8086", nil, "the URL has a user or password inside"},
		{nobody, nil, "no tsdb node can be reached at " + nobody + ": connect: connection refused: is the node running"},
		{"http://no-such-host.invalid:1", nil, "its name no-such-host.invalid cannot be resolved"},
		{strings.Replace(node.URL, "http:", "https:", 1), nil, "it speaks no TLS: use http:// in the URL"},
		{foreign.URL, nil, "is no tsdb node (status 200): check host, port and path of the URL"},
		{node.URL + "/some/path", nil, "is no tsdb node (status 404): check host, port and path of the URL"},
		{node.URL, map[string]any{"database": "nowhere"}, "nowhere"},
		{node.URL, map[string]any{"timeoutSeconds": -1}, "the timeout is -1; it is a number of seconds above 0"},
		{node.URL, map[string]any{"timeInterval": "often"}, `"often" is no length of time such as 10s`},
		{node.URL, map[string]any{"timeInterval": "10000w"}, "the interval at which devices send is 10000w; it is at most 366d"},
		{node.URL, map[string]any{"serverName": 7}, "serverName is a number"},
		{node.URL, map[string]any{"httpHeaderName1": "X Key"}, `the header name "X Key" cannot be sent`},
		{node.URL, map[string]any{"httpHeaderName1": ""}, "a header has a value and no name"},
		{node.URL, map[string]any{"httpHeaderName1": 7}, "the HTTP settings cannot be used"},
		{node.URL, map[string]any{"httpHeaderName1": "X-A", "httpHeaderName2": "X-Key"}, "the value of the header X-Key has a line break"},
	}
	for _, test := range tests {
		result := newGrafana(t, test.url, test.jsonData, map[string]string{"httpHeaderValue1": "hunter2", "httpHeaderValue2": "hunter2\nX-More: 1"}).health()
		if result.Status != backend.HealthStatusError || !strings.Contains(result.Message, test.want) {
			t.Errorf("%s %v: %v, %q", test.url, test.jsonData, result.Status, result.Message)
		}
		if strings.Contains(result.Message+string(result.JSONDetails), "hunter2") {
			t.Errorf("the password is in the answer: %s", result.Message)
		}
	}
}

func TestTokens(t *testing.T) {
	nodetest.Require(t)
	data := t.TempDir()
	reader := strings.TrimSpace(nodetest.Tool(t, "token", "create", "--data", data, "--scope", "read:guarded", "--name", "grafana"))
	admin := strings.TrimSpace(nodetest.Tool(t, "token", "create", "--data", data, "--scope", "admin", "--name", "admin"))
	node := nodetest.StartIn(t, data, "127.0.0.1:0")
	node.Write(t, "guarded", "m v=1 1\n", "Authorization: Token "+admin)
	node.Write(t, "other", "m v=1 1\n", "Authorization: Token "+admin)

	good := newGrafana(t, node.URL, map[string]any{"database": "guarded"}, map[string]string{"token": reader})
	if result := good.health(); result.Status != backend.HealthStatusOk {
		t.Errorf("with its token: %s", result.Message)
	}
	if frame := good.one(map[string]any{"rawSql": "SELECT v FROM m", "format": "table"})[0]; values(frame.Fields[0]) != "1" {
		t.Errorf("with its token: %s", values(frame.Fields[0]))
	}
	answer, place := good.fails(map[string]any{"rawSql": "SELECT v FROM m", "format": "table", "database": "other"})
	if answer.Status != 403 || place["code"] != "forbidden" || !strings.Contains(place["message"].(string), "one with --scope read:other may ask") {
		t.Errorf("another database: %d, %v", answer.Status, place)
	}
	for name, secrets := range map[string]map[string]string{"no token": nil, "a bad token": {"token": "tsdb_deadbeef_guess"}} {
		bad := newGrafana(t, node.URL, map[string]any{"database": "guarded"}, secrets)
		if result := bad.health(); result.Status != backend.HealthStatusError || !strings.Contains(result.Message, "set a token in the data source's settings") || strings.Contains(result.Message, "guess") {
			t.Errorf("%s: %s", name, result.Message)
		}
		answer, place := bad.fails(map[string]any{"rawSql": "SELECT v FROM m"})
		if answer.Status != 401 || place["code"] != "unauthenticated" {
			t.Errorf("%s: %d, %v", name, answer.Status, place)
		}
	}
	// the token as a password, as InfluxDB 1 clients send it
	basic := newGrafana(t, node.URL, map[string]any{"database": "guarded"}, map[string]string{"basicAuthPassword": reader})
	basic.instance.BasicAuthEnabled, basic.instance.BasicAuthUser = true, "grafana"
	if result := basic.health(); result.Status != backend.HealthStatusOk {
		t.Errorf("basic auth: %s", result.Message)
	}
}

func TestNodeDownAndUpAgain(t *testing.T) {
	nodetest.Require(t)
	node := nodetest.Start(t)
	node.Write(t, "d", "m v=1 1\n")
	g := newGrafana(t, node.URL, map[string]any{"database": "d"}, nil)
	g.one(map[string]any{"rawSql": "SELECT v FROM m", "format": "table"})
	node.Kill()
	answer, place := g.fails(map[string]any{"rawSql": "SELECT v FROM m", "format": "table"})
	if place["code"] != "unreachable" || answer.Status != backend.StatusBadGateway || answer.ErrorSource != backend.ErrorSourceDownstream {
		t.Errorf("%v, status %d, source %s", place, answer.Status, answer.ErrorSource)
	}
	if message := place["message"].(string); !strings.Contains(message, "is the node running") {
		t.Errorf("message: %s", message)
	}
	again := nodetest.StartIn(t, node.Data, strings.TrimPrefix(node.URL, "http://"))
	if frame := g.one(map[string]any{"rawSql": "SELECT v FROM m", "format": "table"})[0]; again.URL != node.URL || values(frame.Fields[0]) != "1" {
		t.Errorf("%s: %s", again.URL, values(frame.Fields[0]))
	}
}
