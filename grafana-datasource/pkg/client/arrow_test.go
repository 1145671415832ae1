package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"tsdb/grafana-datasource/pkg/nodetest"
)

// arrowAnswer is two batches of three rows, with nulls, and texts plain and by dictionary.
func arrowAnswer(t *testing.T) []byte {
	t.Helper()
	dictionary := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "time", Type: &arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "UTC"}}, {Name: "n", Type: arrow.PrimitiveTypes.Int64}, {Name: "x", Type: arrow.PrimitiveTypes.Float64},
		{Name: "on", Type: arrow.FixedWidthTypes.Boolean}, {Name: "s", Type: arrow.BinaryTypes.String}, {Name: "room", Type: dictionary},
		{Name: "millis", Type: &arrow.TimestampType{Unit: arrow.Millisecond}},
	}, nil)
	var bytes bytes.Buffer
	writer := ipc.NewWriter(&bytes, ipc.WithSchema(schema), ipc.WithDictionaryDeltas(true))
	builder := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer builder.Release()
	for batch := range 2 {
		for row := range 3 {
			value := int64(3*batch + row)
			builder.Field(0).(*array.TimestampBuilder).Append(arrow.Timestamp(1795773600000000000 + value))
			builder.Field(1).(*array.Int64Builder).Append(-value)
			builder.Field(2).(*array.Float64Builder).Append(float64(value) / 2)
			builder.Field(3).(*array.BooleanBuilder).Append(value%2 == 0)
			if value == 4 {
				builder.Field(4).AppendNull()
			} else {
				builder.Field(4).(*array.StringBuilder).Append("é" + string(rune('a'+value)))
			}
			if err := builder.Field(5).(*array.BinaryDictionaryBuilder).AppendString([]string{"hall", "kitchen"}[value%2]); err != nil {
				t.Fatal(err)
			}
			builder.Field(6).(*array.TimestampBuilder).Append(arrow.Timestamp(value))
		}
		record := builder.NewRecordBatch()
		if err := writer.Write(record); err != nil {
			t.Fatal(err)
		}
		record.Release()
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.Bytes()
}

const arrowRows = `1795773600000000000 0 0 true "éa" "hall" 0 
1795773600000000001 -1 3fe0000000000000 false "éb" "kitchen" 1000000 
1795773600000000002 -2 3ff0000000000000 true "éc" "hall" 2000000 
1795773600000000003 -3 3ff8000000000000 false "éd" "kitchen" 3000000 
1795773600000000004 -4 4000000000000000 true null "hall" 4000000 
1795773600000000005 -5 4004000000000000 false "éf" "kitchen" 5000000 
`

func TestArrowIsReadAsJSONIs(t *testing.T) {
	sink := &rowSink{answer: &Answer{}, rowsMax: math.MaxInt}
	if err := decodeArrow(bytes.NewReader(arrowAnswer(t)), sink); err != nil {
		t.Fatal(err)
	}
	if got := show(sink.answer); got != arrowRows {
		t.Errorf("got\n%s\nwant\n%s", got, arrowRows)
	}
}

func TestArrowStopsAtTheMostRowsAndHandsOnBatches(t *testing.T) {
	for rowsMax := 1; rowsMax <= 7; rowsMax++ {
		for batchRows := 1; batchRows <= 7; batchRows++ {
			got := ""
			sink := &rowSink{answer: &Answer{}, rowsMax: rowsMax, batchRows: batchRows, batch: func(answer *Answer) error {
				if answer.Rows > batchRows {
					t.Errorf("a batch of %d rows, at most %d", answer.Rows, batchRows)
				}
				got += show(answer)
				return nil
			}}
			err := decodeArrow(bytes.NewReader(arrowAnswer(t)), sink)
			if errors.Is(err, errRowsMax) != (rowsMax < 6) {
				t.Errorf("at most %d rows: %v", rowsMax, err)
			}
			if err != nil {
				_ = sink.finish()
			}
			want := ""
			for i, line := range bytes.SplitAfter([]byte(arrowRows), []byte("\n")) {
				if i < rowsMax {
					want += string(line)
				}
			}
			if got != want {
				t.Errorf("at most %d rows in batches of %d: got\n%s\nwant\n%s", rowsMax, batchRows, got, want)
			}
		}
	}
}

