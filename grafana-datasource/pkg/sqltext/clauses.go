package sqltext

import (
	"strings"
	"unicode/utf8"
)

// Words that begin what stands behind a list of groups.
var behindGroups = map[string]bool{"HAVING": true, "QUALIFY": true, "WINDOW": true, "ORDER": true, "LIMIT": true, "OFFSET": true}

// Words of statements whose groups are none of one SELECT's, or that say themselves how they are filled.
var otherGroups = map[string]bool{"UNION": true, "EXCEPT": true, "INTERSECT": true, "FILL": true, "SAMPLE": true}

// BehindGroups writes a clause behind the GROUP BY of a statement: behind the only one that is not in parentheses. False when there is none,
// or more than one could be meant.
func BehindGroups(text, clause string) (string, bool) {
	var words []word
	depth, end := 0, len(text)
	spans := Spans(text)
	for _, span := range spans {
		if span.Kind != Code {
			continue
		}
		for at := span.From; at < span.To; at++ {
			switch c := text[at]; {
			case c == '(' || c == '[':
				depth++
			case c == ')' || c == ']':
				depth--
			case c == ';' && depth == 0:
				end = min(end, at)
			case isWord(c):
				from := at
				for at+1 < span.To && isWord(text[at+1]) {
					at++
				}
				if depth == 0 {
					words = append(words, word{strings.ToUpper(text[from : at+1]), from})
				}
			}
		}
	}
	group := -1
	for i, one := range words {
		switch {
		case otherGroups[one.text]:
			return "", false
		case one.text == "BY" && i > 0 && words[i-1].text == "GROUP":
			if group >= 0 {
				return "", false
			}
			group = i
		case group >= 0 && behindGroups[one.text]:
			end = min(end, one.at)
		}
	}
	if group < 0 {
		return "", false
	}
	// before blanks and comments, of which one to the line's end would swallow the clause
	for i := len(spans) - 1; i >= 0; i-- {
		span := spans[i]
		if span.From >= end {
			continue
		}
		if span.Kind == Comment {
			end = span.From
			continue
		}
		end = span.From + len(strings.TrimRight(text[span.From:min(span.To, end)], " \t\r\n\v\f"))
		if end > span.From {
			break
		}
	}
	return text[:end] + " " + clause + text[end:], true
}

// Measurement is the first one that a statement reads, a sub-query's too, or empty when it names none.
func Measurement(text string) string {
	before, after, extracts := "", false, false
	for _, span := range Spans(text) {
		switch span.Kind {
		case Comment:
			continue
		case Quoted:
			if quoted := text[span.From:span.To]; after && len(quoted) > 1 {
				return strings.ReplaceAll(quoted[1:len(quoted)-1], `""`, `"`)
			}
			before, after = "", false
			continue
		case Literal:
			before, after = "", false
			continue
		}
		for at := span.From; at < span.To; at++ {
			c := text[at]
			if !isWord(c) && c < utf8.RuneSelf {
				if !isSpace(c) {
					extracts = extracts || c == '(' && before == "EXTRACT"
					before, after = "", false
				}
				continue
			}
			from := at
			for at+1 < span.To && (isWord(text[at+1]) || text[at+1] >= utf8.RuneSelf) {
				at++
			}
			if after {
				return text[from : at+1]
			}
			// IS DISTINCT FROM compares, extract(hour FROM time) takes apart
			one := strings.ToUpper(text[from : at+1])
			after = one == "FROM" && before != "DISTINCT" && !extracts
			extracts = extracts && one != "FROM"
			before = one
		}
	}
	return ""
}

func isSpace(b byte) bool {
	return strings.IndexByte(" \t\r\n\v\f", b) >= 0
}

// word is a word of code, in capitals.
type word struct {
	text string
	at   int
}
