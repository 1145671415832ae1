// Package migrate imports what other databases exported, by the commands of deploy/docs/migrate.md, and compares every value.
package migrate

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"tsdb/deploy/test/tsdb"
)

func imported(t *testing.T, arguments string) *tsdb.Node {
	t.Helper()
	home := tsdb.Home(t)
	node := tsdb.Start(t, home, nil, "--data="+filepath.Join(t.TempDir(), "data"), "--http=127.0.0.1:0", "--line-tcp=off")
	command := "tsdb import --db plant " + arguments
	if page := tsdb.Read(t, "docs/migrate.md"); !strings.Contains(page, command+"\n") {
		t.Errorf("the page has no line %q", command)
	}
	out := tsdb.Command(home, append([]string{"import", "--url", node.URL, "--db", "plant"}, strings.Fields(arguments)...)...)
	out.Dir = filepath.Join(tsdb.Deploy(), "test", "migrate", "testdata")
	t.Log(tsdb.Output(t, out))
	return node
}

func expect(t *testing.T, node *tsdb.Node, sql string, want string) {
	t.Helper()
	var rows []string
	for _, row := range tsdb.Rows(t, node.URL, "plant", sql) {
		rows = append(rows, strings.Trim(fmt.Sprintf("%q", row), "[]"))
	}
	if got := strings.Join(rows, "\n"); got != want {
		t.Errorf("%s:\n%s\nwanted:\n%s", sql, got, want)
	}
}

func TestAnExportOfInfluxDB(t *testing.T) {
	node := imported(t, "influxdb1.lp")
	expect(t, node, `SELECT time, room, site, temperature::string, humidity::string, "on"::string, note FROM climate ORDER BY time, room`,
		`"2026-01-01T00:00:00Z" "hall 1" "north" "21.5" "41" "true" "door \"A\", open"
"2026-01-01T00:00:00Z" "lab" <nil> "-3.25" <nil> <nil> <nil>
"2026-01-01T00:01:00Z" "hall 1" "north" "21.75" "40" "false" <nil>`)
	expect(t, node, "SELECT machine, power::string, parts::string FROM mill", `"m,1" "1200.125" "123456789012"`)
}

func TestAnExportOfQuestDB(t *testing.T) {
	node := imported(t, "--time ts --tags cab,zone --field passengers:int --field distance:int --field note:string trips.csv")
	expect(t, node, "SELECT time, cab, zone, fare::string, passengers::string, distance::string, paid::string, note FROM trips ORDER BY time",
		`"2026-01-01T00:00:00Z" "c1" "north" "12.5" "2" "9007199254740993" "true" "a, \"b\""
"2026-01-01T00:00:01.123456Z" "c2" "south, east" "-0.1" "1" <nil> "false" <nil>
"2026-01-01T00:01:00Z" "c1" "north" "7.25" "3" "42" "true" "plain"`)
}

func TestAnExportOfTimescaleDB(t *testing.T) {
	node := imported(t, "--time time --tags device_id,location --field cycles:int --field running:bool --field note:string conditions.csv")
	expect(t, node, "SELECT time, device_id, location, temperature::string, humidity::string, cycles::string, running::string, note FROM conditions ORDER BY time",
		`"2026-01-01T00:00:00Z" "dev-1" "hall, 1" "21.5" "41.0" "9007199254740993" "true" "said open"
"2026-01-01T00:00:00.123456Z" "dev-2" "lab" "-3.25" <nil> "7" "false" <nil>
"2026-01-01T00:01:00Z" "dev-1" "hall, 1" "0.1" "40.5" "9007199254740994" "true" "two\nlines"`)
}