// Arrow has no place for an error after rows; the node cuts the connection. Asked again in JSON it says why.
func TestAnErrorAfterRowsOfArrowIsStillTold(t *testing.T) {
	whole := arrowAnswer(t)
	asked := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked += r.Header.Get("Accept") + ";"
		if strings.HasPrefix(r.Header.Get("Accept"), formArrow) {
			w.Header().Set("Content-Type", formArrow)
			_, _ = w.Write(whole[:2*len(whole)/3])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		answerJSON(w, `{"columns":[{"name":"n","type":"int64"}],"rows":[[1]],"error":{"code":"out_of_range","message":"1:10: passes the range of int64","line":1,"column":10}}`)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	defer server.Close()
	_, err := clientOf(t, backend.DataSourceInstanceSettings{URL: server.URL}).Run(context.Background(), Statement{SQL: "SELECT 1", RowsMax: 10})
	if failed := failure(t, err); failed.Code != "out_of_range" || failed.Column != 10 || asked != acceptedForms+";"+formJSON+";" {
		t.Errorf("%v, asked for %s", failed, asked)
	}
}

// The same statements in both forms, from a real node: every type, nulls, extremes, texts, and more rows than one batch has.
func TestANodeGivesTheSameInArrowAndJSON(t *testing.T) {
	node := nodetest.Shared(t)
	random := rand.New(rand.NewPCG(7, 8))
	var lines strings.Builder
	for row := range 5000 {
		fmt.Fprintf(&lines, "m,host=h%d,größe=%d n=%di", row%7, row%3, random.Int64())
		if row%5 != 0 {
			fmt.Fprintf(&lines, ",x=%s", strconv.FormatFloat(float64(random.IntN(1_000_000))/1000, 'g', -1, 64))
		}
		if row%11 == 0 {
			fmt.Fprintf(&lines, `,s="é \"%d\" <tag>",on=%t`, row, row%2 == 0)
		}
		fmt.Fprintf(&lines, " %d\n", 1795773600000000000+int64(row))
	}
	node.Write(t, "forms", lines.String())
	instance := backend.DataSourceInstanceSettings{URL: node.URL, JSONData: []byte(`{"database":"forms"}`)}
	inArrow, inJSON := clientOf(t, instance), clientOf(t, instance)
	inJSON.accepted = formJSON
	for _, sql := range []string{
		"SELECT * FROM m ORDER BY time", "SELECT * FROM m WHERE n = 0", "SELECT host, count(*) AS c, avg(x) AS a, max(s) AS s, min(on) AS o FROM m GROUP BY host ORDER BY host",
		"SELECT time, n, x / 0 AS nothing, x * 1e308 * 1e308 AS infinite, n IS NULL AS b FROM m ORDER BY time LIMIT 3000", "SHOW MEASUREMENTS", "SELECT 9223372036854775807 AS most, -0.0 AS zero, TIMESTAMP '1677-09-22T00:00:00Z' AS early",
	} {
		arrow, err := inArrow.Run(context.Background(), Statement{SQL: sql, RowsMax: math.MaxInt})
		if err != nil {
			t.Fatalf("%s in Arrow: %v", sql, err)
		}
		plain, err := inJSON.Run(context.Background(), Statement{SQL: sql, RowsMax: math.MaxInt})
		if err != nil {
			t.Fatalf("%s in JSON: %v", sql, err)
		}
		if len(arrow.Columns) != len(plain.Columns) || arrow.Rows != plain.Rows {
			t.Fatalf("%s: %d columns, %d rows in Arrow; %d, %d in JSON", sql, len(arrow.Columns), arrow.Rows, len(plain.Columns), plain.Rows)
		}
		for i, column := range arrow.Columns {
			if other := plain.Columns[i]; column.Name != other.Name || column.Type != other.Type {
				t.Errorf("%s: column %s %s in Arrow, %s %s in JSON", sql, column.Name, column.Type, other.Name, other.Type)
			}
		}
		if show(arrow) != show(plain) {
			t.Errorf("%s: other rows in Arrow than in JSON", sql)
		}
	}
}

// What decoding costs: the rows of BenchmarkDecodeJSON in batches of 1,024, as the node sends them.
func BenchmarkDecodeArrow(b *testing.B) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "time", Type: &arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "UTC"}}, {Name: "host", Type: arrow.BinaryTypes.String}, {Name: "x", Type: arrow.PrimitiveTypes.Float64}}, nil)
	var text bytes.Buffer
	writer := ipc.NewWriter(&text, ipc.WithSchema(schema))
	builder := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer builder.Release()
	const rows = 10_000
	for row := range rows {
		builder.Field(0).(*array.TimestampBuilder).Append(arrow.Timestamp(1795773600000000000 + int64(row/10)*60_000_000_000))
		builder.Field(1).(*array.StringBuilder).Append("host_" + strconv.Itoa(row%10))
		builder.Field(2).(*array.Float64Builder).Append(float64(row%97) + float64(row%89)/100)
		if row%1024 == 1023 || row == rows-1 {
			record := builder.NewRecordBatch()
			if err := writer.Write(record); err != nil {
				b.Fatal(err)
			}
			record.Release()
		}
	}
	if err := writer.Close(); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		sink := &rowSink{answer: &Answer{}, rowsMax: math.MaxInt}
		if err := decodeArrow(bytes.NewReader(text.Bytes()), sink); err != nil || sink.answer.Rows != rows {
			b.Fatal(err, sink.answer.Rows)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

func TestMain(m *testing.M) {
	nodetest.Main(m)
}

func TestArrowThatEndsInTheMiddleIsAnError(t *testing.T) {
	whole := arrowAnswer(t)
	for _, length := range []int{0, 4, 100, len(whole) / 2} {
		sink := &rowSink{answer: &Answer{}, rowsMax: math.MaxInt}
		if err := decodeArrow(bytes.NewReader(whole[:length]), sink); err == nil {
			t.Errorf("%d of %d bytes are taken as an answer of %d rows", length, len(whole), sink.answer.Rows)
		}
	}
}
