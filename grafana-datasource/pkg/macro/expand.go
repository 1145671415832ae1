// Package macro replaces $__name(arguments) in a SQL text. It works on code only: what stands in string literals, quoted names and
// comments is kept as it is, and so are values of template variables, which the front end writes as literals.
//
// In: the text as written, and a Scope. Out: an Expansion, which knows for each place of the new text where it comes from.
package macro

import (
	"fmt"
	"iter"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"tsdb/grafana-datasource/pkg/sqltext"
)

// Scope is what macros stand for in one run of a query.
type Scope struct {
	From, To time.Time
	// Interval is the width of a bucket, above zero.
	Interval time.Duration
	// SendInterval is how often devices send: the floor of $__rate_interval is four of them.
	SendInterval time.Duration
	AdHoc        []Filter
}

// Filter is one ad-hoc filter of a dashboard.
type Filter struct {
	Key      string   `json:"key"`
	Operator string   `json:"operator"`
	Value    string   `json:"value"`
	Values   []string `json:"values,omitempty"`
}

// Error is a macro that cannot be replaced, with its place in the text as written.
type Error struct {
	Message  string
	Position sqltext.Position
}

func (e *Error) Error() string {
	return fmt.Sprintf("%d:%d: %s", e.Position.Line, e.Position.Column, e.Message)
}

// Expansion is a text without macros.
type Expansion struct {
	SQL string
	// Bucket is the width of the buckets of $__timeBucket or $__timeGroup; 0 without, and for months, quarters and years.
	Bucket time.Duration
	// Buckets says whether there are any, of whatever width.
	Buckets bool
	// Fill is the third argument of $__timeGroup.
	Fill string
	// Filtered says whether there is a $__timeFilter.
	Filtered bool

	raw    string
	pieces []piece
}

// piece is a run of the new text: the same text as at rawFrom when verbatim, else what the macro at rawFrom stands for.
type piece struct {
	from, rawFrom int
	verbatim      bool
}

// RawPosition is where in the text as written a place of the new text comes from.
func (e *Expansion) RawPosition(position sqltext.Position) sqltext.Position {
	offset := sqltext.OffsetAt(e.SQL, position)
	raw := offset
	for _, piece := range e.pieces {
		if piece.from > offset {
			break
		}
		raw = piece.rawFrom
		if piece.verbatim {
			raw += offset - piece.from
		}
	}
	return sqltext.PositionAt(e.raw, raw)
}

// Expand replaces all macros of a text.
func Expand(text string, scope Scope) (*Expansion, *Error) {
	run := &expander{scope: scope, raw: text, spans: sqltext.Spans(text), result: &Expansion{raw: text}}
	if err := run.expand(0, len(text), 0); err != nil {
		return nil, err
	}
	run.result.SQL = run.out.String()
	return run.result, nil
}

// Names nest only as far as somebody meant them to.
const nestingMax = 20

type expander struct {
	scope  Scope
	raw    string
	spans  []sqltext.Span
	out    strings.Builder
	result *Expansion
}

func (x *expander) fail(at int, format string, values ...any) *Error {
	return &Error{Message: fmt.Sprintf(format, values...), Position: sqltext.PositionAt(x.raw, at)}
}

// expand writes raw[from:to] with its macros replaced.
func (x *expander) expand(from, to, depth int) *Error {
	if depth > nestingMax {
		return x.fail(from, "macros are nested more than %d deep", nestingMax)
	}
	for at := from; at < to; {
		start, end := x.nextMacro(at, to)
		x.keep(at, start)
		if start == to {
			return nil
		}
		next, err := x.replace(start, end, to, depth)
		if err != nil {
			return err
		}
		at = next
	}
	return nil
}

func (x *expander) keep(from, to int) {
	if from < to {
		x.result.pieces = append(x.result.pieces, piece{x.out.Len(), from, true})
		x.out.WriteString(x.raw[from:to])
	}
}

func (x *expander) write(rawFrom int, text string) {
	x.result.pieces = append(x.result.pieces, piece{x.out.Len(), rawFrom, false})
	x.out.WriteString(text)
}

