package macro

import (
	"os"
	"strings"
	"testing"
)

// The page for users has a row for every macro, with the expansion that the catalog gives.
func TestThePageHasEveryMacro(t *testing.T) {
	page, err := os.ReadFile("../../docs/backend.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, definition := range Catalog() {
		found := false
		for line := range strings.Lines(string(page)) {
			if !strings.HasPrefix(line, "| `$__") || !strings.Contains(line, "`"+definition.Name) {
				continue
			}
			example := definition.Example
			if definition.Name == "$__adHocFilters" {
				example = strings.TrimSuffix(example, ")")
			}
			if definition.Name == "$__conditionalAll" {
				example = "TRUE"
			}
			found = found || strings.Contains(line, example)
		}
		if !found {
			t.Errorf("docs/backend.md has no row in which %s becomes %s", definition.Name, definition.Example)
		}
	}
}
