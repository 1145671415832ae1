package frames

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"tsdb/grafana-datasource/pkg/client"
)

var (
	bodyNames     = []string{"body", "message", "msg", "line", "text", "log"}
	severityNames = []string{"severity", "level", "lvl"}
)

// Logs makes a frame of log lines, newest first: time, text, severity, and all else as labels.
func Logs(answer *client.Answer) *data.Frame {
	found := shapeOf(answer)
	body := named(answer, bodyNames)
	if body == nil {
		body = firstText(answer)
	}
	if found.time == nil || body == nil {
		frame := Table(answer)
		frame.AppendNotices(notice(data.NoticeSeverityWarning, "logs need a column of times and one of texts; the text is the column named %s, else the first text", strings.Join(bodyNames, ", ")))
		return frame
	}
	severity := named(answer, severityNames)
	if severity == body {
		severity = nil
	}
	rows := make([]int32, 0, found.time.Rows())
	for row := range found.time.Rows() {
		if !found.time.IsNull(row) {
			rows = append(rows, int32(row))
		}
	}
	found.sort(rows)
	slices.Reverse(rows)

	times := fieldOf(found.time, rows, false)
	times.Name = "timestamp"
	texts := make([]string, len(rows))
	labels := make([]json.RawMessage, len(rows))
	for i, row := range rows {
		if !body.IsNull(int(row)) {
			texts[i] = body.Text(int(row))
		}
		labels[i] = labelsOf(answer, int(row), found.time, body, severity)
	}
	frame := data.NewFrame("", times, data.NewField("body", nil, texts))
	if severity != nil {
		field := fieldOf(severity, rows, true)
		field.Name = "severity"
		frame.Fields = append(frame.Fields, field)
	}
	frame.Fields = append(frame.Fields, data.NewField("labels", nil, labels))
	frame.Meta = &data.FrameMeta{Type: data.FrameTypeLogLines, TypeVersion: data.FrameTypeVersion{0, 1}, PreferredVisualization: data.VisTypeLogs}
	return frame
}

func named(answer *client.Answer, names []string) *client.Column {
	for _, name := range names {
		for _, column := range answer.Columns {
			if column.Type == client.String && strings.EqualFold(column.Name, name) {
				return column
			}
		}
	}
	return nil
}

func firstText(answer *client.Answer) *client.Column {
	for _, column := range answer.Columns {
		if column.Type == client.String {
			return column
		}
	}
	return nil
}

func labelsOf(answer *client.Answer, row int, without ...*client.Column) json.RawMessage {
	labels := map[string]string{}
	for _, column := range answer.Columns {
		if !column.IsNull(row) && !slices.Contains(without, column) {
			labels[column.Name] = textOf(column, row)
		}
	}
	// a map of texts has no value that JSON lacks
	text, _ := json.Marshal(labels)
	return text
}

// textOf is a value that is not null as a text.
func textOf(column *client.Column, row int) string {
	switch column.Type {
	case client.Float64:
		return strconv.FormatFloat(column.Doubles[row], 'g', -1, 64)
	case client.Bool:
		return strconv.FormatBool(column.Bools[row])
	case client.Uint64:
		return strconv.FormatUint(uint64(column.Longs[row]), 10)
	case client.Int64:
		return strconv.FormatInt(column.Longs[row], 10)
	case client.Timestamp:
		return timeText(column.Longs[row])
	default:
		return column.Text(row)
	}
}
