package plugin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tsdb/grafana-datasource/pkg/client"
	"tsdb/grafana-datasource/pkg/functions"
	"tsdb/grafana-datasource/pkg/macro"
	"tsdb/grafana-datasource/pkg/sqltext"
)

const (
	// Names that are listed at most: of measurements, fields, tags.
	namesMax = 100_000
	// Tag values that are listed when nobody says how many.
	tagValuesDefault = 1000
	requestSizeMax   = 1 << 20
)

// routes of CallResource, docs/contract.md.
func (d *Datasource) routes() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, answer func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if d.problem != nil {
				refuse(w, d.problem)
				return
			}
			result, err := answer(r)
			if err != nil {
				refuse(w, err)
				return
			}
			write(w, http.StatusOK, result)
		})
	}
	handle("GET /databases", d.databases)
	handle("GET /measurements", d.measurements)
	handle("GET /fields", d.fields)
	handle("GET /tags", d.tags)
	handle("GET /tag-values", d.tagValues)
	handle("GET /functions", func(*http.Request) (any, error) { return functions.Catalog(), nil })
	handle("GET /macros", func(*http.Request) (any, error) { return macro.Catalog(), nil })
	handle("POST /expand", d.expand)
	handle("POST /validate", d.validate)
	handle("POST /variable", d.variable)
	return mux
}

func write(w http.ResponseWriter, status int, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"error":{"code":"bad_answer","message":"the answer is no JSON"}}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

func refuse(w http.ResponseWriter, err error) {
	var failure *client.Error
	if !errors.As(err, &failure) {
		failure = &client.Error{Code: "bad_query", Message: err.Error()}
	}
	write(w, int(statusOf(failure)), map[string]any{"error": failure})
}

// list runs a statement and gives one column of its answer.
func (d *Datasource) list(r *http.Request, sql string, column string, keep func(string) bool, limit int) ([]string, error) {
	found := []string{}
	enough := errors.New("enough")
	// names go by in batches until enough are found, however many there are: a prefix may be that of the last
	statement := client.Statement{SQL: sql, Database: r.URL.Query().Get("database"), RowsMax: math.MaxInt}
	err := d.client.Stream(r.Context(), statement, chunkRows, func(batch *client.Answer) error {
		values := batch.Column(column)
		if values == nil {
			return nil
		}
		for row := range batch.Rows {
			if values.IsNull(row) || !keep(values.Text(row)) {
				continue
			}
			if len(found) == limit {
				return enough
			}
			found = append(found, values.Text(row))
		}
		return nil
	})
	if err != nil && len(found) < limit {
		return nil, err
	}
	return found, nil
}

func all(string) bool { return true }

func (d *Datasource) databases(r *http.Request) (any, error) {
	return d.list(r, "SHOW DATABASES", "database", all, namesMax)
}

func (d *Datasource) measurements(r *http.Request) (any, error) {
	return d.list(r, "SHOW MEASUREMENTS", "measurement", all, namesMax)
}

// from is the FROM of a SHOW statement; nothing without a measurement.
func from(r *http.Request) string {
	if measurement := r.URL.Query().Get("measurement"); measurement != "" {
		return " FROM " + sqltext.QuoteName(measurement)
	}
	return ""
}

// unique keeps the first of each.
func unique() func(string) bool {
	seen := map[string]bool{}
	return func(value string) bool {
		known := seen[value]
		seen[value] = true
		return !known
	}
}

func (d *Datasource) tags(r *http.Request) (any, error) {
	return d.list(r, "SHOW TAG KEYS"+from(r), "tag", unique(), namesMax)
}

type fieldName struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

func (d *Datasource) fields(r *http.Request) (any, error) {
	answer, err := d.client.Run(r.Context(), client.Statement{SQL: "SHOW FIELD KEYS" + from(r), Database: r.URL.Query().Get("database"), RowsMax: namesMax})
	if err != nil {
		return nil, err
	}
	found := []fieldName{}
	names, types := answer.Column("field"), answer.Column("type")
	if names == nil || types == nil {
		return nil, &client.Error{Code: "bad_answer", Message: "the node lists fields in a way that this data source does not know"}
	}
	keep := unique()
	for row := range answer.Rows {
		if keep(names.Text(row)) {
			found = append(found, fieldName{names.Text(row), types.Text(row)})
		}
	}
	return found, nil
}

