package client

import (
	"bytes"
	"errors"
	"math"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
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

func TestArrowThatEndsInTheMiddleIsAnError(t *testing.T) {
	whole := arrowAnswer(t)
	for _, length := range []int{0, 4, 100, len(whole) / 2} {
		sink := &rowSink{answer: &Answer{}, rowsMax: math.MaxInt}
		if err := decodeArrow(bytes.NewReader(whole[:length]), sink); err == nil {
			t.Errorf("%d of %d bytes are taken as an answer of %d rows", length, len(whole), sink.answer.Rows)
		}
	}
}
