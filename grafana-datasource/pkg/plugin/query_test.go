package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

func TestTimeSeriesAreWideWithLabels(t *testing.T) {
	g := newGrafana(t, house(t, "wide").URL, map[string]any{"database": "wide"}, nil)
	frames := g.one(map[string]any{"rawSql": "SELECT $__timeBucket(time) AS t, room, avg(temperature) AS temp FROM climate WHERE $__timeFilter(time) GROUP BY 1, room", "legend": "{{room}}: {{field}} of {{measurement}}{{none}}"})
	if len(frames) != 1 || frames[0].Meta.Type != data.FrameTypeTimeSeriesWide {
		t.Fatalf("%d frames, type %s", len(frames), frames[0].Meta.Type)
	}
	frame := frames[0]
	if got, want := values(frame.Fields[0]), "10:00:00 10:01:00 10:02:00 10:03:00 10:04:00 10:05:00"; got != want {
		t.Errorf("times are %s, want %s", got, want)
	}
	byRoom := map[string]*data.Field{}
	for _, field := range frame.Fields[1:] {
		if field.Name != "temp" || len(field.Labels) != 1 {
			t.Errorf("field %s has labels %v", field.Name, field.Labels)
		}
		byRoom[field.Labels["room"]] = field
	}
	if got := values(byRoom["kitchen"]); got != "20.5 21.5 22.5 23.5 24.5 25.5" {
		t.Errorf("kitchen: %s", got)
	}
	if got := values(byRoom["it's a hall"]); got != "30.5 31.5 32.5 - 34.5 35.5" {
		t.Errorf("hall: %s", got)
	}
	if got := byRoom["kitchen"].Config.DisplayNameFromDS; got != "kitchen: temp of climate" {
		t.Errorf("legend: %q", got)
	}
	if !strings.HasPrefix(frame.Meta.ExecutedQueryString, "SELECT time_bucket('1m', time) AS t, room, avg(temperature)") {
		t.Errorf("executed: %s", frame.Meta.ExecutedQueryString)
	}
	if custom := frame.Meta.Custom.(map[string]any); custom["rowCount"].(float64) != 11 || custom["elapsedMs"].(float64) <= 0 {
		t.Errorf("statistics: %v", custom)
	}
}

func TestTypesAndSeveralValuesOfASeries(t *testing.T) {
	g := newGrafana(t, house(t, "types").URL, map[string]any{"database": "types"}, nil)
	frame := g.one(map[string]any{"rawSql": all10})[0]
	if len(frame.Fields) != 1+2*3 {
		t.Fatalf("%d fields", len(frame.Fields))
	}
	kinds := map[string]data.FieldType{"temperature": data.FieldTypeNullableFloat64, "humidity": data.FieldTypeNullableInt64, "open": data.FieldTypeNullableBool}
	for _, field := range frame.Fields[1:] {
		if field.Labels["room"] != "it's a hall" {
			continue
		}
		if field.Type() != kinds[field.Name] || field.Labels["floor"] != "1" {
			t.Errorf("%s is %s, labels %v", field.Name, field.Type(), field.Labels)
		}
	}
}

func TestTableKeepsColumnsAndOrder(t *testing.T) {
	g := newGrafana(t, house(t, "tables").URL, map[string]any{"database": "tables"}, nil)
	frame := g.one(map[string]any{"rawSql": "SELECT room, count(*) AS n, max(time) AS newest FROM climate GROUP BY room ORDER BY n DESC", "format": "table"})[0]
	if frame.Meta.Type != data.FrameTypeTable || len(frame.Fields) != 3 {
		t.Fatalf("type %s, %d fields", frame.Meta.Type, len(frame.Fields))
	}
	if got := values(frame.Fields[0]) + " | " + values(frame.Fields[1]) + " | " + values(frame.Fields[2]); got != "kitchen it's a hall | 6 5 | 10:05:00 10:05:00" {
		t.Errorf("table: %s", got)
	}
	if frame.Fields[1].Type() != data.FieldTypeInt64 || frame.Fields[2].Type() != data.FieldTypeTime {
		t.Errorf("types %s, %s", frame.Fields[1].Type(), frame.Fields[2].Type())
	}
}

