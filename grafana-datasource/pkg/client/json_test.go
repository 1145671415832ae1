package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
)

func decodeText(t *testing.T, source io.Reader, rowsMax int) (*Answer, error) {
	t.Helper()
	sink := &rowSink{answer: &Answer{}, rowsMax: rowsMax}
	err := newJSONDecoder(source).decode(sink)
	return sink.answer, err
}

// show prints an answer, a row a line.
func show(answer *Answer) string {
	var text strings.Builder
	for row := range answer.Rows {
		for _, column := range answer.Columns {
			switch {
			case column.IsNull(row):
				text.WriteString("null ")
			case column.Type == Float64:
				fmt.Fprintf(&text, "%x ", math.Float64bits(column.Doubles[row]))
			case column.Type == Bool:
				fmt.Fprintf(&text, "%v ", column.Bools[row])
			case column.Type == String:
				fmt.Fprintf(&text, "%q ", column.Text(row))
			default:
				fmt.Fprintf(&text, "%d ", column.Longs[row])
			}
		}
		text.WriteString("\n")
	}
	return text.String()
}

const columnsText = `{"columns":[{"name":"time","type":"timestamp"},{"name":"n","type":"int64"},{"name":"x","type":"float64"},{"name":"on","type":"bool"},{"name":"s","type":"string"}],"rows":[`

// Texts of rows as the server writes them, and as encoding/json reads them.
func randomAnswer(random *rand.Rand, rows int) (string, string) {
	var text, want strings.Builder
	text.WriteString(columnsText)
	strings0 := []string{"kitchen", "it's", `q"b\s/`, "tab\tline\n", "é😀", "", "\u0001", strings.Repeat("long ", 40)}
	for row := range rows {
		if row > 0 {
			text.WriteString(",")
		}
		long := random.Int64() >> random.IntN(63)
		double := []float64{math.Float64frombits(random.Uint64()), float64(random.IntN(100000)) / 100, -float64(random.IntN(1000)) / 1000, math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 1e300, 5e-324}[random.IntN(9)]
		cells := []string{strconv.FormatInt(long, 10), strconv.FormatInt(-long, 10), doubleText(double), strconv.FormatBool(long%2 == 0), stringText(random, strings0[random.IntN(len(strings0))])}
		shown := []string{cells[0], cells[1], fmt.Sprintf("%x", math.Float64bits(double)), cells[3], fmt.Sprintf("%q", unquoted(cells[4]))}
		if double != double {
			shown[2] = fmt.Sprintf("%x", math.Float64bits(math.NaN()))
		}
		for i := range cells {
			if random.IntN(6) == 0 {
				cells[i], shown[i] = "null", "null"
			}
		}
		text.WriteString("[" + strings.Join(cells, ",") + "]")
		want.WriteString(strings.Join(shown, " ") + " \n")
	}
	fmt.Fprintf(&text, `],"rowCount":%d,"elapsedMs":1.5}`, rows)
	return text.String(), want.String()
}

func doubleText(value float64) string {
	switch {
	case value != value:
		return `"NaN"`
	case math.IsInf(value, 1):
		return `"Infinity"`
	case math.IsInf(value, -1):
		return `"-Infinity"`
	}
	return strconv.FormatFloat(value, 'g', -1, 64)
}

func stringText(random *rand.Rand, value string) string {
	text, _ := json.Marshal(value)
	if random.IntN(2) == 0 {
		return string(text)
	}
	// every character as an escape, pairs of surrogates too
	var escaped strings.Builder
	for _, unit := range utf16Of(value) {
		fmt.Fprintf(&escaped, `\u%04x`, unit)
	}
	return `"` + escaped.String() + `"`
}

func unquoted(text string) string {
	var value string
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		panic(err)
	}
	return value
}

// However the answer is cut into reads, a byte at a time included, it is what encoding/json reads.
func TestDecodesWhateverTheReadsAre(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for round := range 20 {
		// the largest passes the buffer's end a few times
		text, want := randomAnswer(random, []int{0, 1, 3, 100, 3000}[round%5])
		readers := map[string]io.Reader{
			"whole": strings.NewReader(text), "halves": iotest.HalfReader(strings.NewReader(text)), "bytes": iotest.OneByteReader(strings.NewReader(text)), "end with data": iotest.DataErrReader(strings.NewReader(text)),
		}
		for name, reader := range readers {
			answer, err := decodeText(t, reader, math.MaxInt)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if got := show(answer); got != want {
				t.Fatalf("%s: got\n%s\nwant\n%s", name, got, want)
			}
			if answer.ElapsedMillis != 1.5 {
				t.Errorf("%s: elapsed %v", name, answer.ElapsedMillis)
			}
		}
	}
}

