package client

import "math/bits"

// Type of a column, by the server's names.
type Type string

const (
	Timestamp Type = "timestamp"
	Int64     Type = "int64"
	Uint64    Type = "uint64"
	Float64   Type = "float64"
	Bool      Type = "bool"
	String    Type = "string"
)

// Column is one column of an answer. The slice of its type has a value for each row, that of a null row means nothing.
type Column struct {
	Name string
	Type Type

	// Longs holds int64, timestamps as nanoseconds since 1970, and uint64 by the same 64 bits.
	Longs   []int64
	Doubles []float64
	Bools   []bool
	// Codes are indexes of Texts.
	Codes []uint32
	Texts []string
	// Distinct says whether no text stands twice in Texts.
	Distinct bool

	nulls     []uint64
	nullCount int
	codeOf    map[string]uint32
}

// Texts are looked up as long as that finds some: a column of texts that are all different pays for no table of them.
const (
	textsTried     = 8192
	rowsPerTextMin = 4
)

// newColumn makes an empty column. A type that is not known here is taken as text, as it is written.
func newColumn(name string, kind Type) *Column {
	switch kind {
	case Timestamp, Int64, Uint64, Float64, Bool, String:
	default:
		kind = String
	}
	column := &Column{Name: name, Type: kind}
	column.forgetTexts()
	return column
}

func (c *Column) forgetTexts() {
	if c.Type == String {
		c.Distinct, c.codeOf, c.Texts = true, map[string]uint32{}, nil
	}
}

// Rows is the number of rows.
func (c *Column) Rows() int {
	switch c.Type {
	case Timestamp, Int64, Uint64:
		return len(c.Longs)
	case Float64:
		return len(c.Doubles)
	case Bool:
		return len(c.Bools)
	default:
		return len(c.Codes)
	}
}

// NullCount is the number of rows that are null.
func (c *Column) NullCount() int {
	return c.nullCount
}

// IsNull says whether a row is null.
func (c *Column) IsNull(row int) bool {
	word := row >> 6
	return word < len(c.nulls) && c.nulls[word]>>(row&63)&1 == 1
}

// Text of a row that is not null, of a string column.
func (c *Column) Text(row int) string {
	return c.Texts[c.Codes[row]]
}

func (c *Column) appendNull() {
	row := c.Rows()
	for len(c.nulls) <= row>>6 {
		c.nulls = append(c.nulls, 0)
	}
	c.nulls[row>>6] |= 1 << (row & 63)
	c.nullCount++
	switch c.Type {
	case Timestamp, Int64, Uint64:
		c.Longs = append(c.Longs, 0)
	case Float64:
		c.Doubles = append(c.Doubles, 0)
	case Bool:
		c.Bools = append(c.Bools, false)
	default:
		c.Codes = append(c.Codes, 0)
	}
}

// appendText takes a copy.
func (c *Column) appendText(text []byte) {
	if last := len(c.Codes) - 1; last >= 0 && !c.IsNull(last) && c.Texts[c.Codes[last]] == string(text) {
		c.Codes = append(c.Codes, c.Codes[last])
		return
	}
	if c.codeOf != nil {
		if code, known := c.codeOf[string(text)]; known {
			c.Codes = append(c.Codes, code)
			return
		}
	}
	owned := string(text)
	code := uint32(len(c.Texts))
	c.Texts = append(c.Texts, owned)
	c.Codes = append(c.Codes, code)
	if c.codeOf == nil {
		return
	}
	c.codeOf[owned] = code
	if len(c.Texts) > textsTried && len(c.Texts)*rowsPerTextMin > len(c.Codes) {
		c.codeOf, c.Distinct = nil, false
	}
}

// reset empties the column; its memory is used again, its texts are not.
func (c *Column) reset() {
	c.Longs, c.Doubles, c.Bools, c.Codes = c.Longs[:0], c.Doubles[:0], c.Bools[:0], c.Codes[:0]
	clear(c.nulls)
	c.nullCount = 0
	c.forgetTexts()
}

// FirstNullFrom is the next null row from one on, or the number of rows.
func (c *Column) FirstNullFrom(row int) int {
	rows := c.Rows()
	for word := row >> 6; word < len(c.nulls); word++ {
		set := c.nulls[word]
		if word == row>>6 {
			set &= ^uint64(0) << (row & 63)
		}
		if set != 0 {
			return min(word<<6+bits.TrailingZeros64(set), rows)
		}
	}
	return rows
}
