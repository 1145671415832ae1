// Package sqltext tells code from literals, quoted names and comments in a SQL text, by the rules of the server's lexer
// (tsdb-query/docs/sql.md). It knows no grammar: what it is given need not be a statement.
package sqltext

import "strings"

// Kind is what a span of a text is.
type Kind int

const (
	Code Kind = iota
	// Literal is a text in single quotes, with both; a doubled quote stands for one.
	Literal
	// Quoted is a name in double quotes, with both.
	Quoted
	// Comment reaches from -- to before the line's end, or from /* to */. One that is not closed reaches to the text's end, as does a literal.
	Comment
)

// Span is text[From:To], in bytes.
type Span struct {
	Kind     Kind
	From, To int
}

// Spans cuts a text into spans without gaps, in order.
func Spans(text string) []Span {
	var spans []Span
	code := 0
	for at := 0; at < len(text); {
		kind, end := opening(text, at)
		if kind == Code {
			at++
			continue
		}
		if code < at {
			spans = append(spans, Span{Code, code, at})
		}
		spans = append(spans, Span{kind, at, end})
		at, code = end, end
	}
	if code < len(text) {
		spans = append(spans, Span{Code, code, len(text)})
	}
	return spans
}

// opening says which span begins at a place, and where it ends; Code when none does.
func opening(text string, at int) (Kind, int) {
	switch text[at] {
	case '\'':
		return Literal, closing(text, at)
	case '"':
		return Quoted, closing(text, at)
	case '-':
		if strings.HasPrefix(text[at:], "--") {
			if length := strings.IndexAny(text[at:], "\r\n"); length >= 0 {
				return Comment, at + length
			}
			return Comment, len(text)
		}
	case '/':
		if strings.HasPrefix(text[at:], "/*") {
			if length := strings.Index(text[at+2:], "*/"); length >= 0 {
				return Comment, at + 2 + length + 2
			}
			return Comment, len(text)
		}
	}
	return Code, at
}

// closing is the place after the quote that closes the one at a place. Two in a row are one inside.
func closing(text string, at int) int {
	quote := text[at]
	for next := at + 1; next < len(text); next++ {
		if text[next] != quote {
			continue
		}
		if next+1 < len(text) && text[next+1] == quote {
			next++
			continue
		}
		return next + 1
	}
	return len(text)
}

// QuoteText is a value as a string literal.
func QuoteText(value string) string {
	return "'" + strings.ReplaceAll(value, "'", "''") + "'"
}

// QuoteName is a name of a measurement or column as a quoted name.
func QuoteName(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// FirstWord is the first word of code, in capitals: which statement it is. Empty when the code begins otherwise, "(" when with a parenthesis.
func FirstWord(text string) string {
	for _, span := range Spans(text) {
		if span.Kind == Comment {
			continue
		}
		code := strings.TrimLeft(text[span.From:span.To], " \t\r\n\v\f\u00a0")
		if code == "" {
			continue
		}
		if span.Kind != Code {
			return ""
		}
		if code[0] == '(' {
			return "("
		}
		end := 0
		for end < len(code) && isWord(code[end]) {
			end++
		}
		return strings.ToUpper(code[:end])
	}
	return ""
}

func isWord(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
