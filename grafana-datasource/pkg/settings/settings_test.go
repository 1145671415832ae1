package settings

import (
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// Provisioning files write "$TIMEOUT", which is a text, and an empty one where the variable is not set.
func TestNumbersMayBeTextsAndEmpty(t *testing.T) {
	for text, want := range map[string]struct {
		timeout time.Duration
		rowsMax int
	}{
		`{"timeoutSeconds":"","maxRows":" "}`:      {timeoutDefault, rowsMaxDefault},
		`{"timeoutSeconds":null,"maxRows":null}`:   {timeoutDefault, rowsMaxDefault},
		`{"timeoutSeconds":"30","maxRows":"5000"}`: {30 * time.Second, 5000},
		`{"timeoutSeconds":0.5,"maxRows":5000}`:    {500 * time.Millisecond, 5000},
	} {
		parsed, err := Parse(backend.DataSourceInstanceSettings{URL: "http://localhost:8086", JSONData: []byte(text)})
		if err != nil || parsed.Timeout != want.timeout || parsed.RowsMax != want.rowsMax {
			t.Errorf("%s: %v, %v", text, parsed, err)
		}
	}
	for _, text := range []string{`{"timeoutSeconds":"soon"}`, `{"timeoutSeconds":"0"}`, `{"timeoutSeconds":true}`, `{"maxRows":"1.5"}`, `{"maxRows":[]}`} {
		if parsed, err := Parse(backend.DataSourceInstanceSettings{URL: "http://localhost:8086", JSONData: []byte(text)}); err == nil {
			t.Errorf("%s is taken: %v", text, parsed)
		}
	}
}
