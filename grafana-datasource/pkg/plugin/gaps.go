package plugin

import (
	"context"
	"errors"

	"tsdb/grafana-datasource/pkg/client"
	"tsdb/grafana-datasource/pkg/macro"
	"tsdb/grafana-datasource/pkg/sqltext"
)

// run is a statement that was answered.
type run struct {
	sql    string
	answer *client.Answer
	// filled says whether the node filled the gaps.
	filled bool
}

// run asks the node, which fills the gaps of buckets where it can: it knows what lies before the range, and buckets of months. What it does
// not take with a FILL it is asked without, and gaps are filled here: frames of a statement that it cannot fill, constants of another type.
func (d *Datasource) run(ctx context.Context, asked *query, expansion *macro.Expansion) (*run, error) {
	statement := client.Statement{SQL: expansion.SQL, Database: asked.Database, RowsMax: d.settings.RowsMax}
	if filled, can := asked.filled(expansion); can {
		with := statement
		with.SQL = filled
		answer, err := d.client.Run(ctx, with)
		if err == nil {
			return &run{sql: filled, answer: answer, filled: true}, nil
		}
		if !isOfStatement(err) {
			return nil, err
		}
	}
	answer, err := d.client.Run(ctx, statement)
	if err != nil {
		return nil, err
	}
	return &run{sql: expansion.SQL, answer: answer}, nil
}

// fill is how the gaps of a query are filled: as its macro says, else as its option does.
func (q *query) fill(expansion *macro.Expansion) string {
	if expansion.Fill != "" {
		return expansion.Fill
	}
	return string(q.Fill)
}

// filled is the statement with the server's clause for gaps, when they are to be filled and there is a place for it.
func (q *query) filled(expansion *macro.Expansion) (string, bool) {
	fill := q.fill(expansion)
	series := (q.Format == "" || q.Format == "time_series") && (q.QueryType == "" || q.QueryType == "sql") && !q.Live
	if !series || !expansion.Buckets || fill == "" || fill == "none" {
		return "", false
	}
	return sqltext.BehindGroups(expansion.SQL, "FILL("+fill+")")
}

// isOfStatement says whether another statement might be answered.
func isOfStatement(err error) bool {
	var failure *client.Error
	return errors.As(err, &failure) && (failure.Line > 0 || failure.Code == "limit_exceeded")
}
