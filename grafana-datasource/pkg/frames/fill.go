package frames

import (
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"tsdb/grafana-datasource/pkg/client"
)

// Buckets of one series that are filled at most: more than any panel draws, and a width of one nanosecond is a slip.
const filledMax = 100_000

func (o Options) fills() bool {
	return o.Bucket > 0 && o.Fill != "" && o.Fill != "none"
}

// fill puts every bucket of the range into every series. Buckets lie where the answer's own rows lie, since these are the server's.
// A notice says why it cannot be done.
func fill(found shape, all []*series, options Options) (*grid, *data.Notice) {
	if len(all) == 0 {
		return &grid{times: []int64{}}, nil
	}
	width := options.Bucket.Nanoseconds()
	phase := found.time.Longs[all[0].rows[0]]
	// the bucket in which the range begins is part of it
	first := phase - ceilDiv(phase-options.From.UnixNano(), width)*width
	last := options.To.UnixNano()
	for _, one := range all {
		first = min(first, found.time.Longs[one.rows[0]])
		last = max(last, found.time.Longs[one.rows[len(one.rows)-1]])
	}
	count := (last-first)/width + 1
	if count > filledMax {
		problem := notice(data.NoticeSeverityWarning, "gaps are not filled: the range has %d buckets of %s, at most %d are", count, time.Duration(width), filledMax)
		return nil, &problem
	}
	made := &grid{times: make([]int64, count)}
	for i := range made.times {
		made.times[i] = first + int64(i)*width
	}
	for _, one := range all {
		rows := make([]int32, count)
		for i := range rows {
			rows[i] = -1
		}
		for _, row := range one.rows {
			offset := found.time.Longs[row] - first
			if offset%width != 0 {
				problem := notice(data.NoticeSeverityWarning, "gaps are not filled: the times are no buckets of %s; group by the same macro that is selected", time.Duration(width))
				return nil, &problem
			}
			rows[offset/width] = row
		}
		for _, column := range found.values {
			filled := member{column: column, labels: one.labels, rows: rows}
			filled.made = filledField(column, rows, options.Fill)
			made.members = append(made.members, filled)
		}
	}
	return made, nil
}

func ceilDiv(a, b int64) int64 {
	quotient := a / b
	if a%b != 0 && (a > 0) == (b > 0) {
		quotient++
	}
	return quotient
}

// filledField computes values where a fill needs more than gaps; nil: rows alone say all.
func filledField(column *client.Column, rows []int32, fill string) *data.Field {
	switch fill {
	case "null":
		return nil
	case "previous":
		return gapped(column, carried(column, slices.All(rows), len(rows)))
	case "next":
		return gapped(column, carried(column, slices.Backward(rows), len(rows)))
	}
	if !isNumber(column) || column.Type == client.Bool {
		return nil
	}
	values := make([]float64, len(rows))
	points := make([]*float64, len(rows))
	for i, row := range rows {
		if row >= 0 && !column.IsNull(int(row)) {
			values[i] = number(column, int(row))
			points[i] = &values[i]
		}
	}
	if fill == "linear" {
		interpolate(values, points)
	} else if constant, err := strconv.ParseFloat(fill, 64); err == nil {
		for i := range points {
			if points[i] == nil {
				values[i] = constant
				points[i] = &values[i]
			}
		}
	}
	return data.NewField(column.Name, nil, points)
}

// carried gives each bucket its own row, or that of the last one before it in the order of the walk that has a value.
func carried(column *client.Column, walk iter.Seq2[int, int32], count int) []int32 {
	made := make([]int32, count)
	last := int32(-1)
	for i, row := range walk {
		if row >= 0 && !column.IsNull(int(row)) {
			last = row
		}
		made[i] = last
	}
	return made
}

// interpolate draws a line between the neighbours of a gap. Before the first and after the last value there is none.
func interpolate(values []float64, points []*float64) {
	last := -1
	for i := range points {
		if points[i] == nil {
			continue
		}
		if last >= 0 {
			for gap := last + 1; gap < i; gap++ {
				share := float64(gap-last) / float64(i-last)
				values[gap] = values[last] + (values[i]-values[last])*share
				points[gap] = &values[gap]
			}
		}
		last = i
	}
}