func TestLogsAndAnnotations(t *testing.T) {
	g := newGrafana(t, house(t, "logs").URL, map[string]any{"database": "logs"}, nil)
	logs := g.one(map[string]any{"rawSql": "SELECT * FROM events WHERE $__timeFilter(time)", "format": "logs"})[0]
	if logs.Meta.Type != data.FrameTypeLogLines || logs.Meta.PreferredVisualization != data.VisTypeLogs {
		t.Errorf("type %s, drawn as %s", logs.Meta.Type, logs.Meta.PreferredVisualization)
	}
	field := func(frame *data.Frame, name string) string {
		found, _ := frame.FieldByName(name)
		if found == nil {
			t.Fatalf("no field %s", name)
		}
		return values(found)
	}
	if got := field(logs, "timestamp") + " | " + field(logs, "body") + " | " + field(logs, "severity"); got != `10:01:30 10:00:30 | started door "A" open | info warn` {
		t.Errorf("logs: %s", got)
	}
	labels, _ := logs.FieldByName("labels")
	if got := string(labels.At(1).(json.RawMessage)); got != `{"code":"7","device":"m1"}` {
		t.Errorf("labels: %s", got)
	}
	notes := g.one(map[string]any{
		"queryType": "annotation", "rawSql": "SELECT time, time + 5m AS until, message, level, device FROM events WHERE $__timeFilter(time) ORDER BY time",
		"timeColumn": "time", "timeEndColumn": "until", "textColumn": "message", "tagsColumns": []string{"level", "device"},
	})[0]
	if got := field(notes, "time") + " | " + field(notes, "timeEnd") + " | " + field(notes, "text") + " | " + field(notes, "tags"); got != `10:00:30 10:01:30 | 10:05:30 10:06:30 | door "A" open started | warn,m1 info,m2` {
		t.Errorf("annotations: %s", got)
	}
	_, place := g.fails(map[string]any{"queryType": "annotation", "rawSql": "SELECT time, message FROM events", "textColumn": "txt"})
	if message := place["message"].(string); !strings.Contains(message, `the annotation's text is the column "txt", which the query does not select; it selects time, message`) {
		t.Errorf("message: %s", message)
	}
}

func TestStatesAreTextSeries(t *testing.T) {
	g := newGrafana(t, house(t, "states").URL, map[string]any{"database": "states"}, nil)
	frame := g.one(map[string]any{"rawSql": "SELECT time, device, state FROM machine WHERE $__timeFilter(time)"})[0]
	if got := values(frame.Fields[1]); frame.Fields[1].Labels["device"] != "m1" || got != "on off" {
		t.Errorf("%v: %s", frame.Fields[1].Labels, got)
	}
}

