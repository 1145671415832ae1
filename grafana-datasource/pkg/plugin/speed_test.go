package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/metadata"

	"tsdb/grafana-datasource/pkg/nodetest"
	"tsdb/grafana-datasource/pkg/wire"
)

// How much a benchmark's node holds: TSBS cpu-only, so many hosts every 10 s for a day. 1000 are 8.64 M rows, the figure in docs/backend.md.
func hosts(b *testing.B) int {
	if text := os.Getenv("TSDB_BENCH_HOSTS"); text != "" {
		count, err := strconv.Atoi(text)
		if err != nil {
			b.Fatal(err)
		}
		return count
	}
	return 100
}

var benchLoad sync.Once

func benchNode(b *testing.B) *nodetest.Node {
	node := nodetest.Shared(b)
	benchLoad.Do(func() {
		nodetest.Load(b, node, "--workload", "cpu-only", "--db", "bench", "--scale", strconv.Itoa(hosts(b)), "--span", "24h", "--start", "2026-11-26T00:00:00Z", "--precision", "s")
	})
	return node
}

// A panel of 10 series x 1,000 buckets: what the back end takes over the node's own time, from Grafana's request over gRPC to its answer. Reported are medians.
func BenchmarkPanel(b *testing.B) {
	g := newGrafana(b, benchNode(b).URL, map[string]any{"database": "bench"}, nil)
	query := dataQuery("A", map[string]any{"rawSql": `SELECT $__timeGroup(time, 86400ms) AS t, hostname, avg(usage_user) AS usage FROM cpu WHERE $__timeFilter(time)
AND hostname IN ('host_0','host_1','host_2','host_3','host_4','host_5','host_6','host_7','host_8','host_9') GROUP BY 1, hostname`})
	query.TimeRange = backend.TimeRange{From: time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 26, 23, 59, 59, 0, time.UTC)}
	query.MaxDataPoints = 1500
	own := nodeTime(b, g, query)
	var whole []float64
	used := cpu(b)
	for b.Loop() {
		started := time.Now()
		answer := g.query(context.Background(), query).Responses["A"]
		took := time.Since(started)
		if answer.Error != nil {
			b.Fatal(answer.Error)
		}
		frame := answer.Frames[0]
		if len(frame.Fields) != 11 || frame.Rows() != 1000 {
			b.Fatalf("%d fields, %d rows", len(frame.Fields), frame.Rows())
		}
		whole = append(whole, float64(took.Microseconds())/1000)
	}
	b.ReportMetric(median(whole), "ms")
	b.ReportMetric(median(whole)-own, "ms-added")
	b.ReportMetric(float64((cpu(b)-used).Microseconds())/1000/float64(b.N), "cpu-ms")
}

// cpu is the time that this process has had of a core: back end and test client, not the node. Other work on the machine does not change it much.
func cpu(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// nodeTime is the median of what the node itself says that the panel's statement takes, asked straight, in JSON, which has a place for it.
func nodeTime(b *testing.B, g *grafana, query backend.DataQuery) float64 {
	answer := g.query(context.Background(), query).Responses["A"]
	if answer.Error != nil {
		b.Fatal(answer.Error)
	}
	form := url.Values{"q": {answer.Frames[0].Meta.ExecutedQueryString}, "db": {"bench"}}.Encode()
	var times []float64
	for range 50 {
		response, err := http.Post(g.instance.URL+"/api/v1/sql", "application/x-www-form-urlencoded", strings.NewReader(form))
		if err != nil {
			b.Fatal(err)
		}
		var answer struct {
			ElapsedMillis float64 `json:"elapsedMs"`
		}
		err = json.NewDecoder(response.Body).Decode(&answer)
		_ = response.Body.Close()
		if err != nil || answer.ElapsedMillis == 0 {
			b.Fatal(err, answer)
		}
		times = append(times, answer.ElapsedMillis)
	}
	return median(times)
}

func median(values []float64) float64 {
	sorted := append([]float64(nil), values...)
	for i := range sorted {
		for j := i; j > 0 && sorted[j] < sorted[j-1]; j-- {
			sorted[j], sorted[j-1] = sorted[j-1], sorted[j]
		}
	}
	return sorted[len(sorted)/2]
}

// sampler reads how much memory the process has from the system, over and over, and keeps the most.
type sampler struct {
	most    atomic.Int64
	stop    chan struct{}
	stopped chan struct{}
}

func startSampler() *sampler {
	made := &sampler{stop: make(chan struct{}), stopped: make(chan struct{})}
	go func() {
		defer close(made.stopped)
		ticker := time.NewTicker(time.Millisecond)
		defer ticker.Stop()
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			made.most.Store(max(made.most.Load(), int64(now.Sys-now.HeapReleased)))
			select {
			case <-made.stop:
				return
			case <-ticker.C:
			}
		}
	}()
	return made
}

