// Package plugin is the data source as Grafana sees it: queries, health, resources and streams, over docs/contract.md.
//
// In: requests of Grafana, each on a goroutine of its own. Out: frames. An instance lives as long as its settings.
package plugin

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
	"github.com/grafana/grafana-plugin-sdk-go/backend/resource/httpadapter"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/experimental/concurrent"

	"tsdb/grafana-datasource/pkg/client"
	"tsdb/grafana-datasource/pkg/frames"
	"tsdb/grafana-datasource/pkg/macro"
	"tsdb/grafana-datasource/pkg/settings"
	"tsdb/grafana-datasource/pkg/sqltext"
	"tsdb/grafana-datasource/pkg/wire"
)

// ID of the plugin.
const ID = "tsdb-tsdb-datasource"

// How the program sets Go's collector, unless GOGC and GOMEMLIMIT say otherwise. Answers come and go whole, so little garbage should wait while
// another is made. The limit is soft: an answer that needs more gets it, the collector then works harder (BenchmarkMillionRowTable).
const (
	GarbagePercent         = 50
	MemoryLimitBytes int64 = 128 << 20
)

// Datasource is one data source that an administrator set up.
type Datasource struct {
	backend.CallResourceHandler

	uid      string
	settings *settings.Settings
	client   *client.Client
	channels *channels
	// broken settings: every request is told, in words, what is wrong with them
	problem *client.Error
}

var (
	_ backend.QueryDataHandler        = (*Datasource)(nil)
	_ backend.QueryChunkedDataHandler = (*Datasource)(nil)
	_ backend.CheckHealthHandler      = (*Datasource)(nil)
	_ backend.CallResourceHandler     = (*Datasource)(nil)
	_ backend.StreamHandler           = (*Datasource)(nil)
	_ instancemgmt.InstanceDisposer   = (*Datasource)(nil)
)

// New makes an instance of settings. Settings that are wrong make one that says so.
func New(ctx context.Context, instance backend.DataSourceInstanceSettings) (instancemgmt.Instance, error) {
	made := &Datasource{uid: instance.UID, channels: newChannels()}
	made.CallResourceHandler = httpadapter.New(made.routes())
	parsed, err := settings.Parse(instance)
	if err != nil {
		made.problem = &client.Error{Code: "bad_settings", Message: err.Error()}
		return made, nil
	}
	httpClient, err := settings.HTTPClient(ctx, instance)
	if err != nil {
		made.problem = &client.Error{Code: "bad_settings", Message: err.Error()}
		return made, nil
	}
	made.settings = parsed
	made.client = client.New(httpClient, parsed)
	return made, nil
}

// Dispose is called when settings change.
func (d *Datasource) Dispose() {
	if d.client != nil {
		d.client.Close()
	}
}

// Queries of one request that run at a time, when Grafana does not say.
const concurrencyDefault = 10

// QueryData answers all queries of a panel or rule.
func (d *Datasource) QueryData(ctx context.Context, request *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	limit, err := backend.GrafanaConfigFromContext(ctx).ConcurrentQueryCount()
	if err != nil || limit <= 0 || limit > concurrencyDefault {
		limit = concurrencyDefault
	}
	long := wire.Open(ctx, request)
	return concurrent.QueryData(ctx, request, func(ctx context.Context, asked concurrent.Query) backend.DataResponse {
		return d.answer(ctx, asked.DataQuery, long)
	}, limit)
}

