package plugin

import (
	"context"
	"fmt"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"tsdb/grafana-datasource/pkg/client"
	"tsdb/grafana-datasource/pkg/frames"
)

// Rows of a table that are held at a time when Grafana takes chunks.
const chunkRows = 16 << 10

// QueryChunkedData answers as QueryData does, and hands tables on while they come, so that a long one is never held whole.
func (d *Datasource) QueryChunkedData(ctx context.Context, request *backend.QueryChunkedDataRequest, writer backend.ChunkedDataWriter) error {
	for _, given := range request.Queries {
		if asked, problem := parseQuery(given); d.problem == nil && problem == nil && asked.isPlainTable() {
			if err := d.chunks(ctx, asked, given.RefID, writer); err != nil {
				return err
			}
			continue
		}
		response := d.answer(ctx, given, nil)
		for i, frame := range response.Frames {
			if err := writer.WriteFrame(ctx, given.RefID, fmt.Sprintf("%s-%d", given.RefID, i), frame); err != nil {
				return err
			}
		}
		if response.Error != nil {
			if err := writer.WriteError(ctx, given.RefID, response.Status, response.Error); err != nil {
				return err
			}
		}
	}
	return nil
}

func (q *query) isPlainTable() bool {
	return q.Format == "table" && !q.Live && (q.QueryType == "" || q.QueryType == "sql")
}

func (d *Datasource) chunks(ctx context.Context, asked *query, refID string, writer backend.ChunkedDataWriter) error {
	fail := func(problem *client.Error, executed string) error {
		response := failed(problem, executed)
		return writer.WriteError(ctx, refID, response.Status, response.Error)
	}
	expansion, problem := asked.expand(d.settings)
	if problem != nil {
		return fail(problem, "")
	}
	var refused error
	rows := 0
	statement := client.Statement{SQL: expansion.SQL, Database: asked.Database, RowsMax: d.settings.RowsMax}
	err := d.client.Stream(ctx, statement, chunkRows, func(batch *client.Answer) error {
		rows += batch.Rows
		frame := frames.TableBatch(batch)
		frame.Meta.ExecutedQueryString = expansion.SQL
		frame.Meta.Custom = statistics{batch.ElapsedMillis, rows, batch.Truncated}
		if batch.Truncated {
			frame.AppendNotices(data.Notice{Severity: data.NoticeSeverityWarning, Text: fmt.Sprintf("the answer has more than %d rows; the rest is left out", d.settings.RowsMax)})
		}
		refused = writer.WriteFrame(ctx, refID, refID+"-0", frame)
		return refused
	})
	if refused != nil {
		return refused
	}
	if err != nil {
		return fail(placed(err, expansion), expansion.SQL)
	}
	return nil
}
