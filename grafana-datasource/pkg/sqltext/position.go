package sqltext

import (
	"strings"
	"unicode/utf8"
)

// Position counts from 1, columns in code points, as the server does.
type Position struct {
	Line, Column int
}

// PositionAt is where a byte offset stands.
func PositionAt(text string, offset int) Position {
	offset = min(max(offset, 0), len(text))
	lineStart := strings.LastIndexByte(text[:offset], '\n') + 1
	return Position{
		Line:   strings.Count(text[:offset], "\n") + 1,
		Column: utf8.RuneCountInString(text[lineStart:offset]) + 1,
	}
}

// OffsetAt is the byte offset of a position; one beyond its line or text is cut to their ends.
func OffsetAt(text string, position Position) int {
	at := 0
	for line := 1; line < position.Line; line++ {
		length := strings.IndexByte(text[at:], '\n')
		if length < 0 {
			return len(text)
		}
		at += length + 1
	}
	for column := 1; column < position.Column && at < len(text) && text[at] != '\n'; column++ {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}
