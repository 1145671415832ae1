package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/experimental/datasourcetest"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"tsdb/grafana-datasource/pkg/nodetest"
)

func TestMain(m *testing.M) {
	nodetest.Main(m)
}

// grafana stands in for Grafana: it speaks to the plugin's own gRPC server, as Grafana does.
type grafana struct {
	t        testing.TB
	uid      string
	address  string
	client   *datasourcetest.TestPluginClient
	instance *backend.DataSourceInstanceSettings
}

var revision = time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)

// server is one for all tests: a process registers the plugin's metrics once.
var server = sync.OnceValues(func() (*datasourcetest.TestPlugin, string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	plugin, err := datasourcetest.Manage(New, datasourcetest.ManageOpts{Address: address})
	if err != nil {
		panic(err)
	}
	return &plugin, address
})

// newGrafana sets up a data source of its own.
func newGrafana(t testing.TB, url string, jsonData map[string]any, secrets map[string]string) *grafana {
	t.Helper()
	plugin, address := server()
	made := &grafana{t: t, address: address, client: plugin.Client, uid: fmt.Sprintf("tsdb-%d", sources.Add(1))}
	made.configure(url, jsonData, secrets)
	return made
}

var sources atomic.Int64

// configure is what "Save" does: instances are made anew.
func (g *grafana) configure(url string, jsonData map[string]any, secrets map[string]string) {
	text, err := json.Marshal(jsonData)
	if err != nil {
		g.t.Fatal(err)
	}
	revision = revision.Add(time.Second)
	g.instance = &backend.DataSourceInstanceSettings{
		ID: 1, UID: g.uid, Name: "tsdb", Type: ID, URL: url, JSONData: text, DecryptedSecureJSONData: secrets, Updated: revision,
	}
}

func (g *grafana) context() backend.PluginContext {
	return backend.PluginContext{OrgID: 1, PluginID: ID, DataSourceInstanceSettings: g.instance}
}

var (
	rangeFrom = time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC)
	rangeTo   = rangeFrom.Add(time.Hour)
)

func dataQuery(refID string, model map[string]any) backend.DataQuery {
	model["refId"] = refID
	text, err := json.Marshal(model)
	if err != nil {
		panic(err)
	}
	return backend.DataQuery{
		RefID: refID, JSON: text, TimeRange: backend.TimeRange{From: rangeFrom, To: rangeTo}, Interval: time.Minute, MaxDataPoints: 1000,
	}
}

func (g *grafana) query(ctx context.Context, queries ...backend.DataQuery) *backend.QueryDataResponse {
	g.t.Helper()
	response, err := g.client.QueryData(ctx, &backend.QueryDataRequest{PluginContext: g.context(), Queries: queries})
	if err != nil {
		g.t.Fatal(err)
	}
	return response
}

// one runs one query that must work.
func (g *grafana) one(model map[string]any) data.Frames {
	g.t.Helper()
	answer := g.query(context.Background(), dataQuery("A", model)).Responses["A"]
	if answer.Error != nil {
		g.t.Fatalf("%v: %v", model["rawSql"], answer.Error)
	}
	if len(answer.Frames) == 0 || answer.Frames[0].Meta == nil {
		g.t.Fatalf("%v: no frame", model["rawSql"])
	}
	return answer.Frames
}

// fails runs one query that must not work, and gives its error and where that is.
func (g *grafana) fails(model map[string]any) (backend.DataResponse, map[string]any) {
	g.t.Helper()
	answer := g.query(context.Background(), dataQuery("A", model)).Responses["A"]
	if answer.Error == nil {
		g.t.Fatalf("%v: answered with %d frames", model["rawSql"], len(answer.Frames))
	}
	custom, is := answer.Frames[0].Meta.Custom.(map[string]any)
	if !is {
		g.t.Fatalf("%v: no place of the error in %v", model["rawSql"], answer.Frames[0].Meta.Custom)
	}
	place, is := custom["error"].(map[string]any)
	if !is {
		g.t.Fatalf("%v: no place of the error in %v", model["rawSql"], custom)
	}
	return answer, place
}

func (g *grafana) resource(method, path string, body any) (int, string) {
	g.t.Helper()
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			g.t.Fatal(err)
		}
	}
	status, answer := 0, ""
	route, _, _ := strings.Cut(path, "?")
	err := g.client.CallResource(context.Background(), &backend.CallResourceRequest{PluginContext: g.context(), Method: method, Path: route, URL: path, Body: text},
		backend.CallResourceResponseSenderFunc(func(response *backend.CallResourceResponse) error {
			status = response.Status
			answer += string(response.Body)
			return nil
		}))
	if err != nil {
		g.t.Fatal(err)
	}
	return status, answer
}

func (g *grafana) streams() pluginv2.StreamClient {
	g.t.Helper()
	connection, err := grpc.NewClient(g.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { _ = connection.Close() })
	return pluginv2.NewStreamClient(connection)
}

// values prints a field of a frame, so that it can be compared.
func values(field *data.Field) string {
	parts := make([]string, field.Len())
	for i := range parts {
		value, is := field.ConcreteAt(i)
		switch at := value.(type) {
		case time.Time:
			parts[i] = at.UTC().Format("15:04:05")
		default:
			parts[i] = fmt.Sprint(value)
		}
		if !is {
			parts[i] = "-"
		}
	}
	return strings.Join(parts, " ")
}

func at(second int) int64 {
	return rangeFrom.Add(time.Duration(second) * time.Second).UnixNano()
}

// house is a small database: two rooms, a value a minute, one missing; states; log lines.
func house(t testing.TB, database string) *nodetest.Node {
	node := nodetest.Shared(t)
	var lines strings.Builder
	for minute := range 6 {
		for i, room := range []string{"kitchen", "it's\\ a\\ hall"} {
			if minute == 3 && i == 1 {
				continue
			}
			fmt.Fprintf(&lines, "climate,room=%s,floor=%d temperature=%d.5,humidity=%di,open=%t %d\n", room, i, 20+minute+10*i, 40+minute, minute%2 == 0, at(60*minute))
		}
	}
	fmt.Fprintf(&lines, "machine,device=m1 state=\"on\" %d\nmachine,device=m1 state=\"off\" %d\n", at(0), at(120))
	fmt.Fprintf(&lines, "events,device=m1,level=warn message=\"door \\\"A\\\" open\",code=7i %d\nevents,device=m2,level=info message=\"started\" %d\n", at(30), at(90))
	node.Write(t, database, lines.String())
	return node
}

const all10 = "SELECT time, room, floor, temperature, humidity, open FROM climate WHERE $__timeFilter(time) ORDER BY time, room"