// answer runs one query. Long tables go out by a request of gRPC's; without one they are frames.
func (d *Datasource) answer(ctx context.Context, given backend.DataQuery, long *wire.Request) backend.DataResponse {
	if d.problem != nil {
		return failed(d.problem, "")
	}
	asked, problem := parseQuery(given)
	if problem != nil {
		return failed(problem, "")
	}
	expansion, problem := asked.expand(d.settings)
	if problem != nil {
		return failed(problem, "")
	}
	ran, err := d.run(ctx, asked, expansion)
	if err != nil {
		return failed(placed(err, expansion), expansion.SQL)
	}
	statistics := statisticsOf(ran.answer)
	var made data.Frames
	isLong := long != nil && asked.isPlainTable() && ran.answer.Rows >= wire.RowsMin
	if isLong {
		made = data.Frames{frames.TableHead(ran.answer)}
	} else if made, err = d.frames(asked, expansion, ran); err != nil {
		return failed(&client.Error{Code: "bad_query", Message: err.Error()}, ran.sql)
	}
	first := made[0]
	first.Meta.Custom = statistics
	if statistics.Truncated {
		first.AppendNotices(data.Notice{Severity: data.NoticeSeverityWarning, Text: fmt.Sprintf(
			"the answer has more than %d rows; the rest is left out. Ask for a shorter time, aggregate by $__timeBucket(time), or raise the most rows in the data source's settings", d.settings.RowsMax)})
	}
	for _, frame := range made {
		frame.RefID = given.RefID
		frame.Meta.ExecutedQueryString = ran.sql
	}
	if isLong {
		if made[0], err = long.Hold(made[0], ran.answer); err != nil {
			return failed(&client.Error{Code: "bad_answer", Message: err.Error()}, ran.sql)
		}
	}
	return backend.DataResponse{Frames: made, Status: backend.StatusOK}
}

// statistics of an answer, for the query inspector.
type statistics struct {
	ElapsedMillis float64 `json:"elapsedMs"`
	RowCount      int     `json:"rowCount"`
	Truncated     bool    `json:"truncated"`
}

func statisticsOf(answer *client.Answer) statistics {
	return statistics{answer.ElapsedMillis, answer.Rows, answer.Truncated}
}

func (d *Datasource) frames(asked *query, expansion *macro.Expansion, ran *run) (data.Frames, error) {
	answer := ran.answer
	switch {
	case asked.QueryType == "annotation":
		frame, err := frames.Annotations(answer, frames.AnnotationColumns{Time: asked.TimeColumn, End: asked.EndColumn, Text: asked.TextColumn, Tags: asked.TagsColumns})
		return data.Frames{frame}, err
	case asked.QueryType != "" && asked.QueryType != "sql":
		return nil, fmt.Errorf("the query type %q is not known; it is sql or annotation", asked.QueryType)
	case asked.Live:
		return d.liveFrames(asked, expansion, answer)
	}
	switch asked.Format {
	case "", "time_series":
		fill := asked.fill(expansion)
		if ran.filled {
			fill = ""
		}
		return frames.TimeSeries(answer, frames.Options{
			Legend: asked.Legend, Measurement: sqltext.Measurement(expansion.SQL), PointsMax: asked.pointsMax(expansion), Bucket: expansion.Bucket, Fill: fill, From: asked.From, To: asked.To,
		}), nil
	case "table":
		return data.Frames{frames.Table(answer)}, nil
	case "logs":
		return data.Frames{frames.Logs(answer)}, nil
	}
	return nil, fmt.Errorf("the format %q is not known; it is time_series, table or logs", asked.Format)
}

// failed is the answer to one query that has none.
func failed(problem *client.Error, executed string) backend.DataResponse {
	source := backend.ErrorSourceDownstream
	if problem.Fault() == client.Own {
		source = backend.ErrorSourcePlugin
	}
	frame := data.NewFrame("")
	frame.Meta = &data.FrameMeta{Custom: map[string]any{"error": problem}, ExecutedQueryString: executed}
	text := problem.Message
	if problem.Line > 0 {
		text = fmt.Sprintf("line %d, column %d: %s", problem.Line, problem.Column, text)
	}
	return backend.DataResponse{
		Frames: data.Frames{frame}, Error: backend.NewErrorWithSource(errors.New(text), source), ErrorSource: source, Status: statusOf(problem),
	}
}

func statusOf(problem *client.Error) backend.Status {
	switch problem.Code {
	case "unreachable", "bad_answer":
		return backend.StatusBadGateway
	case "timeout":
		return backend.StatusTimeout
	case "cancelled":
		return backend.Status(499)
	}
	if problem.Status == http.StatusInternalServerError {
		return backend.StatusBadGateway
	}
	if problem.Status >= 400 {
		return backend.Status(problem.Status)
	}
	return backend.StatusBadRequest
}
