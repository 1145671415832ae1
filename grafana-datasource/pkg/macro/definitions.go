package macro

import (
	"sort"
	"strconv"
	"strings"
	"time"

	"tsdb/grafana-datasource/pkg/sqltext"
)

// Definition is a macro as users are told of it.
type Definition struct {
	Name      string `json:"name"`
	Signature string `json:"signature"`
	Doc       string `json:"doc"`
	// Example is what the signature's own example becomes.
	Example string `json:"example"`

	argumentsMin, argumentsMax int
	write                      func(x *expander, start int, arguments []argument, depth int) *Error
}

var (
	catalog     []Definition
	definitions map[string]Definition
)

// Catalog lists the macros in the order in which they are told of.
func Catalog() []Definition {
	return catalog
}

// Names lists the macros' names in order.
func Names() []string {
	var names []string
	for _, definition := range catalog {
		names = append(names, definition.Name)
	}
	return names
}

// In a function, since definitions write arguments, which may hold macros themselves.
func init() {
	catalog = []Definition{
		{"$__timeFilter", "$__timeFilter(column)", "rows of the dashboard's time range; both ends belong to it",
			"(time >= TIMESTAMP '2026-11-27T10:00:00Z' AND time <= TIMESTAMP '2026-11-27T11:00:00Z')", 1, 1, writeTimeFilter},
		{"$__timeFrom", "$__timeFrom", "the time at which the dashboard's range begins", "TIMESTAMP '2026-11-27T10:00:00Z'", 0, 0, writeTimeFrom},
		{"$__timeTo", "$__timeTo", "the time at which the dashboard's range ends", "TIMESTAMP '2026-11-27T11:00:00Z'", 0, 0, writeTimeTo},
		{"$__timeBucket", "$__timeBucket(column)", "the bucket of $__interval that a time lies in: SELECT $__timeBucket(time) AS t, avg(x) FROM m WHERE $__timeFilter(time) GROUP BY 1",
			"time_bucket('90m', time)", 1, 1, writeTimeBucket},
		{"$__timeGroup", "$__timeGroup(column, width[, fill])", "the bucket of a width (5m, 1h30m, 1mo, $__interval) that a time lies in; fill says what stands in a bucket without a row: NULL, previous, next, linear or a number",
			"time_bucket('5m', time)", 2, 3, writeTimeGroup},
		{"$__interval", "$__interval", "the width of a bucket that fits the panel, as a length of time", "90m", 0, 0, writeInterval},
		{"$__interval_ms", "$__interval_ms", "the same in milliseconds, a number", "5400000", 0, 0, writeIntervalMillis},
		{"$__rate_interval", "$__rate_interval", "for rates of counters: at least four intervals at which devices send (a setting of the data source), and one more than $__interval", "5415s", 0, 0, writeRateInterval},
		{"$__conditionalAll", "$__conditionalAll(condition, $variable)", "the condition, or TRUE when All is chosen for the variable", "(room IN ('a','b'))", 2, 2, writeConditionalAll},
		{"$__adHocFilters", "$__adHocFilters", "the ad-hoc filters of the dashboard as a condition, TRUE without any: = != and one-of compare text, =~ !~ find a regular expression, < > compare numbers",
			"(\"room\" = 'kitchen')", 0, 0, writeAdHocFilters},
	}
	definitions = map[string]Definition{}
	for _, definition := range catalog {
		definitions[strings.ToLower(definition.Name)] = definition
	}
}

// TimeLiteral is a time as a SQL literal, to the nanosecond.
func TimeLiteral(at time.Time) string {
	return "TIMESTAMP '" + at.UTC().Format("2006-01-02T15:04:05.999999999Z07:00") + "'"
}

func writeTimeFilter(x *expander, start int, arguments []argument, depth int) *Error {
	x.result.Filtered = true
	x.write(start, "(")
	if err := x.expand(arguments[0].from, arguments[0].to, depth+1); err != nil {
		return err
	}
	x.write(start, " >= "+TimeLiteral(x.scope.From)+" AND ")
	if err := x.expand(arguments[0].from, arguments[0].to, depth+1); err != nil {
		return err
	}
	x.write(start, " <= "+TimeLiteral(x.scope.To)+")")
	return nil
}

func writeTimeFrom(x *expander, start int, _ []argument, _ int) *Error {
	x.write(start, TimeLiteral(x.scope.From))
	return nil
}

func writeTimeTo(x *expander, start int, _ []argument, _ int) *Error {
	x.write(start, TimeLiteral(x.scope.To))
	return nil
}

func writeTimeBucket(x *expander, start int, arguments []argument, depth int) *Error {
	x.result.Buckets, x.result.Bucket = true, x.scope.Interval
	return x.bucket(start, FormatDuration(x.scope.Interval), arguments[0], depth)
}

func (x *expander) bucket(start int, width string, column argument, depth int) *Error {
	x.write(start, "time_bucket('"+width+"', ")
	if err := x.expand(column.from, column.to, depth+1); err != nil {
		return err
	}
	x.write(start, ")")
	return nil
}

