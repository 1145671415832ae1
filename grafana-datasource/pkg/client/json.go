package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// jsonDecoder reads an answer of format=json, epoch=ns as it comes. It holds one buffer of the text and no more.
type jsonDecoder struct {
	source io.Reader
	buffer []byte
	// buffer[at:end] is read and not yet looked at
	at, end int
	// taken counts what was looked at before buffer
	taken int64
	ended error
	text  []byte
}

const (
	bufferSizeBytes = 64 << 10
	memberSizeMax   = 1 << 20
)

var errEnded = errors.New("the answer ends in the middle")

func newJSONDecoder(source io.Reader) *jsonDecoder {
	return &jsonDecoder{source: source, buffer: make([]byte, bufferSizeBytes)}
}

func (d *jsonDecoder) decode(sink *rowSink) error {
	if err := d.expect('{'); err != nil {
		return err
	}
	for {
		next, err := d.peek()
		if err != nil {
			return err
		}
		switch next {
		case '}':
			return sink.finish()
		case ',':
			d.at++
			continue
		}
		if err := d.member(sink); err != nil {
			return err
		}
	}
}

func (d *jsonDecoder) member(sink *rowSink) error {
	name, err := d.string()
	if err != nil {
		return err
	}
	member := string(name)
	if err := d.expect(':'); err != nil {
		return err
	}
	if member == "rows" {
		return d.rows(sink)
	}
	value, err := d.raw()
	if err != nil {
		return err
	}
	switch member {
	case "columns":
		if sink.answer.Columns != nil {
			return errors.New("its columns are named twice")
		}
		var columns []struct {
			Name string `json:"name"`
			Type Type   `json:"type"`
		}
		if err := json.Unmarshal(value, &columns); err != nil {
			return fmt.Errorf("its columns cannot be read: %w", err)
		}
		for _, column := range columns {
			sink.add(column.Name, column.Type)
		}
	case "elapsedMs":
		sink.answer.ElapsedMillis, _ = strconv.ParseFloat(string(value), 64)
	case "error":
		failure := &Error{}
		if err := json.Unmarshal(value, failure); err != nil {
			return fmt.Errorf("its error cannot be read: %w", err)
		}
		return failure
	}
	return nil
}

func (d *jsonDecoder) rows(sink *rowSink) error {
	if err := d.expect('['); err != nil {
		return err
	}
	for {
		next, err := d.peek()
		if err != nil {
			return err
		}
		switch next {
		case ',':
			d.at++
		case ']':
			d.at++
			return nil
		default:
			if sink.isFull() {
				return errRowsMax
			}
			if err := d.row(sink); err != nil {
				return err
			}
		}
	}
}

func (d *jsonDecoder) row(sink *rowSink) error {
	if err := d.expect('['); err != nil {
		return err
	}
	for i, column := range sink.answer.Columns {
		if i > 0 {
			if err := d.expect(','); err != nil {
				return err
			}
		}
		if err := d.cell(column); err != nil {
			return err
		}
	}
	if err := d.expect(']'); err != nil {
		return err
	}
	return sink.rowEnds()
}

func (d *jsonDecoder) cell(column *Column) error {
	next, err := d.peek()
	if err != nil {
		return err
	}
	if next == 'n' {
		column.appendNull()
		return d.word("null")
	}
	switch column.Type {
	case Timestamp, Int64:
		value, err := d.long()
		column.Longs = append(column.Longs, value)
		return err
	case Uint64:
		value, err := d.unsigned()
		column.Longs = append(column.Longs, int64(value))
		return err
	case Float64:
		value, err := d.double(next)
		column.Doubles = append(column.Doubles, value)
		return err
	case Bool:
		column.Bools = append(column.Bools, next == 't')
		if next == 't' {
			return d.word("true")
		}
		return d.word("false")
	default:
		if next != '"' {
			// a type that this back end does not know, written as a number or the like
			value, err := d.raw()
			if err == nil {
				column.appendText(value)
			}
			return err
		}
		text, err := d.string()
		if err == nil {
			column.appendText(text)
		}
		return err
	}
}

