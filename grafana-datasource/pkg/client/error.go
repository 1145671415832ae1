package client

import (
	"fmt"
	"regexp"
)

// Error is why a statement was not answered, as the user may read it.
type Error struct {
	// Code is one of the server's (tsdb-query/docs/http-api.md) or of docs/contract.md.
	Code    string `json:"code"`
	Message string `json:"message"`
	// Line and Column count from 1, in the text that was sent; 0 without a place.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// Status is the HTTP status, 0 when there was no answer.
	Status int `json:"-"`
}

func (e *Error) Error() string {
	return e.Message
}

// Fault says whose it is.
type Fault int

const (
	// Downstream: the node, the network, or what the user wrote.
	Downstream Fault = iota
	// Own: this back end, or its settings.
	Own
)

// Fault of an error.
func (e *Error) Fault() Fault {
	if e.Code == "bad_settings" || e.Code == "bad_query" {
		return Own
	}
	return Downstream
}

var place = regexp.MustCompile(`^\d+:\d+: `)

// withoutPlace: the server's messages begin with line:column, which are members of their own.
func withoutPlace(message string) string {
	return place.ReplaceAllString(message, "")
}

// advice is what to do about an error whose own text does not say.
func advice(code string, database string, timeoutText string) string {
	switch code {
	case "unauthenticated":
		return "set a token in the data source's settings (tsdb token create --scope read --name grafana), or correct the one that is there"
	case "forbidden":
		return fmt.Sprintf("the token lacks a right: one with --scope %s may ask", readScope(database))
	case "unknown_database":
		return "choose another in the query or the data source's settings; the first write to a database creates it"
	case "limit_exceeded":
		return "ask for a shorter time, fewer groups or wider buckets, or raise the node's limit of that name"
	case "overloaded", "memory_busy":
		return "the node has too much to do; try again in a moment"
	case "timeout":
		return "ask for a shorter time or wider buckets, or raise the timeout (" + timeoutText + " here, query-timeout at the node)"
	case "internal_error":
		return "the node's log says why"
	}
	return ""
}

func readScope(database string) string {
	if database == "" {
		return "read"
	}
	return "read:" + database
}