func TestAnswersThatEndInTheMiddleAreErrors(t *testing.T) {
	text, _ := randomAnswer(rand.New(rand.NewPCG(1, 2)), 20)
	for length := range len(text) {
		if _, err := decodeText(t, strings.NewReader(text[:length]), math.MaxInt); err == nil {
			t.Fatalf("%d of %d bytes are taken as an answer", length, len(text))
		}
	}
}

func TestErrorsAfterRowsAreErrors(t *testing.T) {
	text := columnsText + `[1,2,3,true,"x"]],"error":{"code":"out_of_range","message":"1:10: too large","line":1,"column":10},"elapsedMs":3}`
	_, err := decodeText(t, strings.NewReader(text), math.MaxInt)
	var failure *Error
	if !errors.As(err, &failure) || failure.Code != "out_of_range" || failure.Column != 10 {
		t.Errorf("error: %v", err)
	}
}

func TestStopsAtTheMostRows(t *testing.T) {
	text, _ := randomAnswer(rand.New(rand.NewPCG(3, 4)), 10)
	for rowsMax, full := range map[int]bool{1: true, 9: true, 10: false, 11: false} {
		answer, err := decodeText(t, strings.NewReader(text), rowsMax)
		if errors.Is(err, errRowsMax) != full || answer.Rows != min(rowsMax, 10) {
			t.Errorf("at most %d: %d rows, %v", rowsMax, answer.Rows, err)
		}
	}
}

func TestTextsAreHeldOnceWhereTheyRepeat(t *testing.T) {
	repeating, unlike := newColumn("a", String), newColumn("b", String)
	for row := range 100_000 {
		repeating.appendText([]byte("device-" + strconv.Itoa(row%500)))
		unlike.appendText([]byte("line " + strconv.Itoa(row)))
	}
	if !repeating.Distinct || len(repeating.Texts) != 500 || repeating.Text(99_999) != "device-499" {
		t.Errorf("%d texts for 500", len(repeating.Texts))
	}
	if unlike.Distinct || unlike.codeOf != nil || unlike.Text(99_999) != "line 99999" {
		t.Errorf("a table of %d texts is kept though none repeats", len(unlike.Texts))
	}
}

func FuzzDecode(f *testing.F) {
	text, _ := randomAnswer(rand.New(rand.NewPCG(5, 6)), 3)
	f.Add([]byte(text))
	f.Add([]byte(`{"columns":[],"rows":[[],[]]}`))
	f.Add([]byte(`{"error":{"code":"x"}}`))
	f.Fuzz(func(_ *testing.T, text []byte) {
		sink := &rowSink{answer: &Answer{}, rowsMax: 1000}
		// whatever it is, it ends, and by an error if not by an answer
		if err := newJSONDecoder(bytes.NewReader(text)).decode(sink); err == nil {
			for _, column := range sink.answer.Columns {
				_ = column.Rows()
			}
			_ = show(sink.answer)
		}
	})
}

// What decoding costs: rows of a bucketed panel with two labels.
func BenchmarkDecodeJSON(b *testing.B) {
	var text strings.Builder
	text.WriteString(`{"columns":[{"name":"time","type":"timestamp"},{"name":"host","type":"string"},{"name":"x","type":"float64"}],"rows":[`)
	const rows = 10_000
	for row := range rows {
		if row > 0 {
			text.WriteString(",")
		}
		fmt.Fprintf(&text, `[%d,"host_%d",%d.%02d]`, 1795773600000000000+int64(row/10)*60_000_000_000, row%10, row%97, row%89)
	}
	text.WriteString(`],"rowCount":10000,"elapsedMs":1.5}`)
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		sink := &rowSink{answer: &Answer{}, rowsMax: math.MaxInt}
		if err := newJSONDecoder(strings.NewReader(text.String())).decode(sink); err != nil || sink.answer.Rows != rows {
			b.Fatal(err, sink.answer.Rows)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

func utf16Of(text string) []uint16 {
	return utf16.Encode([]rune(text))
}