// replace writes what the macro raw[start:end] stands for, and gives the place after it and its arguments.
func (x *expander) replace(start, end, to, depth int) (int, *Error) {
	name := x.raw[start:end]
	definition, known := definitions[strings.ToLower(name)]
	if !known {
		return 0, x.fail(start, "unknown macro %s%s; macros are %s", name, nearest(name), strings.Join(Names(), ", "))
	}
	arguments, next, err := x.arguments(end, to)
	if err != nil {
		return 0, err
	}
	if len(arguments) < definition.argumentsMin || len(arguments) > definition.argumentsMax {
		return 0, x.fail(start, "%s has %d arguments here; write %s", name, len(arguments), definition.Signature)
	}
	if err := definition.write(x, start, arguments, depth); err != nil {
		return 0, err
	}
	return next, nil
}

// argument is raw[from:to], without the blanks and comments around it.
type argument struct {
	from, to int
}

func (x *expander) text(a argument) string {
	return x.raw[a.from:a.to]
}

// arguments reads "(a, b)" after a macro's name. Without a parenthesis there are none, and the macro ends with its name.
func (x *expander) arguments(at, to int) ([]argument, int, *Error) {
	if at >= to || x.raw[at] != '(' {
		return nil, at, nil
	}
	var found []argument
	open, from := 0, at+1
	for _, span := range x.codeWithin(at, to) {
		for place := span.From; place < span.To; place++ {
			switch x.raw[place] {
			case '(', '[':
				open++
			case ')', ']':
				open--
				if open == 0 {
					last := x.trim(from, place)
					if len(found) > 0 || last.from < last.to {
						found = append(found, last)
					}
					return found, place + 1, nil
				}
			case ',':
				if open == 1 {
					found = append(found, x.trim(from, place))
					from = place + 1
				}
			}
		}
	}
	return nil, 0, x.fail(at, "this parenthesis is not closed")
}

// trim leaves out blanks and comments at both ends: a comment to the line's end would swallow what is written after it.
func (x *expander) trim(from, to int) argument {
	for from < to {
		switch span := x.spans[sort.Search(len(x.spans), func(i int) bool { return x.spans[i].To > from })]; {
		case isBlank(x.raw[from]):
			from++
		case span.Kind == sqltext.Comment:
			from = span.To
		default:
			return x.trimEnd(from, to)
		}
	}
	return argument{to, to}
}

func (x *expander) trimEnd(from, to int) argument {
	for from < to {
		switch span := x.spans[sort.Search(len(x.spans), func(i int) bool { return x.spans[i].To >= to })]; {
		case isBlank(x.raw[to-1]):
			to--
		case span.Kind == sqltext.Comment:
			to = span.From
		default:
			return argument{from, to}
		}
	}
	return argument{from, to}
}

func isBlank(b byte) bool {
	return b == ' ' || b == '\t' || b == '\n' || b == '\r'
}

// codeWithin yields the spans of code that overlap raw[from:to], cut to it.
func (x *expander) codeWithin(from, to int) iter.Seq2[int, sqltext.Span] {
	return func(yield func(int, sqltext.Span) bool) {
		first := sort.Search(len(x.spans), func(i int) bool { return x.spans[i].To > from })
		for i := first; i < len(x.spans) && x.spans[i].From < to; i++ {
			span := x.spans[i]
			if span.Kind != sqltext.Code {
				continue
			}
			span.From, span.To = max(span.From, from), min(span.To, to)
			if !yield(i, span) {
				return
			}
		}
	}
}

// nextMacro finds the next $__name in the code of raw[at:to]: its first byte and the one after its name; to twice without one.
func (x *expander) nextMacro(at, to int) (int, int) {
	for _, span := range x.codeWithin(at, to) {
		found := strings.Index(x.raw[span.From:span.To], "$__")
		if found < 0 {
			continue
		}
		start := span.From + found
		end := start + len("$__")
		for end < span.To && isNamePart(x.raw[end]) {
			end++
		}
		return start, end
	}
	return to, to
}

func isNamePart(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= utf8.RuneSelf
}
