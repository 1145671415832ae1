package plugin

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"tsdb/grafana-datasource/pkg/client"
	"tsdb/grafana-datasource/pkg/macro"
	"tsdb/grafana-datasource/pkg/settings"
	"tsdb/grafana-datasource/pkg/sqltext"
)

// query is one query as the front end sends it: docs/contract.md.
type query struct {
	QueryType    string         `json:"queryType"`
	RawSQL       string         `json:"rawSql"`
	Format       string         `json:"format"`
	Legend       string         `json:"legend"`
	Database     string         `json:"database"`
	Fill         fillText       `json:"fill"`
	AdHocFilters []macro.Filter `json:"adHocFilters"`
	Live         bool           `json:"live"`
	TimeColumn   string         `json:"timeColumn"`
	EndColumn    string         `json:"timeEndColumn"`
	TextColumn   string         `json:"textColumn"`
	TagsColumns  []string       `json:"tagsColumns"`

	// what Grafana adds
	From, To      time.Time     `json:"-"`
	Interval      time.Duration `json:"-"`
	MaxDataPoints int64         `json:"-"`
}

// fillText takes a number as well as its text.
type fillText string

func (f *fillText) UnmarshalJSON(text []byte) error {
	var number json.Number
	if json.Unmarshal(text, &number) == nil && number != "" {
		*f = fillText(number)
		return nil
	}
	var word *string
	if err := json.Unmarshal(text, &word); err != nil {
		return errors.New("fill is a text or a number")
	}
	if word != nil {
		*f = fillText(*word)
	}
	return nil
}

// Without any hint a panel is as wide as this.
const pointsDefault = 1000

func parseQuery(given backend.DataQuery) (*query, *client.Error) {
	parsed := &query{}
	if err := json.Unmarshal(given.JSON, parsed); err != nil {
		return nil, &client.Error{Code: "bad_query", Message: fmt.Sprintf("the query is not of the form that this data source knows: %v", err)}
	}
	if parsed.QueryType == "" {
		parsed.QueryType = given.QueryType
	}
	if parsed.Fill != "" && !macro.IsFill(string(parsed.Fill)) {
		return nil, &client.Error{Code: "bad_query", Message: fmt.Sprintf("gaps cannot be filled with %q; they can with null, previous, next, linear or a number", string(parsed.Fill))}
	}
	parsed.From, parsed.To = given.TimeRange.From, given.TimeRange.To
	parsed.Interval, parsed.MaxDataPoints = given.Interval, given.MaxDataPoints
	parsed.settle()
	return parsed, nil
}

// settle gives an interval to a query that came without.
func (q *query) settle() {
	if q.Interval > 0 {
		return
	}
	points := q.MaxDataPoints
	if points <= 0 {
		points = pointsDefault
	}
	q.Interval = max((q.To.Sub(q.From) / time.Duration(points)).Round(time.Millisecond), time.Millisecond)
}

// Statements that read. The node's tokens say what else may be done; a dashboard is no place for it.
var readers = map[string]bool{"SELECT": true, "SHOW": true, "EXPLAIN": true, "WITH": true, "VALUES": true, "DESCRIBE": true, "(": true}

// expand makes the statement of a query.
func (q *query) expand(settings *settings.Settings) (*macro.Expansion, *client.Error) {
	word := sqltext.FirstWord(q.RawSQL)
	if word == "" && isBlank(q.RawSQL) {
		return nil, &client.Error{Code: "empty_query", Message: "the query is empty; choose a measurement, or write a SELECT"}
	}
	expansion, problem := macro.Expand(q.RawSQL, macro.Scope{
		From: q.From, To: q.To, Interval: q.Interval, SendInterval: settings.SendInterval, AdHoc: q.AdHocFilters,
	})
	if problem != nil {
		return nil, &client.Error{Code: "macro", Message: problem.Message, Line: problem.Position.Line, Column: problem.Position.Column}
	}
	if !readers[sqltext.FirstWord(expansion.SQL)] && word != "" {
		return nil, &client.Error{Code: "forbidden_statement", Line: 1, Column: 1,
			Message: fmt.Sprintf("%s is no statement for a dashboard; SELECT, SHOW, EXPLAIN, WITH, VALUES and DESCRIBE are. Run it with tsdb sql", word)}
	}
	return expansion, nil
}

// isBlank says whether there is nothing but blanks and comments.
func isBlank(text string) bool {
	for _, span := range sqltext.Spans(text) {
		if span.Kind == sqltext.Comment {
			continue
		}
		for _, r := range text[span.From:span.To] {
			if r != ' ' && r != '\t' && r != '\n' && r != '\r' && r != ';' {
				return false
			}
		}
	}
	return true
}

// placed gives an error of the node the place that it has in the text as written.
func placed(err error, expansion *macro.Expansion) *client.Error {
	var failure *client.Error
	if !errors.As(err, &failure) {
		return &client.Error{Code: "bad_answer", Message: err.Error()}
	}
	if failure.Line > 0 {
		at := expansion.RawPosition(sqltext.Position{Line: failure.Line, Column: failure.Column})
		moved := *failure
		moved.Line, moved.Column = at.Line, at.Column
		return &moved
	}
	return failure
}

// pointsMax of a series of this query; 0: no limit. Grafana rounds the interval to a length of time that reads well, by which a range has up to
// 1.75 times as many buckets as the panel has points, and one more: those were made for the panel, and are drawn as they are.
func (q *query) pointsMax(expansion *macro.Expansion) int {
	most := q.MaxDataPoints
	if expansion.Bucket >= q.Interval {
		most *= 2
	}
	if most <= 0 || most > math.MaxInt32 {
		return 0
	}
	return int(most)
}

func (q *query) database(settings *settings.Settings) string {
	if q.Database != "" {
		return q.Database
	}
	return settings.Database
}