// fill reads more. What is not yet looked at moves to the buffer's beginning.
func (d *jsonDecoder) fill() error {
	if d.ended != nil {
		return d.ended
	}
	d.taken += int64(d.at)
	d.end = copy(d.buffer, d.buffer[d.at:d.end])
	d.at = 0
	for range 100 {
		count, err := d.source.Read(d.buffer[d.end:])
		d.end += count
		if err != nil {
			if err == io.EOF {
				err = errEnded
			}
			d.ended = err
		}
		if count > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// peek gives the next byte that is not blank, without taking it.
func (d *jsonDecoder) peek() (byte, error) {
	for {
		for d.at < d.end {
			if b := d.buffer[d.at]; b > ' ' {
				return b, nil
			}
			d.at++
		}
		if err := d.fill(); err != nil {
			return 0, err
		}
	}
}

func (d *jsonDecoder) expect(wanted byte) error {
	found, err := d.peek()
	if err != nil {
		return err
	}
	if found != wanted {
		return fmt.Errorf("%q at byte %d of the answer, expected %q", found, d.taken+int64(d.at), wanted)
	}
	d.at++
	return nil
}

func (d *jsonDecoder) word(wanted string) error {
	for i := range len(wanted) {
		if err := d.expect(wanted[i]); err != nil {
			return err
		}
	}
	return nil
}

// number gives the bytes of a number, valid until the next read.
func (d *jsonDecoder) number() ([]byte, error) {
	if _, err := d.peek(); err != nil {
		return nil, err
	}
	length := 0
	for {
		for d.at+length < d.end {
			if b := d.buffer[d.at+length]; b >= '0' && b <= '9' || b == '-' || b == '+' || b == '.' || b == 'e' || b == 'E' {
				length++
				continue
			}
			if length == 0 {
				return nil, fmt.Errorf("%q at byte %d of the answer, expected a number", d.buffer[d.at], d.taken+int64(d.at))
			}
			found := d.buffer[d.at : d.at+length]
			d.at += length
			return found, nil
		}
		if d.at == 0 && d.end == len(d.buffer) {
			return nil, errors.New("a number longer than 64 KiB in the answer")
		}
		if err := d.fill(); err != nil {
			return nil, err
		}
	}
}

func (d *jsonDecoder) long() (int64, error) {
	digits, err := d.number()
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(borrowed(digits), 10, 64)
}

func (d *jsonDecoder) unsigned() (uint64, error) {
	digits, err := d.number()
	if err != nil {
		return 0, err
	}
	return strconv.ParseUint(borrowed(digits), 10, 64)
}

func (d *jsonDecoder) double(next byte) (float64, error) {
	if next == '"' {
		word, err := d.string()
		if err != nil {
			return 0, err
		}
		switch string(word) {
		case "NaN":
			return math.NaN(), nil
		case "Infinity":
			return math.Inf(1), nil
		case "-Infinity":
			return math.Inf(-1), nil
		}
		return 0, fmt.Errorf("%q is no float64", word)
	}
	digits, err := d.number()
	if err != nil {
		return 0, err
	}
	return parseDouble(digits)
}

// Powers of ten that a float64 holds exactly: a mantissa below 2^53 divided by one is rounded once, so rightly.
var tens = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// parseDouble reads the plain decimals that sensors send by hand, all else by the library.
func parseDouble(digits []byte) (float64, error) {
	var mantissa uint64
	decimals, seenPoint, negative := 0, false, false
	for i, b := range digits {
		switch {
		case b >= '0' && b <= '9':
			mantissa = mantissa*10 + uint64(b-'0')
			if seenPoint {
				decimals++
			}
		case b == '.' && !seenPoint:
			seenPoint = true
		case b == '-' && i == 0:
			negative = true
		default:
			return strconv.ParseFloat(borrowed(digits), 64)
		}
	}
	if len(digits) > 16 || decimals >= len(tens) {
		return strconv.ParseFloat(borrowed(digits), 64)
	}
	value := float64(mantissa) / tens[decimals]
	if negative {
		value = -value
	}
	return value, nil
}

// borrowed is a string over bytes that is not kept.
func borrowed(bytes []byte) string {
	return unsafe.String(unsafe.SliceData(bytes), len(bytes))
}

// string gives the content of a string, valid until the next read.
func (d *jsonDecoder) string() ([]byte, error) {
	if err := d.expect('"'); err != nil {
		return nil, err
	}
	for i := d.at; i < d.end; i++ {
		switch d.buffer[i] {
		case '"':
			found := d.buffer[d.at:i]
			d.at = i + 1
			return found, nil
		case '\\':
			return d.stringSlow()
		}
	}
	return d.stringSlow()
}

// stringSlow takes strings with escapes, and those that reach over the buffer's end, into text.
func (d *jsonDecoder) stringSlow() ([]byte, error) {
	d.text = d.text[:0]
	for {
		b, err := d.byte()
		if err != nil {
			return nil, err
		}
		switch b {
		case '"':
			return d.text, nil
		case '\\':
			if err := d.escape(); err != nil {
				return nil, err
			}
		default:
			d.text = append(d.text, b)
		}
	}
}

func (d *jsonDecoder) byte() (byte, error) {
	if d.at == d.end {
		if err := d.fill(); err != nil {
			return 0, err
		}
	}
	d.at++
	return d.buffer[d.at-1], nil
}

func (d *jsonDecoder) escape() error {
	b, err := d.byte()
	if err != nil {
		return err
	}
	switch b {
	case 'n':
		b = '\n'
	case 't':
		b = '\t'
	case 'r':
		b = '\r'
	case 'b':
		b = '\b'
	case 'f':
		b = '\f'
	case 'u':
		return d.unicode()
	}
	d.text = append(d.text, b)
	return nil
}

func (d *jsonDecoder) unicode() error {
	unit, err := d.hex()
	if err != nil {
		return err
	}
	for utf16.IsSurrogate(unit) {
		for _, wanted := range []byte(`\u`) {
			b, err := d.byte()
			if err != nil {
				return err
			}
			if b != wanted {
				return errors.New("half a surrogate pair in a string of the answer")
			}
		}
		low, err := d.hex()
		if err != nil {
			return err
		}
		unit = utf16.DecodeRune(unit, low)
	}
	d.text = utf8.AppendRune(d.text, unit)
	return nil
}

func (d *jsonDecoder) hex() (rune, error) {
	var digits [4]byte
	for i := range digits {
		b, err := d.byte()
		if err != nil {
			return 0, err
		}
		digits[i] = b
	}
	value, err := strconv.ParseUint(string(digits[:]), 16, 16)
	return rune(value), err
}

// raw gives the bytes of any value that is not large.
func (d *jsonDecoder) raw() ([]byte, error) {
	if _, err := d.peek(); err != nil {
		return nil, err
	}
	var value []byte
	depth, quoted, escaped := 0, false, false
	for len(value) < memberSizeMax {
		if d.at == d.end {
			if err := d.fill(); err != nil {
				return nil, err
			}
		}
		b := d.buffer[d.at]
		if !quoted && depth == 0 && len(value) > 0 && (b == ',' || b == '}' || b == ']') {
			return value, nil
		}
		d.at++
		value = append(value, b)
		switch {
		case escaped:
			escaped = false
		case quoted:
			escaped = b == '\\'
			quoted = b != '"'
		case b == '"':
			quoted = true
		case b == '{' || b == '[':
			depth++
		case b == '}' || b == ']':
			depth--
		}
	}
	return nil, errors.New("a member of the answer is larger than 1 MiB")
}
