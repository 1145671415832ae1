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
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"google.golang.org/protobuf/proto"

	"tsdb/grafana-datasource/pkg/nodetest"
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
	wide := dataQuery("A", map[string]any{"rawSql": "SELECT time, hostname, region, usage_user, usage_system FROM cpu LIMIT 1000000", "format": "table"})
	narrow := dataQuery("A", map[string]any{"rawSql": "SELECT time, hostname, usage_user FROM cpu LIMIT 1000000", "format": "table"})
	for name, query := range map[string]backend.DataQuery{"3 columns whole": narrow, "5 columns whole": wide} {
		b.Run(name, func(b *testing.B) {
			debug.FreeOSMemory()
			sampler := startSampler()
			size := 0
			for b.Loop() {
				sent, err := proto.Marshal(serve(b, source, query))
				if err != nil {
					b.Fatal(err)
				}
				size = len(sent)
			}
			b.ReportMetric(sampler.end(), "MiB")
			b.ReportMetric(float64(size)/(1<<20), "MiB-sent")
		})
	}
	b.Run("5 columns in chunks", func(b *testing.B) {
		debug.FreeOSMemory()
		sampler := startSampler()
		for b.Loop() {
			counter := &chunkCounter{}
			if err := source.QueryChunkedData(context.Background(), &backend.QueryChunkedDataRequest{Queries: []backend.DataQuery{wide}}, counter); err != nil {
				b.Fatal(err)
			}
			if counter.rows != min(1_000_000, hosts(b)*8640) || counter.failed != nil {
				b.Fatalf("%d rows, %v", counter.rows, counter.failed)
			}
		}
		b.ReportMetric(sampler.end(), "MiB")
	})
}

// serve does what the SDK's server does with a request, up to the message that gRPC writes out.
func serve(b *testing.B, source *Datasource, query backend.DataQuery) *pluginv2.QueryDataResponse {
	response, err := source.QueryData(context.Background(), &backend.QueryDataRequest{Queries: []backend.DataQuery{query}})
	if err != nil {
		b.Fatal(err)
	}
	if answer := response.Responses["A"]; answer.Error != nil || answer.Frames[0].Rows() != min(1_000_000, hosts(b)*8640) {
		b.Fatalf("%v, %d rows", answer.Error, answer.Frames[0].Rows())
	}
	message, err := backend.ToProto().QueryDataResponse(backend.DataFrameFormat_ARROW, response)
	if err != nil {
		b.Fatal(err)
	}
	return message
}

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