func TestGapsAreFilledAsAsked(t *testing.T) {
	g := newGrafana(t, house(t, "gaps").URL, map[string]any{"database": "gaps"}, nil)
	for fill, want := range map[string]string{
		"null": "30.5 31.5 32.5 - 34.5 35.5 - -", "previous": "30.5 31.5 32.5 32.5 34.5 35.5 35.5 35.5", "next": "30.5 31.5 32.5 34.5 34.5 35.5 - -", "linear": "30.5 31.5 32.5 33.5 34.5 35.5 - -", "0": "30.5 31.5 32.5 0 34.5 35.5 0 0", "": "30.5 31.5 32.5 34.5 35.5",
	} {
		model := map[string]any{"rawSql": "SELECT $__timeGroup(time, 1m) AS t, avg(temperature) AS temp FROM climate WHERE floor = '1' AND time >= $__timeFrom AND time <= $__timeTo GROUP BY 1", "fill": fill}
		query := dataQuery("A", model)
		query.TimeRange.To = rangeFrom.Add(7 * 60 * 1e9)
		answer := g.query(context.Background(), query).Responses["A"]
		if answer.Error != nil {
			t.Fatal(answer.Error)
		}
		if got := values(answer.Frames[0].Fields[1]); got != want {
			t.Errorf("fill %q: %s, want %s", fill, got, want)
		}
	}
	// the node fills where it can: it knows months, and what was before the range; what it does not take is filled here
	for _, one := range []struct{ sql, fill, executed, values string }{
		{"SELECT $__timeGroup(time, 1m, previous) AS t, avg(temperature) AS temp FROM climate WHERE floor = '1' AND time >= TIMESTAMP '2026-11-27T10:03:00Z' AND time < TIMESTAMP '2026-11-27T10:05:00Z' GROUP BY 1 ORDER BY 1", "",
			"GROUP BY 1 FILL(previous) ORDER BY 1", "32.5 34.5"},
		{"SELECT $__timeGroup(time, 1mo) AS t, count(*) AS n FROM climate WHERE floor = '1' AND time >= TIMESTAMP '2026-10-05' AND time < TIMESTAMP '2027-01-01' GROUP BY 1", "0", "GROUP BY 1 FILL(0)", "0 5 0"},
		{"SELECT $__timeGroup(time, 1m) AS t, count(*) AS n FROM climate WHERE floor = '1' AND time >= TIMESTAMP '2026-11-27T10:02:00Z' AND time < TIMESTAMP '2026-11-27T10:05:00Z' GROUP BY 1", "0.5", "GROUP BY 1", ""},
	} {
		frame := g.one(map[string]any{"rawSql": one.sql, "fill": one.fill})[0]
		if executed := frame.Meta.ExecutedQueryString; !strings.HasSuffix(executed, one.executed) {
			t.Errorf("executed %s", executed)
		}
		if got := values(frame.Fields[1]); one.values != "" && got != one.values || one.values == "" && !strings.Contains(got, "1 0.5 1") {
			t.Errorf("%s: %s", one.sql, got)
		}
	}
	// the macro's own goes before the query's
	frame := g.one(map[string]any{"rawSql": "SELECT $__timeGroup(time, 1m, -1) AS t, avg(temperature) AS temp FROM climate WHERE floor = '1' AND $__timeFilter(time) GROUP BY 1", "fill": "null"})[0]
	if got := values(frame.Fields[1]); frame.Fields[1].Len() != 61 || !strings.HasPrefix(got, "30.5 31.5 32.5 -1 34.5 35.5 -1 -1") {
		t.Errorf("%d values: %s", frame.Fields[1].Len(), got)
	}
}

func TestNumbersWithoutATimeAreForAlertRules(t *testing.T) {
	g := newGrafana(t, house(t, "numbers").URL, map[string]any{"database": "numbers"}, nil)
	frame := g.one(map[string]any{"rawSql": "SELECT room, max(temperature) AS hottest FROM climate WHERE $__timeFilter(time) GROUP BY room ORDER BY room"})[0]
	if frame.Meta.Type != data.FrameTypeNumericLong || values(frame.Fields[1]) != "35.5 25.5" || len(frame.Meta.Notices) != 1 {
		t.Errorf("type %s, notices %v", frame.Meta.Type, frame.Meta.Notices)
	}
}

func TestSeveralQueriesAreAnsweredEachForItself(t *testing.T) {
	g := newGrafana(t, house(t, "several").URL, map[string]any{"database": "several"}, nil)
	response := g.query(context.Background(),
		dataQuery("A", map[string]any{"rawSql": "SELECT count(*) AS n FROM climate", "format": "table"}),
		dataQuery("B", map[string]any{"rawSql": "SELECT nope FROM climate", "format": "table"}),
		dataQuery("C", map[string]any{"rawSql": "SELECT count(*) AS n FROM readings", "format": "table", "database": "nowhere"}))
	if a := response.Responses["A"]; a.Error != nil || values(a.Frames[0].Fields[0]) != "11" {
		t.Errorf("A: %v", a.Error)
	}
	if b := response.Responses["B"]; b.Error == nil || !strings.Contains(b.Error.Error(), "line 1, column 8: unknown column 'nope'") {
		t.Errorf("B: %v", b.Error)
	}
	if c := response.Responses["C"]; c.Error == nil || c.ErrorSource != backend.ErrorSourceDownstream || !strings.Contains(c.Error.Error(), "nowhere") {
		t.Errorf("C: %v", c.Error)
	}
}

