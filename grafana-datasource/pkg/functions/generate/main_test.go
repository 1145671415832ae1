package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"tsdb/grafana-datasource/pkg/nodetest"
)

// A function of the page that the list lacks is not completed: go generate ./pkg/functions makes the list anew.
func TestTheListIsMadeOfThePage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(nodetest.Root(), "tsdb-query", "docs", "sql.md"))
	if err != nil {
		t.Skip("SKIPPED: there is no tsdb-query/docs/sql.md beside this module")
	}
	listed, err := os.ReadFile("../functions.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(list(string(page)), listed) {
		t.Error("tsdb-query/docs/sql.md names other functions than pkg/functions/functions.json: run go generate ./pkg/functions")
	}
}
