// Package frames makes Grafana's data frames of an answer: tables, time series, logs, annotations and the rows of a live stream.
//
// In: a client.Answer, which is used up (its columns are let go while fields are made, so that the data is held once). Out: frames with their
// type set, and notices for what was left out.
package frames

import (
	"time"
	"unsafe"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"tsdb/grafana-datasource/pkg/client"
)

// field makes a field of a whole column, with pointers only where there are nulls, and lets the column's values go.
func field(column *client.Column) *data.Field {
	made := fieldOf(column, nil, column.NullCount() > 0)
	column.Longs, column.Doubles, column.Bools, column.Codes, column.Texts = nil, nil, nil, nil, nil
	return made
}

// fieldOf makes a field of some rows of a column, in their order; of all rows when rows is nil.
func fieldOf(column *client.Column, rows []int32, nullable bool) *data.Field {
	count := column.Rows()
	if rows != nil {
		count = len(rows)
	}
	at := func(i int) int {
		if rows == nil {
			return i
		}
		return int(rows[i])
	}
	switch column.Type {
	case client.Timestamp:
		return vector(column, count, nullable, at, func(row int) time.Time { return time.Unix(0, column.Longs[row]).UTC() })
	case client.Int64:
		return vector(column, count, nullable, at, func(row int) int64 { return column.Longs[row] })
	case client.Uint64:
		return vector(column, count, nullable, at, func(row int) uint64 { return uint64(column.Longs[row]) })
	case client.Float64:
		return vector(column, count, nullable, at, func(row int) float64 { return column.Doubles[row] })
	case client.Bool:
		return vector(column, count, nullable, at, func(row int) bool { return column.Bools[row] })
	default:
		if nullable || len(column.Texts)*rowsPerText < count {
			return texts(column, count, at)
		}
		return vector(column, count, false, at, column.Text)
	}
}

// A text that stands in so many rows is pointed to: a pointer is half of a string, and the text itself is there once either way.
const rowsPerText = 4

// texts gathers pointers to the column's own texts.
func texts(column *client.Column, count int, at func(int) int) *data.Field {
	made, pointers := newField[*string](column.Name, count)
	for i := range pointers {
		if row := at(i); !column.IsNull(row) {
			pointers[i] = &column.Texts[column.Codes[row]]
		}
	}
	return made
}

// vector gathers values; those of a nullable field lie in one array, and pointers point into it.
func vector[T any](column *client.Column, count int, nullable bool, at func(int) int, value func(int) T) *data.Field {
	if !nullable {
		made, values := newField[T](column.Name, count)
		for i := range values {
			values[i] = value(at(i))
		}
		return made
	}
	values := make([]T, count)
	made, pointers := newField[*T](column.Name, count)
	for i := range values {
		if row := at(i); !column.IsNull(row) {
			values[i] = value(row)
			pointers[i] = &values[i]
		}
	}
	return made
}

// newField makes a field and gives its own values to write to: data.NewField copies what it is given, which a long table pays with half as
// much memory again. A vector of the SDK is a slice, so where its first element lies the others follow.
func newField[T any](name string, count int) (*data.Field, []T) {
	made := data.NewFieldFromFieldType(data.FieldTypeFor(*new(T)), count)
	made.Name = name
	if count == 0 {
		return made, nil
	}
	return made, unsafe.Slice(made.PointerAt(0).(*T), count)
}

func isNumber(column *client.Column) bool {
	return column.Type == client.Int64 || column.Type == client.Uint64 || column.Type == client.Float64 || column.Type == client.Bool
}

// Table is the answer as it came.
func Table(answer *client.Answer) *data.Frame {
	return table(answer, field)
}

// TableBatch is some rows of an answer; each batch of one answer has fields of the same types, whatever nulls it holds.
func TableBatch(answer *client.Answer) *data.Frame {
	return table(answer, func(column *client.Column) *data.Field { return fieldOf(column, nil, true) })
}

// TableHead is the frame of an answer without its rows: names, types, and which columns have nulls.
func TableHead(answer *client.Answer) *data.Frame {
	return table(answer, func(column *client.Column) *data.Field { return fieldOf(column, []int32{}, column.NullCount() > 0) })
}

func table(answer *client.Answer, fieldOf func(*client.Column) *data.Field) *data.Frame {
	frame := data.NewFrame("")
	for _, column := range answer.Columns {
		frame.Fields = append(frame.Fields, fieldOf(column))
	}
	frame.Meta = &data.FrameMeta{Type: data.FrameTypeTable, TypeVersion: data.FrameTypeVersion{0, 1}, PreferredVisualization: data.VisTypeTable}
	return frame
}