func TestErrorsHaveTheirPlaceInTheTextAsWritten(t *testing.T) {
	g := newGrafana(t, house(t, "places").URL, map[string]any{"database": "places"}, nil)
	tests := []struct {
		sql, code, message string
		line, column       int
	}{
		{"SELECT $__timeBucket(time) AS t,\n  avg(temprature) FROM climate WHERE $__timeFilter(time) GROUP BY 1", "unknown_column", "unknown column 'temprature' in measurement 'climate'; did you mean 'temperature'?", 2, 7},
		{"SELECT 'é😀', humidty FROM climate", "unknown_column", "'humidity'", 1, 14},
		{"SELECT 1 FROM climate WHERE $__timeFilter(tme)", "unknown_column", "unknown column 'tme'", 1, 43},
		{"SELECT 1 FROM climate WHERE $__timeFilter(time) ORDR BY 1", "syntax_error", "ORDR", 1, 49},
		{"SELECT 1 FROM climat", "unknown_measurement", "did you mean 'climate'?", 1, 15},
		{"SELECT $__timeGruop(time, 1m) FROM climate", "macro", "did you mean $__timeGroup?", 1, 8},
		{"DROP DATABASE places", "forbidden_statement", "DROP is no statement for a dashboard", 1, 1},
		{"/* SELECT */ CREATE DATABASE x", "forbidden_statement", "CREATE is no statement for a dashboard", 1, 1},
	}
	for _, test := range tests {
		answer, place := g.fails(map[string]any{"rawSql": test.sql, "format": "table"})
		if place["code"] != test.code || !strings.Contains(place["message"].(string), test.message) {
			t.Errorf("%s: %v", test.sql, place)
		}
		if place["line"] != float64(test.line) || place["column"] != float64(test.column) {
			t.Errorf("%s: at %v:%v, want %d:%d", test.sql, place["line"], place["column"], test.line, test.column)
		}
		if answer.Status != backend.StatusBadRequest || answer.ErrorSource != backend.ErrorSourceDownstream {
			t.Errorf("%s: status %d, source %s", test.sql, answer.Status, answer.ErrorSource)
		}
	}
	_, place := g.fails(map[string]any{"rawSql": " -- nothing yet\n"})
	if place["code"] != "empty_query" {
		t.Errorf("empty: %v", place)
	}
	_, place = g.fails(map[string]any{"rawSql": "SELECT 1", "format": "pie"})
	if place["code"] != "bad_query" || !strings.Contains(place["message"].(string), `the format "pie" is not known`) {
		t.Errorf("format: %v", place)
	}
}

func TestAdHocFiltersStandWhereTheyAreAskedFor(t *testing.T) {
	g := newGrafana(t, house(t, "adhoc").URL, map[string]any{"database": "adhoc"}, nil)
	filters := []map[string]any{{"key": "room", "operator": "=", "value": "it's a hall"}}
	with := g.one(map[string]any{"rawSql": "SELECT count(*) AS n FROM climate WHERE $__adHocFilters", "format": "table", "adHocFilters": filters})
	without := g.one(map[string]any{"rawSql": "SELECT count(*) AS n FROM climate", "format": "table", "adHocFilters": filters})
	if values(with[0].Fields[0]) != "5" || values(without[0].Fields[0]) != "11" {
		t.Errorf("%s with, %s without", values(with[0].Fields[0]), values(without[0].Fields[0]))
	}
	for operator, want := range map[string]string{"!=": "6", "=~": "6", "!~": "5"} {
		value := map[string]string{"!=": "it's a hall", "=~": "^kit", "!~": "^kit"}[operator]
		frame := g.one(map[string]any{"rawSql": "SELECT count(*) AS n FROM climate WHERE $__adHocFilters", "format": "table", "adHocFilters": []map[string]any{{"key": "room", "operator": operator, "value": value}}})[0]
		if got := values(frame.Fields[0]); got != want {
			t.Errorf("%s %s: %s rows, want %s", operator, value, got, want)
		}
	}
}

// Grafana rounds intervals, 2.1 s to 2 s: a few more buckets than the panel has points are no reason to leave any out. Buckets that are narrower
// than the panel asked for are reduced as rows are.
func TestBucketsOfThePanelAreDrawnAsTheyAre(t *testing.T) {
	node := house(t, "rounded")
	g := newGrafana(t, node.URL, map[string]any{"database": "rounded"}, nil)
	for sql, want := range map[string]string{
		"SELECT $__timeBucket(time) AS t, room, avg(temperature) AS v FROM climate WHERE $__timeFilter(time) GROUP BY 1, room":     "timeseries-wide 61",
		"SELECT $__timeGroup(time, 20s) AS t, room, avg(temperature) AS v FROM climate WHERE $__timeFilter(time) GROUP BY 1, room": "timeseries-multi 20",
	} {
		query := dataQuery("A", map[string]any{"rawSql": sql, "fill": "0"})
		query.MaxDataPoints = 35
		answer := g.query(context.Background(), query).Responses["A"]
		if answer.Error != nil {
			t.Fatal(answer.Error)
		}
		frame := answer.Frames[0]
		if got := fmt.Sprintf("%s %d", frame.Meta.Type, frame.Rows()); got != want {
			t.Errorf("%s: %s, want %s; %v", sql, got, want, frame.Meta.Notices)
		}
	}
}