func (s *sampler) end() float64 {
	close(s.stop)
	<-s.stopped
	return float64(s.most.Load()) / (1 << 20)
}

// 1 M rows as a table: the most memory that the Go process has of the system, back end and the benchmark's own share of it.
func BenchmarkMillionRowTable(b *testing.B) {
	node := benchNode(b)
	// as the program has it
	defer debug.SetGCPercent(debug.SetGCPercent(GarbagePercent))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(MemoryLimitBytes))
	instance, err := New(context.Background(), backend.DataSourceInstanceSettings{UID: "bench", URL: node.URL, JSONData: []byte(`{"database":"bench"}`)})
	if err != nil {
		b.Fatal(err)
	}
	source := instance.(*Datasource)
	for _, table := range []struct {
		columns int
		names   string
	}{
		{3, "time, hostname, usage_user"},
		{5, "time, hostname, region, usage_user, usage_system"},
		{10, "time, hostname, region, usage_user, usage_system, usage_idle, usage_nice, usage_iowait, usage_irq, usage_softirq"},
	} {
		query := dataQuery("A", map[string]any{"rawSql": "SELECT " + table.names + " FROM cpu LIMIT 1000000", "format": "table"})
		b.Run(fmt.Sprintf("%d columns whole", table.columns), func(b *testing.B) {
			size := 0
			measureMemory(b, func() { size = serve(b, source, query) })
			b.ReportMetric(float64(size)/(1<<20), "MiB-sent")
		})
		b.Run(fmt.Sprintf("%d columns in chunks", table.columns), func(b *testing.B) {
			measureMemory(b, func() {
				counter := &chunkCounter{}
				if err := source.QueryChunkedData(context.Background(), &backend.QueryChunkedDataRequest{Queries: []backend.DataQuery{query}}, counter); err != nil {
					b.Fatal(err)
				}
				if counter.rows != min(1_000_000, hosts(b)*8640) || counter.failed != nil {
					b.Fatalf("%d rows, %v", counter.rows, counter.failed)
				}
			})
		})
	}
}

func measureMemory(b *testing.B, act func()) {
	debug.FreeOSMemory()
	sampler := startSampler()
	for b.Loop() {
		act()
	}
	b.ReportMetric(sampler.end(), "MiB")
}

// serve does what the SDK's server and gRPC do with a request, up to the bytes of the message, and gives how many those are.
func serve(b *testing.B, source *Datasource, query backend.DataQuery) int {
	ctx, end := context.WithCancel(grpc.NewContextWithServerTransportStream(context.Background(), unwritten{}))
	defer end()
	response, err := source.QueryData(ctx, &backend.QueryDataRequest{Queries: []backend.DataQuery{query}})
	if err != nil {
		b.Fatal(err)
	}
	if answer := response.Responses["A"]; answer.Error != nil {
		b.Fatal(answer.Error)
	}
	message, err := backend.ToProto().QueryDataResponse(backend.DataFrameFormat_ARROW, response)
	if err != nil {
		b.Fatal(err)
	}
	sent, err := encoding.GetCodecV2("proto").Marshal(message)
	if err != nil {
		b.Fatal(err)
	}
	if size := sent.Len(); size > 20*min(1_000_000, hosts(b)*8640) {
		return size
	}
	b.Fatalf("a message of %d bytes", sent.Len())
	return 0
}

// unwritten stands for the stream that a message is written to.
type unwritten struct{}

func (unwritten) Method() string               { return "/pluginv2.Data/QueryData" }
func (unwritten) SetHeader(metadata.MD) error  { return nil }
func (unwritten) SendHeader(metadata.MD) error { return nil }
func (unwritten) SetTrailer(metadata.MD) error { return nil }

type chunkCounter struct {
	rows   int
	failed error
}

func (c *chunkCounter) WriteFrame(_ context.Context, _, _ string, frame *data.Frame) error {
	c.rows += frame.Rows()
	_, err := frame.MarshalArrow()
	return err
}

func (c *chunkCounter) WriteError(_ context.Context, refID string, _ backend.Status, err error) error {
	c.failed = fmt.Errorf("%s: %w", refID, err)
	return nil
}

