package macro

import (
	"strings"
	"testing"
	"time"

	"tsdb/grafana-datasource/pkg/sqltext"
)

func scope() Scope {
	return Scope{
		From:         time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC),
		To:           time.Date(2026, 11, 27, 11, 0, 0, 0, time.UTC),
		Interval:     90 * time.Minute,
		SendInterval: 15 * time.Second,
	}
}

const (
	from   = "TIMESTAMP '2026-11-27T10:00:00Z'"
	to     = "TIMESTAMP '2026-11-27T11:00:00Z'"
	within = "(time >= " + from + " AND time <= " + to + ")"
)

func TestExpandsEachMacro(t *testing.T) {
	tests := map[string]string{
		"$__timeFilter(time)":                         within,
		"$__timeFilter( time )":                       within,
		`$__timeFilter("time")`:                       `("time" >= ` + from + ` AND "time" <= ` + to + `)`,
		"$__timeFilter(coalesce(a, b))":               "(coalesce(a, b) >= " + from + " AND coalesce(a, b) <= " + to + ")",
		"time >= $__timeFrom AND time < $__timeTo":    "time >= " + from + " AND time < " + to,
		"$__timeFrom() - 5m":                          from + " - 5m",
		"$__timeBucket(time)":                         "time_bucket('90m', time)",
		"$__timeGroup(time, 5m)":                      "time_bucket('5m', time)",
		"$__timeGroup(time, '90m')":                   "time_bucket('90m', time)",
		"$__timeGroup(time, 1h30m, NULL)":             "time_bucket('1h30m', time)",
		"$__timeGroup(time, $__interval)":             "time_bucket('90m', time)",
		"$__timeGroup(time, 1mo)":                     "time_bucket('1mo', time)",
		"$__timeGroup(time, 1w, previous)":            "time_bucket('1w', time)",
		"now() - $__interval":                         "now() - 90m",
		"x / $__interval_ms * 1000":                   "x / 5400000 * 1000",
		"$__rate_interval":                            "5415s",
		"$__INTERVAL":                                 "90m",
		"$__conditionalAll(room IN ('a'), $__all)":    "TRUE",
		"$__conditionalAll(room IN ('a'), 'a')":       "(room IN ('a'))",
		"$__conditionalAll($__timeFilter(time), 'x')": "(" + within + ")",
		"$__adHocFilters":                             "TRUE",
		"SELECT 1 WHERE $__adHocFilters AND TRUE":     "SELECT 1 WHERE TRUE AND TRUE",
		"SELECT $host, :room, $a FROM m":              "SELECT $host, :room, $a FROM m",
		"$__timeFilter(time)$__timeFilter(time)":      within + within,
		"$__timeGroup(time, 5m /* not (six */, 0)":    "time_bucket('5m', time)",
		"'é'$__interval":                              "'é'90m",
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			got, err := Expand(text, scope())
			if err != nil {
				t.Fatal(err)
			}
			if got.SQL != want {
				t.Errorf("got  %s\nwant %s", got.SQL, want)
			}
		})
	}
}

func TestExpandsNothingOutsideCode(t *testing.T) {
	for _, text := range []string{
		"SELECT '$__timeFilter(time)'",
		"SELECT 'it''s $__interval'",
		`SELECT "$__interval" FROM m`,
		`SELECT "a""$__interval" FROM m`,
		"SELECT 1 -- $__timeFilter(time)",
		"SELECT 1 -- it's $__timeFilter(time)\n, 2",
		"SELECT 1 /* $__unknown( */",
		"SELECT 1 /* ' */ + 2 /* $__interval */",
		"SELECT '-- ' || '$__interval'",
		"SELECT 'unclosed $__interval",
		"SELECT 1 /* unclosed $__interval",
	} {
		got, err := Expand(text, scope())
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got.SQL != text {
			t.Errorf("%s became %s", text, got.SQL)
		}
	}
}

// What a template variable brings is a literal by the time it is here (the front end doubles quotes), so nothing in it is a macro or ends the literal.
func TestValuesOfVariablesStayValues(t *testing.T) {
	for _, value := range []string{"it's", "' OR '1'='1", "'; DROP DATABASE iot; --", "$__timeFilter(time)", "a','b", `"`, "/*", "--", "\\'", ".*|(", "\x00", ""} {
		text := "SELECT * FROM m WHERE room IN (" + sqltext.QuoteText(value) + ") AND $__timeFilter(time)"
		got, err := Expand(text, scope())
		if err != nil {
			t.Errorf("%q: %v", value, err)
			continue
		}
		want := "SELECT * FROM m WHERE room IN (" + sqltext.QuoteText(value) + ") AND " + within
		if got.SQL != want {
			t.Errorf("%q became %s", value, got.SQL)
		}
		literals := 0
		for _, span := range sqltext.Spans(got.SQL) {
			if span.Kind == sqltext.Literal {
				literals++
			}
		}
		if literals != 3 {
			t.Errorf("%q makes %d literals, expected its own and two times: %s", value, literals, got.SQL)
		}
	}
}

