package wire

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"tsdb/grafana-datasource/pkg/client"
)

const (
	// Rows of a record batch; Grafana reads a file of any number of them.
	batchRows = 16 << 10
	// Bytes of a piece: what the last of them leaves empty is all that is wasted.
	pieceBytes = 1 << 20
)

// pieces are the bytes of a file, one after the other. They are never moved, so that a long file is never held twice.
type pieces [][]byte

func (p *pieces) Write(source []byte) (int, error) {
	written := len(source)
	for len(source) > 0 {
		last := len(*p) - 1
		if last < 0 || len((*p)[last]) == pieceBytes {
			*p = append(*p, make([]byte, 0, pieceBytes))
			last++
		}
		piece := (*p)[last]
		count := copy(piece[len(piece):pieceBytes], source)
		(*p)[last] = piece[:len(piece)+count]
		source = source[count:]
	}
	return written, nil
}

func (p *pieces) size() int {
	size := 0
	for _, piece := range *p {
		size += len(piece)
	}
	return size
}

// encode writes an answer as the Arrow file that the SDK would make of a frame with these rows.
//
// head has no rows; its fields stand for the answer's columns, in their order.
func encode(head *data.Frame, answer *client.Answer) (pieces, error) {
	table, err := data.FrameToArrowTable(head)
	if err != nil {
		return nil, err
	}
	defer table.Release()
	var made pieces
	// the writer finds out by itself how long the file is so far
	writer, err := ipc.NewFileWriter(&made, ipc.WithSchema(table.Schema()))
	if err != nil {
		return nil, err
	}
	builder := array.NewRecordBuilder(memory.DefaultAllocator, table.Schema())
	defer builder.Release()
	for from := 0; from < answer.Rows; from += batchRows {
		to := min(from+batchRows, answer.Rows)
		builder.Reserve(to - from)
		for i, column := range answer.Columns {
			if err := appendRows(builder.Field(i), column, from, to); err != nil {
				return nil, err
			}
		}
		batch := builder.NewRecordBatch()
		err := writer.Write(batch)
		batch.Release()
		if err != nil {
			return nil, err
		}
	}
	return made, writer.Close()
}

// appendRows appends rows [from, to); the type is looked at once, not for each value.
func appendRows(target array.Builder, column *client.Column, from, to int) error {
	switch target := target.(type) {
	case *array.TimestampBuilder:
		appendValues(target, column, from, to, func(row int) { target.UnsafeAppend(arrow.Timestamp(column.Longs[row])) })
	case *array.Int64Builder:
		appendValues(target, column, from, to, func(row int) { target.UnsafeAppend(column.Longs[row]) })
	case *array.Uint64Builder:
		appendValues(target, column, from, to, func(row int) { target.UnsafeAppend(uint64(column.Longs[row])) })
	case *array.Float64Builder:
		appendValues(target, column, from, to, func(row int) { target.UnsafeAppend(column.Doubles[row]) })
	case *array.BooleanBuilder:
		appendValues(target, column, from, to, func(row int) { target.UnsafeAppend(column.Bools[row]) })
	case *array.StringBuilder:
		appendValues(target, column, from, to, func(row int) { target.Append(column.Text(row)) })
	default:
		return fmt.Errorf("BUG: the column %q becomes Arrow's %s", column.Name, target.Type())
	}
	return nil
}

func appendValues(target array.Builder, column *client.Column, from, to int, value func(row int)) {
	hasNulls := column.NullCount() > 0
	for row := from; row < to; row++ {
		if hasNulls && column.IsNull(row) {
			target.AppendNull()
		} else {
			value(row)
		}
	}
}