func writeTimeGroup(x *expander, start int, arguments []argument, depth int) *Error {
	width := strings.ToLower(strings.Trim(x.text(arguments[1]), "'\" "))
	switch width {
	case "$__interval":
		width = FormatDuration(x.scope.Interval)
	case "$__rate_interval":
		width = FormatDuration(x.rateInterval())
	}
	x.result.Buckets, x.result.Bucket = true, 0
	if !calendarWidth.MatchString(width) {
		length, err := ParseDuration(width)
		if err != nil {
			return x.fail(arguments[1].from, "%s: %s", "$__timeGroup", err)
		}
		x.result.Bucket = length
	}
	if len(arguments) == 3 {
		fill := strings.ToLower(strings.Trim(x.text(arguments[2]), "'\" "))
		if !IsFill(fill) {
			return x.fail(arguments[2].from, "$__timeGroup cannot fill with %s; it can with NULL, previous, next, linear, none or a number", x.text(arguments[2]))
		}
		x.result.Fill = fill
	}
	return x.bucket(start, width, arguments[0], depth)
}

// IsFill says whether a text is a way to fill buckets without a row.
func IsFill(text string) bool {
	switch text {
	case "none", "null", "previous", "next", "linear":
		return true
	}
	number, err := strconv.ParseFloat(text, 64)
	return err == nil && isFinite(number)
}

func isFinite(number float64) bool {
	return number-number == 0
}

func writeInterval(x *expander, start int, _ []argument, _ int) *Error {
	x.write(start, FormatDuration(x.scope.Interval))
	return nil
}

func writeIntervalMillis(x *expander, start int, _ []argument, _ int) *Error {
	x.write(start, strconv.FormatInt(max(x.scope.Interval.Milliseconds(), 1), 10))
	return nil
}

func writeRateInterval(x *expander, start int, _ []argument, _ int) *Error {
	x.write(start, FormatDuration(x.rateInterval()))
	return nil
}

func (x *expander) rateInterval() time.Duration {
	return max(x.scope.Interval+x.scope.SendInterval, 4*x.scope.SendInterval)
}

func writeConditionalAll(x *expander, start int, arguments []argument, depth int) *Error {
	choice := x.text(arguments[1])
	if strings.EqualFold(choice, "$__all") {
		x.write(start, "TRUE")
		return nil
	}
	if strings.HasPrefix(choice, "$") {
		return x.fail(arguments[1].from, "the variable %s has no value here; dashboards have variables, alert rules have not", choice)
	}
	x.write(start, "(")
	if err := x.expand(arguments[0].from, arguments[0].to, depth+1); err != nil {
		return err
	}
	x.write(start, ")")
	return nil
}

func writeAdHocFilters(x *expander, start int, _ []argument, _ int) *Error {
	var conditions []string
	for _, filter := range x.scope.AdHoc {
		condition, problem := filter.condition()
		if problem != "" {
			return x.fail(start, "ad-hoc filter on %s: %s", filter.Key, problem)
		}
		conditions = append(conditions, condition)
	}
	if len(conditions) == 0 {
		x.write(start, "TRUE")
		return nil
	}
	x.write(start, "("+strings.Join(conditions, " AND ")+")")
	return nil
}

// condition is a filter in SQL, or why there is none. A row without the tag is one that is not equal and does not match.
func (f Filter) condition() (string, string) {
	if f.Key == "" {
		return "", "no column is chosen"
	}
	name := sqltext.QuoteName(f.Key)
	switch f.Operator {
	case "=":
		return name + " = " + sqltext.QuoteText(f.Value), ""
	case "!=":
		return "(" + name + " != " + sqltext.QuoteText(f.Value) + " OR " + name + " IS NULL)", ""
	case "=~":
		return name + " ~ " + sqltext.QuoteText(f.Value), ""
	case "!~":
		return "(" + name + " !~ " + sqltext.QuoteText(f.Value) + " OR " + name + " IS NULL)", ""
	case "=|":
		return name + " IN " + f.list(), ""
	case "!=|":
		return "(" + name + " NOT IN " + f.list() + " OR " + name + " IS NULL)", ""
	case "<", ">", "<=", ">=":
		number, err := strconv.ParseFloat(f.Value, 64)
		if err != nil || !isFinite(number) {
			return "", strconv.Quote(f.Value) + " is no number, and " + f.Operator + " compares numbers"
		}
		return name + " " + f.Operator + " " + plainNumber(f.Value, number), ""
	}
	return "", "the operator " + strconv.Quote(f.Operator) + " is not known"
}

// plainNumber keeps whole numbers as they are written, so that they stay int64 or uint64: a float64 is no neighbour of the largest of them.
func plainNumber(text string, number float64) string {
	if whole, err := strconv.ParseInt(text, 10, 64); err == nil {
		return strconv.FormatInt(whole, 10)
	}
	if whole, err := strconv.ParseUint(text, 10, 64); err == nil {
		return strconv.FormatUint(whole, 10)
	}
	return strconv.FormatFloat(number, 'g', -1, 64)
}

func (f Filter) list() string {
	values := f.Values
	if len(values) == 0 {
		values = []string{f.Value}
	}
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = sqltext.QuoteText(value)
	}
	return "(" + strings.Join(quoted, ", ") + ")"
}

// nearest proposes the macro that was meant, or nothing.
func nearest(name string) string {
	wanted := strings.ToLower(name)
	best, bestShared := "", 0
	names := Names()
	sort.Strings(names)
	for _, candidate := range names {
		lower := strings.ToLower(candidate)
		shared := 0
		for shared < len(lower) && shared < len(wanted) && lower[shared] == wanted[shared] {
			shared++
		}
		if shared > bestShared {
			best, bestShared = candidate, shared
		}
	}
	if bestShared < len("$__")+3 {
		return ""
	}
	return "; did you mean " + best + "?"
}