func TestAdHocFilters(t *testing.T) {
	tests := []struct {
		filter Filter
		want   string
	}{
		{Filter{Key: "room", Operator: "=", Value: "kitchen"}, `"room" = 'kitchen'`},
		{Filter{Key: "room", Operator: "=", Value: "it's"}, `"room" = 'it''s'`},
		{Filter{Key: `r"; DROP`, Operator: "=", Value: "' OR 1=1 --"}, `"r""; DROP" = ''' OR 1=1 --'`},
		{Filter{Key: "room", Operator: "=", Value: "$__interval"}, `"room" = '$__interval'`},
		{Filter{Key: "room", Operator: "!=", Value: "a"}, `("room" != 'a' OR "room" IS NULL)`},
		{Filter{Key: "room", Operator: "=~", Value: "^k.*"}, `"room" ~ '^k.*'`},
		{Filter{Key: "room", Operator: "!~", Value: "a|b"}, `("room" !~ 'a|b' OR "room" IS NULL)`},
		{Filter{Key: "room", Operator: "=|", Values: []string{"a", "b'c"}}, `"room" IN ('a', 'b''c')`},
		{Filter{Key: "room", Operator: "!=|", Values: []string{"a"}}, `("room" NOT IN ('a') OR "room" IS NULL)`},
		{Filter{Key: "level", Operator: ">", Value: "5"}, `"level" > 5`},
		{Filter{Key: "level", Operator: ">", Value: "18446744073709551614"}, `"level" > 18446744073709551614`},
		{Filter{Key: "level", Operator: "<", Value: "2.50"}, `"level" < 2.5`},
	}
	for _, test := range tests {
		with := scope()
		with.AdHoc = []Filter{test.filter}
		got, err := Expand("$__adHocFilters", with)
		if err != nil {
			t.Errorf("%+v: %v", test.filter, err)
		} else if want := "(" + test.want + ")"; got.SQL != want {
			t.Errorf("%+v: got %s, want %s", test.filter, got.SQL, want)
		}
	}
	both := scope()
	both.AdHoc = []Filter{{Key: "a", Operator: "=", Value: "1"}, {Key: "b", Operator: "<", Value: "2"}}
	if got, _ := Expand("$__adHocFilters", both); got.SQL != `("a" = '1' AND "b" < 2)` {
		t.Errorf("two filters: %s", got.SQL)
	}
	for _, filter := range []Filter{
		{Key: "a", Operator: "<", Value: "1 OR TRUE"}, {Key: "a", Operator: ">", Value: "NaN"}, {Key: "a", Operator: "LIKE", Value: "x"}, {Operator: "=", Value: "x"},
	} {
		with := scope()
		with.AdHoc = []Filter{filter}
		if got, err := Expand("$__adHocFilters", with); err == nil {
			t.Errorf("%+v: taken as %s", filter, got.SQL)
		}
	}
}

func TestWrongMacrosSayWhatToWrite(t *testing.T) {
	tests := []struct{ text, message string }{
		{"SELECT 1,\n  $__timeFiltr(time)", "2:3: unknown macro $__timeFiltr; did you mean $__timeFilter?; macros are $__timeFilter, "},
		{"$__timeFilter", "1:1: $__timeFilter has 0 arguments here; write $__timeFilter(column)"},
		{"$__timeFilter(a, b)", "1:1: $__timeFilter has 2 arguments here"},
		{"'é' + $__timeGroup(time)", "1:7: $__timeGroup has 1 arguments here; write $__timeGroup(column, width[, fill])"},
		{"$__timeGroup(time, soon)", `1:20: $__timeGroup: "soon" is no length of time such as 10s, 5m or 1h30m`},
		{"$__timeGroup(time, 0s)", `1:20: $__timeGroup: "0s" is no time at all`},
		{"$__timeGroup(time, 99999999999w)", `1:20: $__timeGroup: "99999999999w" is out of range`},
		{"$__timeGroup(time, 5m, zero)", "1:24: $__timeGroup cannot fill with zero"},
		{"$__timeGroup(time, 5m, NaN)", "1:24: $__timeGroup cannot fill with NaN"},
		{"$__timeGroup(time, 5m, -inf)", "1:24: $__timeGroup cannot fill with -inf"},
		{"$__timeFilter(time", "1:14: this parenthesis is not closed"},
		{"$__conditionalAll(a = 1, $room)", "1:26: the variable $room has no value here"},
		{"$__conditionalAll(room IN ('a'), 'a','b')", "1:1: $__conditionalAll has 3 arguments here"},
		{"$__interval(5)", "1:1: $__interval has 1 arguments here; write $__interval"},
	}
	for _, test := range tests {
		got, err := Expand(test.text, scope())
		if err == nil {
			t.Errorf("%s became %s", test.text, got.SQL)
		} else if !strings.HasPrefix(err.Error(), test.message) {
			t.Errorf("%s: got %q, want %q", test.text, err.Error(), test.message)
		}
	}
}

