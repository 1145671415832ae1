package plugin

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"

	"tsdb/grafana-datasource/pkg/nodetest"
)

// What a stream may take to bring a row. The promise is one second; this is when a test gives up waiting.
const streamPatience = 30 * time.Second

// now is a live query over the last minutes.
func liveQuery(sql string) backend.DataQuery {
	query := dataQuery("A", map[string]any{"rawSql": sql, "live": true})
	query.TimeRange = backend.TimeRange{From: time.Now().Add(-5 * time.Minute), To: time.Now()}
	query.Interval = time.Second
	return query
}

// subscription is one subscriber of a channel, who has rows handed to him one by one as label text, time, values.
type subscription struct {
	t      *testing.T
	rows   chan string
	ended  chan error
	cancel context.CancelFunc
}

func (g *grafana) subscribe(t *testing.T, path string, given string) *subscription {
	t.Helper()
	streams := g.streams()
	context0, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	plugin := backend.ToProto().PluginContext(g.context())
	answer, err := streams.SubscribeStream(context0, &pluginv2.SubscribeStreamRequest{PluginContext: plugin, Path: path, Data: []byte(given)})
	if err != nil || answer.Status != pluginv2.SubscribeStreamResponse_OK {
		t.Fatalf("subscribe %s: %v, %v", path, answer.GetStatus(), err)
	}
	stream, err := streams.RunStream(context0, &pluginv2.RunStreamRequest{PluginContext: plugin, Path: path, Data: []byte(given)})
	if err != nil {
		t.Fatal(err)
	}
	made := &subscription{t: t, rows: make(chan string, 1000), ended: make(chan error, 1), cancel: cancel}
	go func() {
		for {
			packet, err := stream.Recv()
			if err != nil {
				made.ended <- err
				return
			}
			for _, row := range rowsOf(packet.Data) {
				made.rows <- row
			}
		}
	}()
	return made
}

