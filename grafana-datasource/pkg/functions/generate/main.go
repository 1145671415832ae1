// Command generate makes functions.json of the tables of functions in the SQL page.
//
//	go run ./generate ../../../tsdb-query/docs/sql.md functions.json
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
)

type function struct {
	Name      string `json:"name"`
	Signature string `json:"signature"`
	Doc       string `json:"doc"`
	Kind      string `json:"kind"`
}

var (
	signature = regexp.MustCompile("`([a-z_][a-z0-9_]*)\\([^`]*`")
	heading   = regexp.MustCompile(`^#+ `)
	link      = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "generate PAGE FILE")
		os.Exit(2)
	}
	page, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = os.WriteFile(os.Args[2], list(string(page)), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// list reads the rows of tables below headings that speak of functions or aggregates; a row may name several functions.
func list(page string) []byte {
	kind := ""
	var found []function
	for line := range strings.Lines(page) {
		line = strings.TrimSpace(line)
		if heading.MatchString(line) {
			kind = kindOf(line)
			continue
		}
		cells := strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|")
		if kind == "" || len(cells) < 4 {
			continue
		}
		doc := strings.TrimSpace(strings.ReplaceAll(cells[len(cells)-2], "\x00", "|"))
		for _, match := range signature.FindAllStringSubmatch(cells[1], -1) {
			found = append(found, function{Name: match[1], Signature: strings.Trim(match[0], "`"), Doc: plain(doc), Kind: kind})
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(found); err != nil {
		panic(err)
	}
	return text.Bytes()
}

func kindOf(heading string) string {
	lower := strings.ToLower(heading)
	switch {
	case strings.Contains(lower, "aggregate"):
		return "aggregate"
	case strings.Contains(lower, "function"):
		return "scalar"
	}
	return ""
}

func plain(doc string) string {
	return strings.ReplaceAll(link.ReplaceAllString(doc, "$1"), "`", "")
}
