package plugin

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"tsdb/grafana-datasource/pkg/nodetest"
)

// What a rule's evaluation asks and takes: a longer range than any panel's in points, no browser, no variables; series with one number each and
// labels that tell them apart, or rows of numbers with labels.
func TestAlertRulesGetSeriesAndNumbersThatTheyTake(t *testing.T) {
	node := house(t, "alerts")
	for second := range 5 { // with clocks of their own
		node.Write(t, "alerts", fmt.Sprintf("own,device=m1 code=%di %d\nown,device=m2 code=2i %d\nown,device=m3 code=3i %d\n", second, at(10*second), at(10*second+1), at(10*second+2)))
	}
	g := newGrafana(t, node.URL, map[string]any{"database": "alerts"}, nil)
	asked := func(refID, sql string) backend.DataQuery {
		query := dataQuery(refID, map[string]any{"rawSql": sql, "format": "time_series"})
		query.Interval, query.MaxDataPoints = time.Second, 43_200
		return query
	}
	request := &backend.QueryDataRequest{
		PluginContext: backend.PluginContext{OrgID: 1, PluginID: ID, DataSourceInstanceSettings: g.instance}, Headers: map[string]string{"FromAlert": "true"},
		Queries: []backend.DataQuery{
			asked("A", "SELECT $__timeGroup(time, 1m, previous) AS t, room, avg(temperature) AS temp FROM climate WHERE $__timeFilter(time) GROUP BY 1, room"),
			asked("B", "SELECT room, max(temperature) AS hottest FROM climate WHERE $__timeFilter(time) GROUP BY room"),
			asked("C", "SELECT time, device, code FROM own WHERE $__timeFilter(time)"),
			asked("D", "SELECT time, temperature FROM climate WHERE room = $room"),
		},
	}
	response, err := g.client.QueryData(context.Background(), request)
	if err != nil {
		t.Fatal(err)
	}
	for refID, want := range map[string]data.FrameType{"A": data.FrameTypeTimeSeriesWide, "B": data.FrameTypeNumericLong, "C": data.FrameTypeTimeSeriesMulti} {
		answer := response.Responses[refID]
		if answer.Error != nil {
			t.Fatalf("%s: %v", refID, answer.Error)
		}
		seen := map[string]bool{}
		for _, frame := range answer.Frames {
			if frame.Meta.Type != want || frame.Meta.TypeVersion != (data.FrameTypeVersion{0, 1}) {
				t.Errorf("%s: type %s %v", refID, frame.Meta.Type, frame.Meta.TypeVersion)
			}
			demandEvaluable(t, refID, frame, seen)
		}
		if len(seen) != map[string]int{"A": 2, "B": 2, "C": 3}[refID] {
			t.Errorf("%s: %v", refID, seen)
		}
	}
	if answer := response.Responses["D"]; answer.Error == nil || !strings.Contains(answer.Error.Error(), "room") {
		t.Errorf("a variable without a value: %v", answer.Error)
	}
}

// demandEvaluable: by the data plane's contract, times first and ascending, and a number for each set of labels.
func demandEvaluable(t *testing.T, refID string, frame *data.Frame, seen map[string]bool) {
	t.Helper()
	if frame.Meta.Type == data.FrameTypeNumericLong {
		numbers, texts := 0, 0
		for _, field := range frame.Fields {
			switch {
			case field.Type().Numeric():
				numbers++
			case field.Type() == data.FieldTypeString || field.Type() == data.FieldTypeNullableString:
				texts++
				for row := range field.Len() {
					value, _ := field.ConcreteAt(row)
					seen[fmt.Sprint(value)] = true
				}
			default:
				t.Errorf("%s: a field %s of type %s", refID, field.Name, field.Type())
			}
		}
		if numbers != 1 || texts != 1 {
			t.Errorf("%s: %d numbers, %d texts", refID, numbers, texts)
		}
		return
	}
	for i, field := range frame.Fields {
		if i == 0 {
			if field.Type() != data.FieldTypeTime {
				t.Errorf("%s: the first field is of type %s", refID, field.Type())
			}
			for row := 1; row < field.Len(); row++ {
				if !field.At(row).(time.Time).After(field.At(row - 1).(time.Time)) {
					t.Errorf("%s: times do not ascend", refID)
				}
			}
			continue
		}
		if !field.Type().Numeric() || len(field.Labels) == 0 || seen[field.Labels.String()] {
			t.Errorf("%s: a field of type %s with labels %v", refID, field.Type(), field.Labels)
		}
		seen[field.Labels.String()] = true
	}
}

// 64 bits without a sign, as the node stores them: no float in between, in whatever form the answer comes.
func TestUint64IsWhole(t *testing.T) {
	node := nodetest.Shared(t)
	node.Write(t, "unsigned", fmt.Sprintf("m,d=a v=18446744073709551615u %d\nm,d=a v=9007199254740993u %d\nm,d=a w=1 %d\n", at(0), at(1), at(2)))
	g := newGrafana(t, node.URL, map[string]any{"database": "unsigned"}, nil)
	for format, want := range map[string]string{"table": "18446744073709551615 9007199254740993 -", "time_series": "18446744073709551615 9007199254740993 -"} {
		frame := g.one(map[string]any{"rawSql": "SELECT time, v FROM m WHERE $__timeFilter(time) ORDER BY time", "format": format})[0]
		field := frame.Fields[1]
		if got := values(field); field.Type() != data.FieldTypeNullableUint64 || got != want {
			t.Errorf("%s: %s, type %s", format, got, field.Type())
		}
	}
	frame := g.one(map[string]any{"rawSql": "SELECT max(v) AS most FROM m", "format": "table"})[0]
	if got := values(frame.Fields[0]); got != "18446744073709551615" {
		t.Errorf("max: %s", got)
	}
}