func rowsOf(text []byte) []string {
	var message struct {
		Schema any `json:"schema"`
		Data   struct {
			Values [][]any `json:"values"`
		} `json:"data"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&message); err != nil || message.Schema != nil {
		return []string{fmt.Sprintf("not data only: %s", text)}
	}
	var rows []string
	for row := range message.Data.Values[0] {
		var cells []string
		for _, column := range message.Data.Values {
			cells = append(cells, fmt.Sprint(column[row]))
		}
		rows = append(rows, strings.Join(cells, " "))
	}
	return rows
}

func (s *subscription) next() string {
	s.t.Helper()
	select {
	case row := <-s.rows:
		return row
	case err := <-s.ended:
		s.t.Fatalf("the stream ended: %v", err)
	case <-time.After(streamPatience):
		s.t.Fatal("no row came")
	}
	return ""
}

func (s *subscription) wants(row string) {
	s.t.Helper()
	if got := s.next(); got != row {
		s.t.Errorf("row %q, want %q", got, row)
	}
}

func startLive(t *testing.T, g *grafana, sql string) (data.Frames, *subscription) {
	t.Helper()
	answer := g.query(context.Background(), liveQuery(sql)).Responses["A"]
	if answer.Error != nil {
		t.Fatal(answer.Error)
	}
	path, is := strings.CutPrefix(answer.Frames[0].Meta.Channel, "ds/"+g.uid+"/")
	if !is || len(answer.Frames[0].Meta.Channel) > 160 {
		t.Fatalf("channel %q", answer.Frames[0].Meta.Channel)
	}
	return answer.Frames, g.subscribe(t, path, "")
}

const millis = int64(time.Millisecond)

func TestStreamBringsRowsThatAreWritten(t *testing.T) {
	node := nodetest.Shared(t)
	now := time.Now().UnixNano() / millis * millis
	node.Write(t, "live", fmt.Sprintf("m,room=a v=1 %d\nm,room=b v=2 %d\n", now-2000*millis, now-1000*millis))
	g := newGrafana(t, node.URL, map[string]any{"database": "live"}, nil)
	frames, stream := startLive(t, g, "SELECT time, room, v FROM m WHERE $__timeFilter(time)")
	if got := frames[0].Fields[0].Name + ": " + values(frames[0].Fields[0]) + " | " + values(frames[0].Fields[2]); got != `labels: {room="a"} {room="b"} | 1 2` {
		t.Errorf("answer: %s", got)
	}

	written := time.Now()
	node.Write(t, "live", fmt.Sprintf("m,room=a v=3 %d\n", now))
	stream.wants(fmt.Sprintf(`{room="a"} %d 3`, now/millis))
	t.Logf("a row came %s after it was written", time.Since(written).Round(time.Millisecond))

	// late, but within the window; and one of a series that is new
	node.Write(t, "live", fmt.Sprintf("m,room=b v=4 %d\n", now-30_000*millis))
	stream.wants(fmt.Sprintf(`{room="b"} %d 4`, (now-30_000*millis)/millis))
	node.Write(t, "live", fmt.Sprintf("m,room=c v=5 %d\n", now+millis))
	stream.wants(fmt.Sprintf(`{room="c"} %d 5`, (now+millis)/millis))
	// the same point again with another value is another row; with the same it is none
	node.Write(t, "live", fmt.Sprintf("m,room=c v=5 %d\nm,room=c v=6 %d\n", now+millis, now+2*millis))
	stream.wants(fmt.Sprintf(`{room="c"} %d 6`, (now+2*millis)/millis))
	node.Write(t, "live", fmt.Sprintf("m,room=c v=7 %d\n", now+2*millis))
	stream.wants(fmt.Sprintf(`{room="c"} %d 7`, (now+2*millis)/millis))
	// older than the window: not looked for; the row after it shows that it did not come
	node.Write(t, "live", fmt.Sprintf("m,room=a v=8 %d\n", now-200_000*millis))
	node.Write(t, "live", fmt.Sprintf("m,room=a v=9 %d\n", now+3*millis))
	stream.wants(fmt.Sprintf(`{room="a"} %d 9`, (now+3*millis)/millis))
	stream.cancel()
	if err := <-stream.ended; err == nil {
		t.Error("a stream without subscribers goes on")
	}
}

func TestStreamGoesOnWhereTheAnswerEnded(t *testing.T) {
	node := nodetest.Shared(t)
	now := time.Now().UnixNano() / millis * millis
	node.Write(t, "between", fmt.Sprintf("m,room=a v=1 %d\n", now))
	g := newGrafana(t, node.URL, map[string]any{"database": "between"}, nil)
	answer := g.query(context.Background(), liveQuery("SELECT time, room, v FROM m WHERE $__timeFilter(time)")).Responses["A"]
	if answer.Error != nil {
		t.Fatal(answer.Error)
	}
	// after the answer and before the subscription, one of them with an older time than what was answered
	node.Write(t, "between", fmt.Sprintf("m,room=b v=2 %d\nm,room=a v=3 %d\n", now-5000*millis, now+millis))
	stream := g.subscribe(t, strings.TrimPrefix(answer.Frames[0].Meta.Channel, "ds/"+g.uid+"/"), "")
	stream.wants(fmt.Sprintf(`{room="b"} %d 2`, (now-5000*millis)/millis))
	stream.wants(fmt.Sprintf(`{room="a"} %d 3`, (now+millis)/millis))
}

func TestStreamOfBucketsBringsEachOnceWhenItIsOver(t *testing.T) {
	node := nodetest.Shared(t)
	g := newGrafana(t, node.URL, map[string]any{"database": "buckets"}, nil)
	start := time.Now().Truncate(time.Second).UnixNano()
	second := int64(time.Second)
	node.Write(t, "buckets", fmt.Sprintf("m v=1 %d\n", start-20*second))
	_, stream := startLive(t, g, "SELECT $__timeGroup(time, 1s) AS t, sum(v) AS s FROM m WHERE $__timeFilter(time) GROUP BY 1")
	node.Write(t, "buckets", fmt.Sprintf("m v=10 %d\nm v=20 %d\n", start+second, start+second+1))
	stream.wants(fmt.Sprintf("%d 30", (start+second)/millis))
	node.Write(t, "buckets", fmt.Sprintf("m v=5 %d\n", start+2*second))
	stream.wants(fmt.Sprintf("%d 5", (start+2*second)/millis))
}

func TestStreamByDataOfItsAddress(t *testing.T) {
	node := nodetest.Shared(t)
	node.Write(t, "address", "m v=0 1\n")
	g := newGrafana(t, node.URL, nil, nil)
	stream := g.subscribe(t, "series/my-own_key", `{"rawSql":"SELECT time, v FROM m WHERE $__timeFilter(time)","database":"address","intervalMs":1000}`)
	// what is there at the first poll is known, so write until one comes
	for v := 1; ; v++ {
		at := time.Now().UnixNano() / millis * millis
		node.Write(t, "address", fmt.Sprintf("m v=%d %d\n", v, at))
		select {
		case row := <-stream.rows:
			if parts := strings.Fields(row); len(parts) != 2 {
				t.Errorf("row %q", row)
			}
			return
		case err := <-stream.ended:
			t.Fatal(err)
		case <-time.After(pollInterval):
			if v > 60 {
				t.Fatal("no row came")
			}
		}
	}
}

func TestStreamsThatCannotBe(t *testing.T) {
	node := house(t, "never")
	g := newGrafana(t, node.URL, map[string]any{"database": "never"}, nil)
	answer := g.query(context.Background(), liveQuery("SELECT time, temperature FROM climate")).Responses["A"]
	if answer.Error == nil || !strings.Contains(answer.Error.Error(), "a live query needs $__timeFilter(time)") {
		t.Errorf("without a filter: %v", answer.Error)
	}
	streams := g.streams()
	plugin := backend.ToProto().PluginContext(g.context())
	for path, given := range map[string]string{
		"series/0123456789abcdef0123456789abcdef": "", "other/x": "", "series/x": `{"rawSql":"DROP DATABASE never"}`, "series/y": `{"rawSql":"SELECT time FROM climate"}`, "series/a b": `{"rawSql":"SELECT 1 WHERE $__timeFilter(time)"}`, "series/z": "7",
	} {
		answer, err := streams.SubscribeStream(context.Background(), &pluginv2.SubscribeStreamRequest{PluginContext: plugin, Path: path, Data: []byte(given)})
		if err != nil || answer.Status != pluginv2.SubscribeStreamResponse_NOT_FOUND {
			t.Errorf("%s %s: %v, %v", path, given, answer.GetStatus(), err)
		}
	}
	published, err := streams.PublishStream(context.Background(), &pluginv2.PublishStreamRequest{PluginContext: plugin, Path: "series/x", Data: []byte("{}")})
	if err != nil || published.Status != pluginv2.PublishStreamResponse_PERMISSION_DENIED {
		t.Errorf("publish: %v, %v", published.GetStatus(), err)
	}
	// an error of the statement ends the stream
	stream := g.subscribe(t, "series/wrong", `{"rawSql":"SELECT time, nope FROM climate WHERE $__timeFilter(time)"}`)
	select {
	case err := <-stream.ended:
		if !strings.Contains(err.Error(), "nope") {
			t.Errorf("ended: %v", err)
		}
	case <-time.After(streamPatience):
		t.Error("a stream of a wrong statement goes on")
	}
}

// The node goes away and comes back: the stream waits for it.
func TestStreamOutlivesItsNode(t *testing.T) {
	nodetest.Require(t)
	node := nodetest.Start(t)
	now := time.Now().UnixNano() / millis * millis
	node.Write(t, "d", fmt.Sprintf("m v=1 %d\n", now))
	g := newGrafana(t, node.URL, map[string]any{"database": "d"}, nil)
	_, stream := startLive(t, g, "SELECT time, v FROM m WHERE $__timeFilter(time)")
	node.Write(t, "d", fmt.Sprintf("m v=2 %d\n", now+millis))
	stream.wants(fmt.Sprintf("%d 2", now/millis+1))
	node.Kill()
	again := nodetest.StartIn(t, node.Data, strings.TrimPrefix(node.URL, "http://"))
	again.Write(t, "d", fmt.Sprintf("m v=3 %d\n", now+2*millis))
	stream.wants(fmt.Sprintf("%d 3", now/millis+2))
}
