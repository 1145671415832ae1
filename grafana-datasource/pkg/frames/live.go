package frames

import (
	"regexp"
	"slices"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"tsdb/grafana-datasource/pkg/client"
)

// Live makes a frame of some rows in the form that Grafana's streams take apart by label: labels, time, values. All fields but the time are
// nullable, so that every frame of a stream has the same types. Nil rows are all, those without a time left out.
func Live(answer *client.Answer, rows []int32) *data.Frame {
	found := shapeOf(answer)
	frame := data.NewFrame("")
	frame.Meta = meta(data.FrameTypeTimeSeriesLong)
	if found.time == nil {
		return frame
	}
	if rows == nil {
		rows = make([]int32, 0, answer.Rows)
		for row := range found.time.Rows() {
			if !found.time.IsNull(row) {
				rows = append(rows, int32(row))
			}
		}
	}
	found.sort(rows)
	if len(found.labels) > 0 {
		frame.Fields = append(frame.Fields, labelField(found, rows))
	}
	frame.Fields = append(frame.Fields, fieldOf(found.time, rows, false))
	for _, column := range found.values {
		frame.Fields = append(frame.Fields, fieldOf(column, rows, true))
	}
	return frame
}

// HasTime says whether an answer has a column of times.
func HasTime(answer *client.Answer) bool {
	return shapeOf(answer).time != nil
}

// Times of an answer's rows.
func Times(answer *client.Answer) *client.Column {
	return shapeOf(answer).time
}

func labelField(found shape, rows []int32) *data.Field {
	texts := make([]string, len(rows))
	next := found.ids()
	made := map[uint32]string{}
	for i, row := range rows {
		id := next(int(row))
		text, known := made[id]
		if !known {
			text = labelText(found.labelsAt(int(row)))
			made[id] = text
		}
		texts[i] = text
	}
	return data.NewField("labels", nil, texts)
}

var plainKey = regexp.MustCompile(`^\w+$`)

// labelText is {key="value", …}, which Grafana reads with any value but quotes and line breaks; a key that is no plain word is only read as key=value.
func labelText(labels data.Labels) string {
	keys := make([]string, 0, len(labels))
	plain := true
	for key := range labels {
		keys = append(keys, key)
		plain = plain && plainKey.MatchString(key)
	}
	if len(keys) == 0 {
		return ""
	}
	slices.Sort(keys)
	parts := make([]string, len(keys))
	for i, key := range keys {
		if plain {
			parts[i] = key + `="` + quoteless.Replace(labels[key]) + `"`
		} else {
			parts[i] = separatorless.Replace(key) + "=" + separatorless.Replace(labels[key])
		}
	}
	text := strings.Join(parts, ", ")
	if plain {
		return "{" + text + "}"
	}
	return text
}

var (
	quoteless     = strings.NewReplacer(`"`, "'", "\n", " ", "\r", " ")
	separatorless = strings.NewReplacer(",", ";", "=", ":")
)
