// Package functions lists the functions of the SQL dialect for completion. The list is made of tsdb-query/docs/sql.md by go generate, since
// the node has no statement that names them.
package functions

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:generate go run ./generate ../../../tsdb-query/docs/sql.md functions.json

// Function as users are told of it.
type Function struct {
	Name      string `json:"name"`
	Signature string `json:"signature"`
	Doc       string `json:"doc"`
	// Kind is scalar or aggregate.
	Kind string `json:"kind"`
}

//go:embed functions.json
var listed []byte

var catalog = func() []Function {
	var functions []Function
	if err := json.Unmarshal(listed, &functions); err != nil {
		panic(fmt.Sprintf("functions.json, made by go generate, is damaged: %v", err))
	}
	return functions
}()

// Catalog lists the functions in the order of the page.
func Catalog() []Function {
	return catalog
}
