package frames

import (
	"math"

	"tsdb/grafana-datasource/pkg/client"
)

// reducedGrid draws each value column of each series with at most pointsMax points. A series with more is cut into stretches with the same
// number of rows, and the lowest and the highest value of each stays, at its own time: a spike is never lost. The first and the last
// row stay too, so that the line keeps its ends. A stretch without a value stays as a gap.
func reducedGrid(found shape, all []*series, pointsMax int) *grid {
	made := &grid{reduced: true}
	for _, one := range all {
		for _, column := range found.values {
			rows := one.rows
			if len(rows) > pointsMax {
				rows = reduce(column, rows, pointsMax)
			}
			made.members = append(made.members, member{column: column, labels: one.labels, times: timesOf(found, rows), rows: rows})
		}
	}
	return made
}

func reduce(column *client.Column, rows []int32, pointsMax int) []int32 {
	if pointsMax < 4 {
		return rows[len(rows)-max(pointsMax, 1):]
	}
	inner := rows[1 : len(rows)-1]
	stretches := (pointsMax - 2) / 2
	kept := make([]int32, 0, pointsMax)
	kept = append(kept, rows[0])
	for i := range stretches {
		from, to := i*len(inner)/stretches, (i+1)*len(inner)/stretches
		kept = appendExtremes(kept, column, inner[from:to])
	}
	return append(kept, rows[len(rows)-1])
}

// appendExtremes appends the rows with the lowest and the highest value, in the order of time: one when they are the same, a null one when all are.
func appendExtremes(kept []int32, column *client.Column, rows []int32) []int32 {
	lowest, highest := -1, -1
	var low, high float64
	for i, row := range rows {
		if column.IsNull(int(row)) {
			continue
		}
		value := number(column, int(row))
		if math.IsNaN(value) {
			continue
		}
		if lowest < 0 || value < low {
			lowest, low = i, value
		}
		if highest < 0 || value > high {
			highest, high = i, value
		}
	}
	switch {
	case len(rows) == 0:
		return kept
	case lowest < 0:
		return append(kept, rows[0])
	case lowest == highest:
		return append(kept, rows[lowest])
	}
	return append(kept, rows[min(lowest, highest)], rows[max(lowest, highest)])
}

// number is a value for comparison; a text has none, and stands for where it changes.
func number(column *client.Column, row int) float64 {
	switch column.Type {
	case client.Float64:
		return column.Doubles[row]
	case client.Uint64:
		return float64(uint64(column.Longs[row]))
	case client.Bool:
		if column.Bools[row] {
			return 1
		}
		return 0
	case client.String:
		return float64(column.Codes[row])
	default:
		return float64(column.Longs[row])
	}
}