func (d *Datasource) tagValues(r *http.Request) (any, error) {
	parameters := r.URL.Query()
	tag := parameters.Get("tag")
	if tag == "" {
		return nil, &client.Error{Code: "bad_query", Message: "which tag's values? The parameter tag is missing"}
	}
	limit := tagValuesDefault
	if text := parameters.Get("limit"); text != "" {
		asked, err := strconv.Atoi(text)
		if err != nil || asked < 1 {
			return nil, &client.Error{Code: "bad_query", Message: fmt.Sprintf("limit is %q; it is a number from 1", text)}
		}
		limit = min(asked, namesMax)
	}
	prefix := parameters.Get("prefix")
	sql := "SHOW TAG VALUES" + from(r) + " WITH KEY = " + sqltext.QuoteName(tag)
	return d.list(r, sql, "value", func(value string) bool { return strings.HasPrefix(value, prefix) }, limit)
}

// moment is a time as RFC 3339 or as milliseconds since 1970, a number or its text.
type moment struct{ time.Time }

func (m *moment) UnmarshalJSON(text []byte) error {
	var millis json.Number
	if json.Unmarshal(text, &millis) == nil && millis != "" {
		whole, err := strconv.ParseFloat(millis.String(), 64)
		m.Time = time.UnixMilli(int64(whole)).UTC()
		return err
	}
	var word string
	if err := json.Unmarshal(text, &word); err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339Nano, word)
	m.Time = at
	return err
}

// body of the three that take a statement; each has the members that it needs.
type body struct {
	Query json.RawMessage `json:"query"`
	SQL   string          `json:"sql"`
	Range struct {
		From moment `json:"from"`
		To   moment `json:"to"`
	} `json:"range"`
	IntervalMillis float64 `json:"intervalMs"`
	MaxDataPoints  int64   `json:"maxDataPoints"`
	query
}

func (d *Datasource) read(r *http.Request) (*query, error) {
	text, err := io.ReadAll(io.LimitReader(r.Body, requestSizeMax))
	if err != nil {
		return nil, err
	}
	var given body
	if err := json.Unmarshal(text, &given); err != nil {
		return nil, &client.Error{Code: "bad_query", Message: fmt.Sprintf("the request is not of the form that this data source knows: %v", err)}
	}
	asked := &given.query
	if len(given.Query) > 0 {
		asked = &query{}
		if err := json.Unmarshal(given.Query, asked); err != nil {
			return nil, &client.Error{Code: "bad_query", Message: fmt.Sprintf("the query is not of the form that this data source knows: %v", err)}
		}
	}
	if given.SQL != "" {
		asked.RawSQL = given.SQL
	}
	asked.From, asked.To = given.Range.From.Time, given.Range.To.Time
	if asked.To.IsZero() {
		asked.To = time.Now()
	}
	if asked.From.IsZero() {
		asked.From = asked.To.Add(-time.Hour)
	}
	asked.Interval = time.Duration(given.IntervalMillis * float64(time.Millisecond))
	asked.MaxDataPoints = given.MaxDataPoints
	asked.settle()
	return asked, nil
}

func (d *Datasource) expand(r *http.Request) (any, error) {
	asked, err := d.read(r)
	if err != nil {
		return nil, err
	}
	expansion, problem := asked.expand(d.settings)
	if problem != nil {
		return nil, problem
	}
	return map[string]string{"sql": expansion.SQL}, nil
}

// A line of its own, so that columns stay.
const explain = "EXPLAIN\n"

func (d *Datasource) validate(r *http.Request) (any, error) {
	asked, err := d.read(r)
	if err != nil {
		return nil, err
	}
	expansion, problem := asked.expand(d.settings)
	if problem != nil {
		return map[string]any{"error": problem}, nil
	}
	if word := sqltext.FirstWord(expansion.SQL); word == "SHOW" || word == "EXPLAIN" || word == "DESCRIBE" {
		return map[string]any{}, nil
	}
	_, err = d.client.Run(r.Context(), client.Statement{SQL: explain + expansion.SQL, Database: asked.Database, RowsMax: namesMax})
	if err == nil {
		return map[string]any{}, nil
	}
	var failure *client.Error
	if errors.As(err, &failure) && failure.Line > 0 {
		moved := *failure
		moved.Line--
		failure = placed(&moved, expansion)
	}
	return map[string]any{"error": failure}, nil
}

type choice struct {
	Text  string `json:"text"`
	Value string `json:"value"`
}

func (d *Datasource) variable(r *http.Request) (any, error) {
	asked, err := d.read(r)
	if err != nil {
		return nil, err
	}
	expansion, problem := asked.expand(d.settings)
	if problem != nil {
		return nil, problem
	}
	answer, err := d.client.Run(r.Context(), client.Statement{SQL: expansion.SQL, Database: asked.Database, RowsMax: namesMax})
	if err != nil {
		return nil, placed(err, expansion)
	}
	return choicesOf(answer)
}