func TestTruncatedAnswersSaySo(t *testing.T) {
	g := newGrafana(t, house(t, "truncated").URL, map[string]any{"database": "truncated", "maxRows": 4}, nil)
	for _, format := range []string{"table", "time_series", "logs"} {
		frame := g.one(map[string]any{"rawSql": all10, "format": format})[0]
		if custom := frame.Meta.Custom.(map[string]any); custom["truncated"] != true || custom["rowCount"].(float64) != 4 {
			t.Errorf("%s: %v", format, custom)
		}
		found := false
		for _, notice := range frame.Meta.Notices {
			found = found || notice.Severity == data.NoticeSeverityWarning && strings.Contains(notice.Text, "more than 4 rows")
		}
		if !found {
			t.Errorf("%s: notices %v", format, frame.Meta.Notices)
		}
	}
	exact := newGrafana(t, house(t, "truncated").URL, map[string]any{"database": "truncated", "maxRows": 11}, nil)
	if frame := exact.one(map[string]any{"rawSql": all10, "format": "table"})[0]; len(frame.Meta.Notices) != 0 {
		t.Errorf("an answer of just as many rows as may be: %v", frame.Meta.Notices)
	}
}

func TestChunksAreTheSameTable(t *testing.T) {
	g := newGrafana(t, house(t, "chunks").URL, map[string]any{"database": "chunks"}, nil)
	queries := []backend.DataQuery{
		dataQuery("A", map[string]any{"rawSql": all10, "format": "table"}),
		dataQuery("B", map[string]any{"rawSql": all10}),
		dataQuery("D", map[string]any{"rawSql": "SELECT room FROM climate WHERE floor = 'none'", "format": "table"}),
	}
	whole := g.query(context.Background(), queries...)
	for _, format := range []backend.DataFrameFormat{backend.DataFrameFormat_JSON, backend.DataFrameFormat_ARROW} {
		response, err := g.client.QueryChunkedData(context.Background(), &backend.QueryChunkedDataRequest{PluginContext: g.context(), Queries: queries, Format: format})
		if err != nil {
			t.Fatal(err)
		}
		for _, refID := range []string{"A", "B", "D"} {
			chunked, at := response.Responses[refID], whole.Responses[refID]
			if chunked.Error != nil || len(chunked.Frames) != 1 || len(chunked.Frames[0].Fields) != len(at.Frames[0].Fields) {
				t.Fatalf("%s: %v, %d frames", refID, chunked.Error, len(chunked.Frames))
			}
			for i, field := range chunked.Frames[0].Fields {
				if got, want := values(field), values(at.Frames[0].Fields[i]); got != want {
					t.Errorf("%s, %s: %s, want %s", refID, field.Name, got, want)
				}
			}
		}
	}
}

// The test client takes no chunk that is an error, Grafana does.
func TestErrorsGoIntoChunksToo(t *testing.T) {
	g := newGrafana(t, house(t, "chunks").URL, map[string]any{"database": "chunks"}, nil)
	request := &backend.QueryChunkedDataRequest{PluginContext: g.context(), Queries: []backend.DataQuery{dataQuery("A", map[string]any{"rawSql": "SELECT nope FROM climate", "format": "table"})}}
	stream, err := g.client.DataClient.QueryChunkedData(context.Background(), backend.ToProto().QueryChunkedDataRequest(request))
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	if chunk.RefId != "A" || chunk.Status != 400 || !strings.Contains(chunk.Error, "line 1, column 8: unknown column 'nope'") {
		t.Errorf("%s, %d: %s", chunk.RefId, chunk.Status, chunk.Error)
	}
	if _, err := stream.Recv(); err != io.EOF {
		t.Errorf("more after the error: %v", err)
	}
}
