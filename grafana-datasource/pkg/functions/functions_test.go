package functions

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tsdb/grafana-datasource/pkg/nodetest"
)

// Nothing is proposed that the page does not name, and what everybody uses is there.
func TestEveryFunctionIsOnThePage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(nodetest.Root(), "tsdb-query", "docs", "sql.md"))
	if err != nil {
		t.Skip("SKIPPED: there is no tsdb-query/docs/sql.md beside this module")
	}
	kinds := map[string]string{}
	for _, function := range Catalog() {
		kinds[function.Name] = function.Kind
		if !strings.Contains(string(page), "`"+function.Signature) || !strings.HasPrefix(function.Signature, function.Name+"(") || function.Doc == "" {
			t.Errorf("%+v is not on the page; run go generate ./pkg/functions", function)
		}
	}
	for name, kind := range map[string]string{"time_bucket": "scalar", "now": "scalar", "coalesce": "scalar", "avg": "aggregate", "count": "aggregate", "last": "aggregate"} {
		if kinds[name] != kind {
			t.Errorf("%s is %q, not %s", name, kinds[name], kind)
		}
	}
}
