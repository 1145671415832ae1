package frames

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"tsdb/grafana-datasource/pkg/client"
)

// answer reads rows as the server writes them.
func answer(t testing.TB, columns string, rows ...string) *client.Answer {
	t.Helper()
	var named []string
	for _, column := range strings.Fields(columns) {
		name, kind, _ := strings.Cut(column, ":")
		named = append(named, fmt.Sprintf(`{"name":%q,"type":%q}`, name, kind))
	}
	made, err := client.Decode(strings.NewReader(`{"columns":[` + strings.Join(named, ",") + `],"rows":[` + strings.Join(rows, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func show(frames data.Frames) string {
	var text strings.Builder
	for _, frame := range frames {
		fmt.Fprintf(&text, "%s\n", frame.Meta.Type)
		for _, field := range frame.Fields {
			text.WriteString("  " + field.Name)
			if len(field.Labels) > 0 {
				text.WriteString("{" + field.Labels.String() + "}")
			}
			for row := range field.Len() {
				value, is := field.ConcreteAt(row)
				at, isTime := value.(time.Time)
				switch {
				case !is:
					text.WriteString(" -")
				case isTime:
					fmt.Fprintf(&text, " %d", at.UnixNano())
				default:
					fmt.Fprintf(&text, " %v", value)
				}
			}
			text.WriteString("\n")
		}
	}
	return text.String()
}

func wants(t *testing.T, got data.Frames, want string) {
	t.Helper()
	if shown := show(got); strings.TrimSpace(shown) != strings.TrimSpace(want) {
		t.Errorf("got\n%s\nwant\n%s", shown, want)
	}
}

func TestRowsOfAnyOrderBecomeSeriesByTime(t *testing.T) {
	wants(t, TimeSeries(answer(t, "time:timestamp room:string x:float64", `[30,"b",3]`, `[10,"a",1]`, `[20,"b",2]`, `[20,"a",1.5]`, `[10,"b",0]`, `[30,"a",null]`), Options{}), `
timeseries-wide
  time 10 20 30
  x{room=b} 0 2 3
  x{room=a} 1 1.5 -`)
}

func TestATagThatIsNullIsALabelThatIsNotThere(t *testing.T) {
	wants(t, TimeSeries(answer(t, "time:timestamp a:string b:string x:int64", `[1,"p",null,1]`, `[1,null,"p",2]`, `[1,null,null,3]`, `[1,"p","",4]`), Options{}), `
timeseries-wide
  time 1
  x{a=p} 1
  x{b=p} 2
  x 3
  x{a=p, b=} 4`)
}

// Devices with clocks of their own share no times: a wide frame would be all gaps.
func TestSeriesThatShareNoTimesGetFramesOfTheirOwn(t *testing.T) {
	wants(t, TimeSeries(answer(t, "time:timestamp d:string x:int64", `[1,"a",1]`, `[2,"b",2]`, `[3,"c",3]`, `[4,"a",4]`, `[5,"b",5]`), Options{}), `
timeseries-multi
  time 1 4
  x{d=a} 1 4
timeseries-multi
  time 2 5
  x{d=b} 2 5
timeseries-multi
  time 3
  x{d=c} 3`)
}

func TestATimeTwiceInASeriesIsKept(t *testing.T) {
	wants(t, TimeSeries(answer(t, "time:timestamp d:string x:int64", `[1,"a",1]`, `[1,"a",2]`, `[1,"b",3]`), Options{}), `
timeseries-multi
  time 1 1
  x{d=a} 1 2
timeseries-multi
  time 1
  x{d=b} 3`)
	wants(t, TimeSeries(answer(t, "time:timestamp x:int64", `[1,1]`, `[1,2]`), Options{}), "timeseries-wide\n  time 1 1\n  x 1 2")
}

func TestTypesOfValues(t *testing.T) {
	got := TimeSeries(answer(t, "t:timestamp i:int64 u:uint64 f:float64 b:bool later:timestamp", `[1,-9223372036854775808,18446744073709551615,0.1,true,2]`, `[2,9223372036854775807,0,"NaN",false,3]`), Options{})
	wants(t, got, `
timeseries-wide
  time 1 2
  i -9223372036854775808 9223372036854775807
  u 18446744073709551615 0
  f 0.1 NaN
  b true false`)
	if text := got[0].Meta.Notices[0].Text; text != "only the first column of times is used; left out: later" {
		t.Errorf("notice: %s", text)
	}
}

func TestAnswersWithoutRowsOrTimes(t *testing.T) {
	wants(t, TimeSeries(answer(t, "time:timestamp d:string x:int64"), Options{}), "timeseries-wide\n  time")
	wants(t, TimeSeries(answer(t, "time:timestamp d:string x:int64", `[null,"a",1]`), Options{}), "timeseries-wide\n  time")
	wants(t, TimeSeries(answer(t, "d:string x:int64", `["a",1]`), Options{}), "numeric-long\n  d a\n  x 1")
	wants(t, TimeSeries(answer(t, "d:string", `["a"]`), Options{}), "table\n  d a")
	got := TimeSeries(answer(t, "time:timestamp", `[1]`), Options{})
	if len(got[0].Meta.Notices) != 1 || !strings.Contains(got[0].Meta.Notices[0].Text, "there is no column to draw") {
		t.Errorf("notices: %v", got[0].Meta.Notices)
	}
	wants(t, TimeSeries(answer(t, "time:timestamp state:string", `[1,"on"]`), Options{}), "\n  time 1\n  state on")
}

// A spike of one point among a hundred thousand, a dip, a gap and both ends are still there; nothing else moves.
func TestReducingKeepsExtremesGapsAndEnds(t *testing.T) {
	const points = 100_000
	rows := make([]string, points)
	for i := range rows {
		value := fmt.Sprintf("%g", math.Sin(float64(i)/5000))
		switch {
		case i == 12_345:
			value = "1000"
		case i == 54_321:
			value = "-1000"
		case i >= 70_000 && i < 72_000:
			value = "null"
		}
		rows[i] = fmt.Sprintf("[%d,%s]", i, value)
	}
	for _, pointsMax := range []int{4, 5, 100, 1000, 99_999} {
		got := TimeSeries(answer(t, "time:timestamp x:float64", rows...), Options{PointsMax: pointsMax})
		frame := got[0]
		times, values := frame.Fields[0], frame.Fields[1]
		if times.Len() > pointsMax || times.Len() < pointsMax/3 {
			t.Errorf("at most %d points are %d", pointsMax, times.Len())
		}
		if first, last := times.At(0).(time.Time).UnixNano(), times.At(times.Len()-1).(time.Time).UnixNano(); first != 0 || last != points-1 {
			t.Errorf("at most %d: from %d to %d", pointsMax, first, last)
		}
		lowest, highest, gap, before := 0.0, 0.0, false, int64(-1)
		for row := range times.Len() {
			at := times.At(row).(time.Time).UnixNano()
			if at <= before {
				t.Fatalf("at most %d: %d after %d", pointsMax, at, before)
			}
			before = at
			value, is := values.ConcreteAt(row)
			gap = gap || !is
			if is {
				lowest, highest = min(lowest, value.(float64)), max(highest, value.(float64))
			}
		}
		if lowest != -1000 || highest != 1000 {
			t.Errorf("at most %d: from %g to %g", pointsMax, lowest, highest)
		}
		if pointsMax >= 1000 && !gap {
			t.Errorf("at most %d: the gap is gone", pointsMax)
		}
		if !strings.Contains(frame.Meta.Notices[0].Text, fmt.Sprintf("100000 points of a series are drawn as %d", pointsMax)) {
			t.Errorf("notice: %s", frame.Meta.Notices[0].Text)
		}
	}
	if got := TimeSeries(answer(t, "time:timestamp x:float64", rows[:100]...), Options{PointsMax: 100}); got[0].Rows() != 100 || len(got[0].Meta.Notices) != 0 {
		t.Errorf("as many points as may be are %d", got[0].Rows())
	}
}

func TestFillingKnowsWhereBucketsLie(t *testing.T) {
	fill := func(from, to int64, rows ...string) data.Frames {
		return TimeSeries(answer(t, "time:timestamp x:int64", rows...), Options{Bucket: 10, Fill: "null", From: time.Unix(0, from), To: time.Unix(0, to)})
	}
	// buckets lie at 7, 17, 27 …, as the rows do; the one in which the range begins belongs to it
	wants(t, fill(12, 50, `[27,1]`, `[17,2]`), "timeseries-wide\n  time 7 17 27 37 47\n  x - 2 1 - -")
	wants(t, fill(17, 37, `[27,1]`), "timeseries-wide\n  time 17 27 37\n  x - 1 -")
	wants(t, fill(-25, 5, `[-3,1]`), "timeseries-wide\n  time -33 -23 -13 -3\n  x - - - 1")
	// rows outside of the range stay
	wants(t, fill(20, 25, `[7,1]`, `[37,2]`), "timeseries-wide\n  time 7 17 27 37\n  x 1 - - 2")
	got := fill(0, 50, `[7,1]`, `[18,2]`)
	wants(t, got, "timeseries-wide\n  time 7 18\n  x 1 2")
	if !strings.Contains(got[0].Meta.Notices[0].Text, "the times are no buckets of 10ns") {
		t.Errorf("notice: %s", got[0].Meta.Notices[0].Text)
	}
	got = fill(0, 10*filledMax+100, `[7,1]`)
	if got[0].Rows() != 1 || !strings.Contains(got[0].Meta.Notices[0].Text, "buckets of 10ns, at most 100000 are") {
		t.Errorf("%d rows, %v", got[0].Rows(), got[0].Meta.Notices)
	}
	wants(t, fill(0, 50), "timeseries-wide\n  time")
}

func TestFillingTakesWhatLiesBeforeOrBehind(t *testing.T) {
	for fill, want := range map[string]string{"previous": "- - 2 2 4 4", "next": "2 2 2 4 4 -"} {
		rows := []string{`[17,null]`, `[27,2]`, `[47,4]`}
		got := TimeSeries(answer(t, "time:timestamp x:int64", rows...), Options{Bucket: 10, Fill: fill, From: time.Unix(0, 7), To: time.Unix(0, 60)})
		wants(t, got, "timeseries-wide\n  time 7 17 27 37 47 57\n  x "+want)
	}
}

func TestLegends(t *testing.T) {
	labels := data.Labels{"room": "kitchen", "field": "a label of that name"}
	for template, want := range map[string]string{
		"{{room}}": "kitchen", "{{ room }} {{__field}}": "kitchen x", "{{field}}": "a label of that name", "{{measurement}}.{{none}}.": "climate..", "{{": "{{", "plain": "plain", "{{room}}{{room}}": "kitchenkitchen",
	} {
		if got := legend(Options{Legend: template, Measurement: "climate"}, "x", labels); got != want {
			t.Errorf("%s: %q, want %q", template, got, want)
		}
	}
}

// Grafana takes {key="value"} apart by quotes, and key=value by commas.
func TestLabelsOfStreamsCanBeTakenApart(t *testing.T) {
	for _, test := range []struct {
		labels data.Labels
		want   string
	}{
		{data.Labels{"room": "a, b=c", "floor": "1"}, `{floor="1", room="a, b=c"}`}, {data.Labels{"room": "\"x\"\ny"}, `{room="'x' y"}`}, {data.Labels{"a-b": "1,2", "c": "=3"}, "a-b=1;2, c=:3"}, {data.Labels{}, ""},
	} {
		if got := labelText(test.labels); got != test.want {
			t.Errorf("%v: %s, want %s", test.labels, got, test.want)
		}
	}
}

func TestLogsWithoutATextAreATable(t *testing.T) {
	got := Logs(answer(t, "time:timestamp x:int64", `[1,2]`))
	if got.Meta.Type != data.FrameTypeTable || !strings.Contains(got.Meta.Notices[0].Text, "logs need a column of times and one of texts") {
		t.Errorf("type %s, notices %v", got.Meta.Type, got.Meta.Notices)
	}
}

// Long to wide: 100 series of 1,000 buckets each.
func BenchmarkTimeSeries(b *testing.B) {
	var rows []string
	for bucket := range 1000 {
		for host := range 100 {
			rows = append(rows, fmt.Sprintf(`[%d,"host_%d",%d.5]`, bucket*60, host, bucket%97))
		}
	}
	for b.Loop() {
		b.StopTimer()
		given := answer(b, "time:timestamp host:string x:float64", rows...)
		b.StartTimer()
		if got := TimeSeries(given, Options{PointsMax: 1000}); len(got) != 1 || len(got[0].Fields) != 101 {
			b.Fatalf("%d frames", len(got))
		}
	}
	b.ReportMetric(float64(len(rows))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
