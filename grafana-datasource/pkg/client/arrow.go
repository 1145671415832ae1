package client

import (
	"fmt"
	"io"

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

func appendArray(column *Column, values arrow.Array, from, to int) error {
	for row := from; row < to; row++ {
		if values.IsNull(row) {
			column.appendNull()
			continue
		}
		switch values := values.(type) {
		case *array.Timestamp:
			column.Longs = append(column.Longs, nanos(values, row))
		case *array.Int64:
			column.Longs = append(column.Longs, values.Value(row))
		case *array.Uint64:
			column.Longs = append(column.Longs, int64(values.Value(row)))
		case *array.Float64:
			column.Doubles = append(column.Doubles, values.Value(row))
		case *array.Boolean:
			column.Bools = append(column.Bools, values.Value(row))
		case *array.String:
			column.appendText([]byte(values.Value(row)))
		case *array.LargeString:
			column.appendText([]byte(values.Value(row)))
		case *array.Dictionary:
			if err := appendArray(column, values.Dictionary(), values.GetValueIndex(row), values.GetValueIndex(row)+1); err != nil {
				return err
			}
		default:
			return fmt.Errorf("its column %q: values of type %s", column.Name, values.DataType())
		}
	}
	return nil
}

func nanos(values *array.Timestamp, row int) int64 {
	unit := values.DataType().(*arrow.TimestampType).Unit
	return int64(values.Value(row)) * int64(unit.Multiplier())
}