// The hundred-thousandth part of a benchmark's promise that a test can hold: a long table goes through in chunks, whole.
func TestLongTablesGoThroughInChunks(t *testing.T) {
	node := nodetest.Shared(t)
	var lines strings.Builder
	const rows = 3*chunkRows + 17
	for row := range rows {
		fmt.Fprintf(&lines, "m,device=d%d v=%d %d\n", row%7, row, at(0)+int64(row))
	}
	node.Write(t, "long", lines.String())
	instance, err := New(context.Background(), backend.DataSourceInstanceSettings{UID: "long", URL: node.URL, JSONData: []byte(`{"database":"long"}`)})
	if err != nil {
		t.Fatal(err)
	}
	counter := &chunkCounter{}
	query := dataQuery("A", map[string]any{"rawSql": "SELECT time, device, v FROM m", "format": "table"})
	if err := instance.(*Datasource).QueryChunkedData(context.Background(), &backend.QueryChunkedDataRequest{Queries: []backend.DataQuery{query}}, counter); err != nil || counter.failed != nil {
		t.Fatal(err, counter.failed)
	}
	if counter.rows != rows {
		t.Errorf("%d rows of %d", counter.rows, rows)
	}
}

// Whatever way a table goes, Grafana gets the same: types, nulls, texts, notices, meta; other queries of the request are what they are without it.
func TestLongTablesAreWhatShortOnesAre(t *testing.T) {
	node := nodetest.Shared(t)
	var lines strings.Builder
	const rows = wire.RowsMin + 17
	for row := range rows {
		fmt.Fprintf(&lines, "m,device=d%d v=%d.25,on=%t,text=\"row %d\",u=%du %d\n", row%7, row, row%3 == 0, row, row, at(0)+int64(row))
		if row%5 == 0 {
			fmt.Fprintf(&lines, "m,device=d%d i=%di,rare=\"yes\" %d\n", row%7, row, at(0)+int64(row))
		}
	}
	node.Write(t, "longer", lines.String())
	settings := map[string]any{"database": "longer", "maxRows": wire.RowsMin + 1}
	g := newGrafana(t, node.URL, settings, nil)
	long := dataQuery("A", map[string]any{"rawSql": "SELECT time, device, v, on, text, u, i, rare FROM m ORDER BY time", "format": "table"})
	short := dataQuery("B", map[string]any{"rawSql": "SELECT count(*) AS c FROM m", "format": "table"})
	wrong := dataQuery("C", map[string]any{"rawSql": "SELECT nothing FROM m", "format": "table"})
	overGRPC := g.query(context.Background(), long, short, wrong).Responses

	instance, err := New(context.Background(), *g.instance)
	if err != nil {
		t.Fatal(err)
	}
	direct, err := instance.(*Datasource).QueryData(context.Background(), &backend.QueryDataRequest{PluginContext: g.context(), Queries: []backend.DataQuery{long}})
	if err != nil {
		t.Fatal(err)
	}
	got, expected := overGRPC["A"].Frames[0], direct.Responses["A"].Frames[0]
	if got.Rows() != wire.RowsMin+1 || len(got.Fields) != 8 || got.RefID != "A" || got.Name != "" {
		t.Fatalf("%d rows, %d fields, of %q, named %q", got.Rows(), len(got.Fields), got.RefID, got.Name)
	}
	for i, field := range expected.Fields {
		if got.Fields[i].Name != field.Name || got.Fields[i].Type().NonNullableType() != field.Type().NonNullableType() {
			t.Errorf("%s of %s is %s of %s", field.Name, field.Type(), got.Fields[i].Name, got.Fields[i].Type())
		}
		for row := range field.Len() {
			value, is := field.ConcreteAt(row)
			other, isOther := got.Fields[i].ConcreteAt(row)
			if moment, isTime := value.(time.Time); isTime {
				value, other = moment.UnixNano(), other.(time.Time).UnixNano()
			}
			if is != isOther || is && value != other {
				t.Fatalf("%s of row %d is %v (%t), was %v (%t)", field.Name, row, other, isOther, value, is)
			}
		}
	}
	if got.Meta.Type != data.FrameTypeTable || got.Meta.ExecutedQueryString != expected.Meta.ExecutedQueryString || len(got.Meta.Notices) != 1 || got.Meta.Custom.(map[string]any)["rowCount"] != float64(wire.RowsMin+1) {
		t.Errorf("the meta of the frame is %+v", got.Meta)
	}
	if count, _ := overGRPC["B"].Frames[0].Fields[0].ConcreteAt(0); count != int64(rows) {
		t.Errorf("beside a long table %d rows are counted", count)
	}
	if overGRPC["C"].Error == nil || !strings.Contains(overGRPC["C"].Error.Error(), "nothing") {
		t.Errorf("beside a long table a wrong query fails with %v", overGRPC["C"].Error)
	}
}