func TestPlacesOfErrorsAreThoseOfTheTextAsWritten(t *testing.T) {
	raw := "SELECT $__timeBucket(time) AS t,\n  'é😀', nope FROM m WHERE $__timeFilter(tme) AND wrong"
	got, err := Expand(raw, scope())
	if err != nil {
		t.Fatal(err)
	}
	at := func(text, word string, nth int) sqltext.Position {
		offset := -1
		for range nth {
			offset += 1 + strings.Index(text[offset+1:], word)
		}
		return sqltext.PositionAt(text, offset)
	}
	for _, word := range []struct {
		word           string
		nth, rawNth    int
		insideOfAMacro bool
	}{
		{"SELECT", 1, 1, false}, {"time", 2, 2, false}, {"nope", 1, 1, false}, {"tme", 1, 1, false}, {"tme", 2, 1, false}, {"wrong", 1, 1, false}, {"FROM", 1, 1, false},
	} {
		if back, want := got.RawPosition(at(got.SQL, word.word, word.nth)), at(raw, word.word, word.rawNth); back != want {
			t.Errorf("%s is at %v, want %v; expanded: %s", word.word, back, want, got.SQL)
		}
	}
	if back, want := got.RawPosition(at(got.SQL, "TIMESTAMP", 1)), at(raw, "$__timeFilter", 1); back != want {
		t.Errorf("what a macro stands for is at %v, want %v", back, want)
	}
}

func TestFormatDurationKeepsWhatItIsGiven(t *testing.T) {
	for length, want := range map[time.Duration]string{
		90 * time.Minute: "90m", time.Hour: "1h", 1500 * time.Millisecond: "1500ms", 24 * time.Hour: "1d", 14 * 24 * time.Hour: "14d", 36 * time.Hour: "36h", time.Nanosecond: "1ns", 61 * time.Second: "61s",
	} {
		if got := FormatDuration(length); got != want {
			t.Errorf("%v is %s, want %s", length, got, want)
		}
		if back, err := ParseDuration(FormatDuration(length)); err != nil || back != length {
			t.Errorf("%v comes back as %v, %v", length, back, err)
		}
	}
}

// Every example in the catalog is what the macro becomes.
func TestCatalogTellsTheTruth(t *testing.T) {
	written := map[string]string{
		"$__timeFilter": "$__timeFilter(time)", "$__timeBucket": "$__timeBucket(time)", "$__timeGroup": "$__timeGroup(time, 5m)",
		"$__conditionalAll": "$__conditionalAll(room IN ('a','b'), 'a')",
	}
	for _, definition := range Catalog() {
		text, known := written[definition.Name]
		if !known {
			text = definition.Name
		}
		with := scope()
		if definition.Name == "$__adHocFilters" {
			with.AdHoc = []Filter{{Key: "room", Operator: "=", Value: "kitchen"}}
		}
		got, err := Expand(text, with)
		if err != nil {
			t.Errorf("%s: %v", definition.Name, err)
		} else if got.SQL != definition.Example {
			t.Errorf("%s: the catalog says %s, it is %s", definition.Name, definition.Example, got.SQL)
		}
	}
}

func FuzzExpand(f *testing.F) {
	for _, seed := range []string{"$__timeFilter(time)", "'$__x'", "/*", "$__timeGroup(a,'5m', 0)", "((", "$__", "$__conditionalAll($__conditionalAll(a,b),c)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, span := range sqltext.Spans(text) {
			if span.From != end || span.To <= span.From {
				t.Fatalf("spans have a gap at %d", end)
			}
			end = span.To
		}
		if end != len(text) {
			t.Fatalf("spans end at %d of %d", end, len(text))
		}
		got, err := Expand(text, scope())
		if err == nil {
			got.RawPosition(sqltext.PositionAt(got.SQL, len(got.SQL)/2))
		}
	})
}
