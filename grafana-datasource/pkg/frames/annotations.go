package frames

import (
	"fmt"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"tsdb/grafana-datasource/pkg/client"
)

// AnnotationColumns names the columns that an annotation is made of.
type AnnotationColumns struct {
	Time, End, Text string
	Tags            []string
}

func timeText(nanos int64) string {
	return time.Unix(0, nanos).UTC().Format(time.RFC3339Nano)
}

// Annotations makes a frame with time, timeEnd, text and tags. Rows without a time are left out.
func Annotations(answer *client.Answer, columns AnnotationColumns) (*data.Frame, error) {
	at, err := timeColumn(answer, columns.Time)
	if err != nil {
		return nil, err
	}
	var end *client.Column
	if columns.End != "" {
		if end, err = timeColumn(answer, columns.End); err != nil {
			return nil, err
		}
	}
	text := firstText(answer)
	if columns.Text != "" {
		if text = answer.Column(columns.Text); text == nil {
			return nil, missing(answer, "text", columns.Text)
		}
	}
	tags := make([]*client.Column, len(columns.Tags))
	for i, name := range columns.Tags {
		if tags[i] = answer.Column(name); tags[i] == nil {
			return nil, missing(answer, "tags", name)
		}
	}
	var rows []int32
	for row := range at.Rows() {
		if !at.IsNull(row) {
			rows = append(rows, int32(row))
		}
	}
	times := fieldOf(at, rows, false)
	times.Name = "time"
	frame := data.NewFrame("", times)
	if end != nil {
		ends := fieldOf(end, rows, true)
		ends.Name = "timeEnd"
		frame.Fields = append(frame.Fields, ends)
	}
	texts := make([]string, len(rows))
	joined := make([]string, len(rows))
	for i, row := range rows {
		if text != nil && !text.IsNull(int(row)) {
			texts[i] = textOf(text, int(row))
		}
		var parts []string
		for _, tag := range tags {
			if !tag.IsNull(int(row)) {
				parts = append(parts, textOf(tag, int(row)))
			}
		}
		joined[i] = strings.Join(parts, ",")
	}
	frame.Fields = append(frame.Fields, data.NewField("text", nil, texts), data.NewField("tags", nil, joined))
	frame.Meta = &data.FrameMeta{DataTopic: data.DataTopicAnnotations}
	return frame, nil
}

func timeColumn(answer *client.Answer, name string) (*client.Column, error) {
	if name == "" {
		if column := answer.Column("time"); column != nil && column.Type == client.Timestamp {
			return column, nil
		}
		for _, column := range answer.Columns {
			if column.Type == client.Timestamp {
				return column, nil
			}
		}
		return nil, missing(answer, "time", "time")
	}
	column := answer.Column(name)
	if column == nil {
		return nil, missing(answer, "time", name)
	}
	if column.Type != client.Timestamp {
		return nil, fmt.Errorf("the column %q is no time but %s; choose another for the annotation's time, or cast it with ::timestamp", name, column.Type)
	}
	return column, nil
}

func missing(answer *client.Answer, of, name string) error {
	var names []string
	for _, column := range answer.Columns {
		names = append(names, column.Name)
	}
	return fmt.Errorf("the annotation's %s is the column %q, which the query does not select; it selects %s", of, name, strings.Join(names, ", "))
}
