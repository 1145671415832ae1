package frames

import (
	"slices"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"tsdb/grafana-datasource/pkg/client"
)

// series is the rows of one combination of labels, by ascending time.
type series struct {
	labels data.Labels
	rows   []int32
}

// shape says which columns of an answer are what.
type shape struct {
	time   *client.Column
	labels []*client.Column
	values []*client.Column
	// left out: further times
	ignored []string
}

// shapeOf: the first timestamp is the time, texts are labels, numbers and bools are values. Without any number the last text is the
// value, for panels that draw states.
func shapeOf(answer *client.Answer) shape {
	var found shape
	for _, column := range answer.Columns {
		switch {
		case column.Type == client.Timestamp && found.time == nil:
			found.time = column
		case column.Type == client.Timestamp:
			found.ignored = append(found.ignored, column.Name)
		case isNumber(column):
			found.values = append(found.values, column)
		default:
			found.labels = append(found.labels, column)
		}
	}
	if last := len(found.labels) - 1; len(found.values) == 0 && last >= 0 {
		found.values = found.labels[last:]
		found.labels = found.labels[:last]
	}
	return found
}

// split sorts rows into series, in the order in which these first appear. Rows without a time are left out.
func (s shape) split() []*series {
	var all []*series
	next := s.ids()
	byID := map[uint32]*series{}
	var last *series
	lastID := uint32(0)
	rows := s.time.Rows()
	for row := range rows {
		if s.time.IsNull(row) {
			continue
		}
		id := next(row)
		if last == nil || id != lastID {
			found, known := byID[id]
			if !known {
				found = &series{labels: s.labelsAt(row)}
				byID[id] = found
				all = append(all, found)
			}
			last, lastID = found, id
		}
		last.rows = append(last.rows, int32(row))
	}
	for _, one := range all {
		s.sort(one.rows)
	}
	return all
}

// ids numbers the combinations of labels: each label column adds one step (combination so far, its code) -> combination.
func (s shape) ids() func(row int) uint32 {
	type step struct{ before, code uint32 }
	codes := make([]func(row int) uint32, len(s.labels))
	steps := make([]map[step]uint32, len(s.labels))
	for i, column := range s.labels {
		codes[i] = codesOf(column)
		steps[i] = map[step]uint32{}
	}
	count := uint32(0)
	return func(row int) uint32 {
		id := uint32(0)
		for i, code := range codes {
			at := step{id, code(row)}
			found, known := steps[i][at]
			if !known {
				count++
				found = count
				steps[i][at] = found
			}
			id = found
		}
		return id
	}
}

// codesOf numbers the texts of a column from 1; 0 is null.
func codesOf(column *client.Column) func(row int) uint32 {
	if column.Distinct {
		return func(row int) uint32 {
			if column.IsNull(row) {
				return 0
			}
			return column.Codes[row] + 1
		}
	}
	known := map[string]uint32{}
	return func(row int) uint32 {
		if column.IsNull(row) {
			return 0
		}
		text := column.Text(row)
		code, found := known[text]
		if !found {
			code = uint32(len(known) + 1)
			known[text] = code
		}
		return code
	}
}

// labelsAt: a label that is null is one that the series lacks.
func (s shape) labelsAt(row int) data.Labels {
	labels := data.Labels{}
	for _, column := range s.labels {
		if !column.IsNull(row) {
			labels[column.Name] = column.Text(row)
		}
	}
	return labels
}

func (s shape) sort(rows []int32) {
	times := s.time.Longs
	byTime := func(a, b int32) int {
		switch {
		case times[a] < times[b]:
			return -1
		case times[a] > times[b]:
			return 1
		}
		return 0
	}
	if !slices.IsSortedFunc(rows, byTime) {
		slices.SortStableFunc(rows, byTime)
	}
}
