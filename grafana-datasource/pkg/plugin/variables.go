package plugin

import (
	"strconv"
	"time"

	"tsdb/grafana-datasource/pkg/client"
)

// choicesOf makes the values of a template variable: columns __text and __value, or text and value, else the first for both. A value that
// was there is not there twice; nulls are left out.
func choicesOf(answer *client.Answer) ([]choice, error) {
	if len(answer.Columns) == 0 {
		return nil, &client.Error{Code: "bad_answer", Message: "the statement has no column to choose from"}
	}
	texts, values := named(answer, "__text", "text"), named(answer, "__value", "value")
	switch {
	case texts == nil && values == nil:
		texts, values = answer.Columns[0], answer.Columns[0]
	case texts == nil:
		texts = values
	case values == nil:
		values = texts
	}
	found := []choice{}
	keep := unique()
	for row := range answer.Rows {
		if texts.IsNull(row) || values.IsNull(row) {
			continue
		}
		one := choice{cellText(texts, row), cellText(values, row)}
		if keep(one.Value + "\x00" + one.Text) {
			found = append(found, one)
		}
	}
	return found, nil
}

func named(answer *client.Answer, names ...string) *client.Column {
	for _, name := range names {
		if column := answer.Column(name); column != nil {
			return column
		}
	}
	return nil
}

func cellText(column *client.Column, row int) string {
	switch column.Type {
	case client.Timestamp:
		return time.Unix(0, column.Longs[row]).UTC().Format(time.RFC3339Nano)
	case client.Uint64:
		return strconv.FormatUint(uint64(column.Longs[row]), 10)
	case client.Int64:
		return strconv.FormatInt(column.Longs[row], 10)
	case client.Float64:
		return strconv.FormatFloat(column.Doubles[row], 'g', -1, 64)
	case client.Bool:
		return strconv.FormatBool(column.Bools[row])
	default:
		return column.Text(row)
	}
}
