package frames

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"tsdb/grafana-datasource/pkg/client"
)

// Options of time series.
type Options struct {
	// Legend is a template of display names; empty: Grafana's own names.
	Legend string
	// Measurement that the template may name.
	Measurement string
	// PointsMax of a series; 0: all.
	PointsMax int
	// Bucket is the width of the buckets whose gaps are filled; 0: none are.
	Bucket time.Duration
	// Fill is "", "none", "null", "previous", "next", "linear" or a number.
	Fill     string
	From, To time.Time
}

// A wide frame has a cell for each series at each time. Below this share of cells with a row each series gets a frame of its own.
const denseMin = 0.5

// TimeSeries makes wide frames where the series share their times, else a frame per series.
func TimeSeries(answer *client.Answer, options Options) data.Frames {
	found := shapeOf(answer)
	if found.time == nil {
		return withoutTime(answer, found)
	}
	var notices []data.Notice
	if len(found.ignored) > 0 {
		notices = append(notices, notice(data.NoticeSeverityInfo, "only the first column of times is used; left out: %s", strings.Join(found.ignored, ", ")))
	}
	if len(found.values) == 0 {
		frame := data.NewFrame("", fieldOf(found.time, nil, false))
		frame.Meta = meta(data.FrameTypeTimeSeriesWide)
		frame.AppendNotices(append(notices, notice(data.NoticeSeverityWarning, "there is no column to draw: select a number, a bool or a text beside the time"))...)
		return data.Frames{frame}
	}
	all := found.split()
	if options.fills() {
		filled, problem := fill(found, all, options)
		if problem == nil {
			return filled.finish(notices, options)
		}
		notices = append(notices, *problem)
	}
	return newGrid(found, all, options, &notices).finish(notices, options)
}

func meta(kind data.FrameType) *data.FrameMeta {
	return &data.FrameMeta{Type: kind, TypeVersion: data.FrameTypeVersion{0, 1}, PreferredVisualization: data.VisTypeGraph}
}

func notice(severity data.NoticeSeverity, format string, values ...any) data.Notice {
	return data.Notice{Severity: severity, Text: fmt.Sprintf(format, values...)}
}

// withoutTime: numbers with labels and no time are what alert rules and stat panels take; all else is a table.
func withoutTime(answer *client.Answer, found shape) data.Frames {
	kind := data.FrameTypeTable
	text := "there is no column of times, so this is no time series; select the time too, or choose the format Table"
	for _, column := range found.values {
		if isNumber(column) {
			kind = data.FrameTypeNumericLong
			text = "there is no column of times, so these are numbers without a time"
		}
	}
	frame := Table(answer)
	frame.Meta.Type = kind
	frame.AppendNotices(notice(data.NoticeSeverityInfo, "%s", text))
	return data.Frames{frame}
}

// grid is series with the times at which they have values; times is nil when each has its own.
type grid struct {
	times   []int64
	members []member
	reduced bool
}

// member is one value column of one series. value[i] belongs to times[i], of the grid or its own; a row of -1 is a gap.
type member struct {
	column *client.Column
	labels data.Labels
	times  []int64
	rows   []int32
	// made instead of rows where values are computed: by fill
	made *data.Field
}

func newGrid(found shape, all []*series, options Options, notices *[]data.Notice) *grid {
	pointsMax := 0
	for _, one := range all {
		pointsMax = max(pointsMax, len(one.rows))
	}
	if options.PointsMax > 0 && pointsMax > options.PointsMax {
		*notices = append(*notices, notice(data.NoticeSeverityInfo,
			"%d points of a series are drawn as %d: the lowest and highest of each stretch are kept. $__timeBucket(time) with an aggregate lets the node do it", pointsMax, options.PointsMax))
		return reducedGrid(found, all, options.PointsMax)
	}
	if times := sharedTimes(found, all); times != nil {
		return alignedGrid(found, all, times)
	}
	made := &grid{}
	for _, one := range all {
		times := timesOf(found, one.rows)
		for _, column := range found.values {
			made.members = append(made.members, member{column: column, labels: one.labels, times: times, rows: one.rows})
		}
	}
	return made
}

func timesOf(found shape, rows []int32) []int64 {
	times := make([]int64, len(rows))
	for i, row := range rows {
		times[i] = found.time.Longs[row]
	}
	return times
}

