package client

import (
	"fmt"
	"io"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
)

// decodeArrow reads an Arrow IPC stream, one record batch after the other.
func decodeArrow(source io.Reader, sink *rowSink) error {
	reader, err := ipc.NewReader(source)
	if err != nil {
		return err
	}
	defer reader.Release()
	for _, field := range reader.Schema().Fields() {
		kind, err := typeOf(field.Type)
		if err != nil {
			return fmt.Errorf("its column %q: %w", field.Name, err)
		}
		sink.add(field.Name, kind)
	}
	for reader.Next() {
		if err := appendRecord(reader.RecordBatch(), sink); err != nil {
			return err
		}
	}
	if err := reader.Err(); err != nil {
		return err
	}
	return sink.finish()
}

func typeOf(kind arrow.DataType) (Type, error) {
	switch kind := kind.(type) {
	case *arrow.TimestampType:
		return Timestamp, nil
	case *arrow.Int64Type:
		return Int64, nil
	case *arrow.Uint64Type:
		return Uint64, nil
	case *arrow.Float64Type:
		return Float64, nil
	case *arrow.BooleanType:
		return Bool, nil
	case *arrow.StringType, *arrow.LargeStringType:
		return String, nil
	case *arrow.DictionaryType:
		return typeOf(kind.ValueType)
	}
	return "", fmt.Errorf("its Arrow type %s is not known", kind)
}

func appendRecord(record arrow.RecordBatch, sink *rowSink) error {
	rows := int(record.NumRows())
	for from := 0; from < rows; {
		if sink.isFull() {
			return errRowsMax
		}
		count := min(rows-from, sink.rowsMax-sink.passed-sink.answer.Rows)
		if sink.batch != nil {
			count = min(count, sink.batchRows-sink.answer.Rows)
		}
		for i, column := range sink.answer.Columns {
			if err := appendArray(column, record.Column(i), from, from+count); err != nil {
				return err
			}
		}
		sink.answer.Rows += count - 1
		if err := sink.rowEnds(); err != nil {
			return err
		}
		from += count
	}
	return nil
}

// appendArray appends values[from:to]; the type is looked at once, not for each value.
func appendArray(column *Column, values arrow.Array, from, to int) error {
	switch values := values.(type) {
	case *array.Timestamp:
		multiplier := int64(values.DataType().(*arrow.TimestampType).Unit.Multiplier())
		appendValues(column, values, from, to, func(row int) { column.Longs = append(column.Longs, int64(values.Value(row))*multiplier) })
	case *array.Int64:
		appendValues(column, values, from, to, func(row int) { column.Longs = append(column.Longs, values.Value(row)) })
	case *array.Uint64:
		appendValues(column, values, from, to, func(row int) { column.Longs = append(column.Longs, int64(values.Value(row))) })
	case *array.Float64:
		if values.NullN() == 0 {
			column.Doubles = append(column.Doubles, values.Float64Values()[from:to]...)
			return nil
		}
		appendValues(column, values, from, to, func(row int) { column.Doubles = append(column.Doubles, values.Value(row)) })
	case *array.Boolean:
		appendValues(column, values, from, to, func(row int) { column.Bools = append(column.Bools, values.Value(row)) })
	case *array.String:
		appendValues(column, values, from, to, func(row int) { column.appendText(bytesOf(values.Value(row))) })
	case *array.LargeString:
		appendValues(column, values, from, to, func(row int) { column.appendText(bytesOf(values.Value(row))) })
	case *array.Dictionary:
		return appendDictionary(column, values, from, to)
	default:
		return fmt.Errorf("its column %q: values of type %s", column.Name, values.DataType())
	}
	return nil
}

func appendValues(column *Column, values arrow.Array, from, to int, value func(row int)) {
	if values.NullN() == 0 {
		for row := from; row < to; row++ {
			value(row)
		}
		return
	}
	for row := from; row < to; row++ {
		if values.IsNull(row) {
			column.appendNull()
		} else {
			value(row)
		}
	}
}

func appendDictionary(column *Column, values *array.Dictionary, from, to int) error {
	for row := from; row < to; row++ {
		if values.IsNull(row) {
			column.appendNull()
			continue
		}
		at := values.GetValueIndex(row)
		if err := appendArray(column, values.Dictionary(), at, at+1); err != nil {
			return err
		}
	}
	return nil
}

// bytesOf is a text's bytes, which are only read.
func bytesOf(text string) []byte {
	return unsafe.Slice(unsafe.StringData(text), len(text))
}
