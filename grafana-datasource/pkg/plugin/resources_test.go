package plugin

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestResourcesListTheSchema(t *testing.T) {
	node := house(t, "schema")
	node.Write(t, "schema", "climate,room=Käse\\ \"k\" temperature=1 1\nodd\\ name,a\\=b=c v=1i 1\n")
	g := newGrafana(t, node.URL, map[string]any{"database": "schema"}, nil)
	tests := []struct{ path, want string }{
		{"measurements?database=schema", `["climate","events","machine","odd name"]`},
		{"measurements", `["climate","events","machine","odd name"]`},
		{"fields?measurement=climate", `[{"name":"humidity","type":"int64"},{"name":"open","type":"bool"},{"name":"temperature","type":"float64"}]`},
		{"fields?measurement=odd%20name", `[{"name":"v","type":"int64"}]`},
		{"tags?measurement=climate", `["floor","room"]`},
		{"tags", `["floor","room","device","level","a=b"]`},
		{"tag-values?measurement=climate&tag=room", `["Käse \"k\"","it's a hall","kitchen"]`},
		{"tag-values?measurement=climate&tag=room&prefix=k", `["kitchen"]`},
		{"tag-values?measurement=climate&tag=room&limit=1", `["Käse \"k\""]`},
		{"tag-values?tag=device", `["m1","m2"]`},
		{"tag-values?measurement=odd%20name&tag=a%3Db", `["c"]`},
	}
	for _, test := range tests {
		if status, body := g.resource("GET", test.path, nil); status != 200 || body != test.want {
			t.Errorf("%s: %d, %s, want %s", test.path, status, body, test.want)
		}
	}
	if status, body := g.resource("GET", "databases", nil); status != 200 || !strings.Contains(body, `"schema"`) {
		t.Errorf("databases: %d, %s", status, body)
	}
	refused := []struct{ path, code string }{
		{"tag-values", "bad_query"}, {"tag-values?tag=room&limit=0", "bad_query"}, {"fields?measurement=nope", "unknown_measurement"}, {"tags?database=nowhere", "unknown_database"},
	}
	for _, test := range refused {
		if status, body := g.resource("GET", test.path, nil); status < 400 || !strings.Contains(body, `"code":"`+test.code+`"`) {
			t.Errorf("%s: %d, %s", test.path, status, body)
		}
	}
	if status, _ := g.resource("GET", "nothing", nil); status != 404 {
		t.Errorf("nothing: %d", status)
	}
}

// As many as no node of a test holds: the last of a million and a half begins as asked.
func TestValuesAreFoundHoweverManyThereAre(t *testing.T) {
	node := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		out := bufio.NewWriter(w)
		defer func() { _ = out.Flush() }()
		_, _ = out.WriteString(`{"columns":[{"name":"value","type":"string"}],"rows":[`)
		for i := range 1_500_000 {
			_, _ = fmt.Fprintf(out, `["a%d"],`, i)
		}
		_, _ = out.WriteString(`["zebra"]],"rowCount":1500001,"elapsedMs":1}`)
	}))
	t.Cleanup(node.Close)
	g := newGrafana(t, node.URL, nil, nil)
	if status, body := g.resource("GET", "tag-values?measurement=m&tag=t&prefix=z", nil); status != 200 || body != `["zebra"]` {
		t.Errorf("%d, %s", status, body)
	}
}

func TestResourcesTellOfFunctionsAndMacros(t *testing.T) {
	g := newGrafana(t, house(t, "words").URL, map[string]any{"database": "words"}, nil)
	for path, wanted := range map[string]string{
		"functions": `{"name":"time_bucket","signature":"time_bucket(width, time[, origin]`, "macros": `{"name":"$__timeGroup","signature":"$__timeGroup(column, width[, fill])"`,
	} {
		if status, body := g.resource("GET", path, nil); status != 200 || !strings.Contains(body, wanted) {
			t.Errorf("%s: %d, %s", path, status, body)
		}
	}
}

func TestExpandAndValidateAndVariable(t *testing.T) {
	g := newGrafana(t, house(t, "statements").URL, map[string]any{"database": "statements"}, nil)
	span := map[string]any{"from": "2026-11-27T10:00:00Z", "to": rangeTo.UnixMilli()}
	status, body := g.resource("POST", "expand", map[string]any{
		"query": map[string]any{"rawSql": "SELECT $__timeBucket(time) FROM m WHERE $__timeFilter(time)"}, "range": span, "intervalMs": 90000, "maxDataPoints": 500,
	})
	if want := `{"sql":"SELECT time_bucket('90s', time) FROM m WHERE (time >= TIMESTAMP '2026-11-27T10:00:00Z' AND time <= TIMESTAMP '2026-11-27T11:00:00Z')"}`; status != 200 || unescaped(body) != want {
		t.Errorf("expand: %d, %s", status, body)
	}
	if status, body = g.resource("POST", "expand", map[string]any{"query": map[string]any{"rawSql": "SELECT\n $__nope"}}); status != 400 || !strings.Contains(body, `"code":"macro"`) || !strings.Contains(body, `"line":2,"column":2`) {
		t.Errorf("expand of an unknown macro: %d, %s", status, body)
	}
	validations := map[string]string{
		"SELECT room, avg(temperature) FROM climate WHERE $__timeFilter(time) GROUP BY room": `{}`,
		"SHOW MEASUREMENTS": `{}`,
		"SELECT room,\n tempp FROM climate WHERE $__timeFilter(time)": `"line":2,"column":2`,
		"SELECT $__timeBucket(time), wrong FROM climate":              `"line":1,"column":29`,
		"SELECT FROM climate":            `"code":"syntax_error"`,
		"INSERT INTO climate VALUES (1)": `"code":"forbidden_statement"`,
		"":                               `"code":"empty_query"`,
	}
	for sql, want := range validations {
		if status, body := g.resource("POST", "validate", map[string]any{"sql": sql}); status != 200 || !strings.Contains(body, want) {
			t.Errorf("validate %q: %d, %s, want %s", sql, status, body, want)
		}
	}
	variables := map[string]string{
		"SELECT DISTINCT room FROM climate ORDER BY room":                          `[{"text":"it's a hall","value":"it's a hall"},{"text":"kitchen","value":"kitchen"}]`,
		"SELECT DISTINCT room AS __text, floor AS __value FROM climate ORDER BY 1": `[{"text":"it's a hall","value":"1"},{"text":"kitchen","value":"0"}]`,
		"SHOW TAG VALUES FROM climate WITH KEY = floor":                            `[{"text":"0","value":"0"},{"text":"1","value":"1"}]`,
		"SELECT max(temperature) FROM climate WHERE $__timeFilter(time)":           `[{"text":"35.5","value":"35.5"}]`,
	}
	for sql, want := range variables {
		if status, body := g.resource("POST", "variable", map[string]any{"rawSql": sql, "range": span}); status != 200 || unescaped(body) != want {
			t.Errorf("variable %q: %d, %s, want %s", sql, status, body, want)
		}
	}
	if status, body := g.resource("POST", "variable", map[string]any{"rawSql": "SELECT nope FROM climate"}); status != 400 || !strings.Contains(body, `"column":8`) {
		t.Errorf("variable of a wrong statement: %d, %s", status, body)
	}
	if status, body := g.resource("POST", "variable", "no object"); status != 400 || !strings.Contains(body, "bad_query") {
		t.Errorf("variable of no object: %d, %s", status, body)
	}
}

// unescaped undoes what Go's JSON does to < and >.
func unescaped(text string) string {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(text)
}