// sharedTimes is the union of the series' times when it is dense enough and no series has a time twice, else nil.
func sharedTimes(found shape, all []*series) []int64 {
	points := 0
	for _, one := range all {
		points += len(one.rows)
		for i := 1; i < len(one.rows); i++ {
			if len(all) > 1 && found.time.Longs[one.rows[i]] == found.time.Longs[one.rows[i-1]] {
				return nil
			}
		}
	}
	if len(all) == 0 {
		return []int64{}
	}
	union := timesOf(found, all[0].rows)
	for _, one := range all[1:] {
		if !sameTimes(found, one.rows, union) {
			union = merge(union, timesOf(found, one.rows))
			if float64(points) < denseMin*float64(len(union)*len(all)) {
				return nil
			}
		}
	}
	return union
}

func sameTimes(found shape, rows []int32, times []int64) bool {
	if len(rows) != len(times) {
		return false
	}
	for i, row := range rows {
		if found.time.Longs[row] != times[i] {
			return false
		}
	}
	return true
}

// merge joins two ascending lists; a time of both is there once.
func merge(a, b []int64) []int64 {
	merged := make([]int64, 0, max(len(a), len(b)))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			merged, a = append(merged, a[0]), a[1:]
		case a[0] > b[0]:
			merged, b = append(merged, b[0]), b[1:]
		default:
			merged, a, b = append(merged, a[0]), a[1:], b[1:]
		}
	}
	return append(append(merged, a...), b...)
}

func alignedGrid(found shape, all []*series, times []int64) *grid {
	made := &grid{times: times}
	for _, one := range all {
		rows := one.rows
		if len(rows) != len(times) {
			rows = make([]int32, len(times))
			next := 0
			for i, at := range times {
				rows[i] = -1
				if next < len(one.rows) && found.time.Longs[one.rows[next]] == at {
					rows[i] = one.rows[next]
					next++
				}
			}
		}
		for _, column := range found.values {
			made.members = append(made.members, member{column: column, labels: one.labels, rows: rows})
		}
	}
	return made
}

// finish makes frames: one when times are shared, else one per member.
func (g *grid) finish(notices []data.Notice, options Options) data.Frames {
	if g.times != nil || len(g.members) == 0 {
		frame := data.NewFrame("", timeField(g.times))
		for _, one := range g.members {
			frame.Fields = append(frame.Fields, one.field(options))
		}
		frame.Meta = meta(typeOf(data.FrameTypeTimeSeriesWide, g.members...))
		frame.Meta.Notices = notices
		return data.Frames{frame}
	}
	var frames data.Frames
	for _, one := range g.members {
		frame := data.NewFrame("", timeField(one.times), one.field(options))
		frame.Meta = meta(typeOf(data.FrameTypeTimeSeriesMulti, one))
		frames = append(frames, frame)
	}
	frames[0].Meta.Notices = notices
	return frames
}

// typeOf is a type of time series, which have numbers and bools. States, which are texts, are drawn as well and have no type of their own.
func typeOf(kind data.FrameType, members ...member) data.FrameType {
	for _, one := range members {
		if one.column.Type == client.String {
			return data.FrameTypeUnknown
		}
	}
	return kind
}

func timeField(nanos []int64) *data.Field {
	times := make([]time.Time, len(nanos))
	for i, at := range nanos {
		times[i] = time.Unix(0, at).UTC()
	}
	return data.NewField("time", nil, times)
}

func (m member) field(options Options) *data.Field {
	made := m.made
	if made == nil {
		made = gapped(m.column, m.rows)
	}
	made.Name = m.column.Name
	if len(m.labels) > 0 {
		made.Labels = m.labels
	}
	if options.Legend != "" {
		made.Config = &data.FieldConfig{DisplayNameFromDS: legend(options, m.column.Name, m.labels)}
	}
	return made
}

// gapped is fieldOf for rows of which some are -1.
func gapped(column *client.Column, rows []int32) *data.Field {
	if !slices.Contains(rows, -1) {
		nullable := false
		for _, row := range rows {
			nullable = nullable || column.IsNull(int(row))
		}
		return fieldOf(column, rows, nullable)
	}
	switch column.Type {
	case client.Timestamp, client.Int64:
		return pointers(column, rows, func(row int32) int64 { return column.Longs[row] })
	case client.Uint64:
		return pointers(column, rows, func(row int32) uint64 { return uint64(column.Longs[row]) })
	case client.Float64:
		return pointers(column, rows, func(row int32) float64 { return column.Doubles[row] })
	case client.Bool:
		return pointers(column, rows, func(row int32) bool { return column.Bools[row] })
	default:
		return pointers(column, rows, func(row int32) string { return column.Text(int(row)) })
	}
}

func pointers[T any](column *client.Column, rows []int32, value func(int32) T) *data.Field {
	values := make([]T, len(rows))
	points := make([]*T, len(rows))
	for i, row := range rows {
		if row >= 0 && !column.IsNull(int(row)) {
			values[i] = value(row)
			points[i] = &values[i]
		}
	}
	return data.NewField(column.Name, nil, points)
}
