package bundled

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"go.yaml.in/yaml/v3"

	"tsdb/grafana-datasource/pkg/nodetest"
	"tsdb/grafana-datasource/pkg/plugin"
)

func TestMain(m *testing.M) {
	nodetest.Main(m)
}

// loaded is when the data ended.
var loaded time.Time

var loadOnce sync.Once

// fleet is a node with half an hour of both workloads and four readings of its own metrics.
func fleet(t *testing.T) *nodetest.Node {
	node := nodetest.Shared(t)
	loadOnce.Do(func() {
		start := time.Now().Add(-30 * time.Minute).UTC().Truncate(time.Second)
		for _, workload := range []string{"iot", "sensors"} {
			nodetest.Load(t, node, "--workload", workload, "--db", workload, "--scale", "50", "--span", "30m", "--start", start.Format(time.RFC3339))
		}
		loaded = time.Now()
		for i := range 4 {
			node.Write(t, "telegraf", metricLines(node.Get(t, "/metrics"), node.URL+"/metrics", loaded.Add(time.Duration(i-4)*10*time.Second)))
		}
	})
	return node
}

var sample = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$`)

var label = regexp.MustCompile(`([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"`)

// metricLines writes what Telegraf's prometheus input with metric_version = 2 makes of a page of metrics.
func metricLines(page, url string, at time.Time) string {
	var lines strings.Builder
	escape := strings.NewReplacer(`\`, `\\`, ",", `\,`, "=", `\=`, " ", `\ `)
	for line := range strings.Lines(page) {
		found := sample.FindStringSubmatch(strings.TrimSpace(line))
		if found == nil || found[3] == "NaN" || strings.HasSuffix(found[3], "Inf") {
			continue
		}
		lines.WriteString("prometheus,url=" + escape.Replace(url))
		for _, tag := range label.FindAllStringSubmatch(found[2], -1) {
			lines.WriteString("," + tag[1] + "=" + escape.Replace(tag[2]))
		}
		fmt.Fprintf(&lines, " %s=%s %d\n", found[1], found[3], at.UnixNano())
	}
	return lines.String()
}

// source is a data source over the node.
func source(t *testing.T, node *nodetest.Node) *plugin.Datasource {
	instance, err := plugin.New(context.Background(), backend.DataSourceInstanceSettings{UID: "tsdb", URL: node.URL, JSONData: []byte(`{"timeInterval":"10s"}`)})
	if err != nil {
		t.Fatal(err)
	}
	return instance.(*plugin.Datasource)
}

type model = map[string]any

func run(t *testing.T, source *plugin.Datasource, query model, span time.Duration) backend.DataResponse {
	t.Helper()
	text, err := json.Marshal(query)
	if err != nil {
		t.Fatal(err)
	}
	response, err := source.QueryData(context.Background(), &backend.QueryDataRequest{Queries: []backend.DataQuery{{
		RefID: "A", JSON: text, TimeRange: backend.TimeRange{From: loaded.Add(-span), To: loaded}, Interval: 30 * time.Second, MaxDataPoints: 500,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return response.Responses["A"]
}

// demandRows: rows, and among their cells one that is neither null nor a time.
func demandRows(t *testing.T, name string, query model, answer backend.DataResponse) {
	t.Helper()
	if answer.Error != nil {
		t.Errorf("%s: %v\n%v", name, answer.Error, query["rawSql"])
		return
	}
	for _, frame := range answer.Frames {
		for _, field := range frame.Fields {
			for row := range field.Len() {
				if _, is := field.ConcreteAt(row); is && field.Type().NonNullableType() != data.FieldTypeTime {
					return
				}
			}
		}
	}
	t.Errorf("%s: no row with a value\n%v", name, query["rawSql"])
}

type dashboard struct {
	UID         string `json:"uid"`
	Title       string `json:"title"`
	Annotations struct {
		List []struct {
			Name   string `json:"name"`
			Target model  `json:"target"`
		} `json:"list"`
	} `json:"annotations"`
	Templating struct {
		List []struct {
			Name    string          `json:"name"`
			Type    string          `json:"type"`
			Query   json.RawMessage `json:"query"`
			Multi   bool            `json:"multi"`
			Current struct {
				Value any `json:"value"`
			} `json:"current"`
		} `json:"list"`
	} `json:"templating"`
	Panels []struct {
		ID         int            `json:"id"`
		Type       string         `json:"type"`
		Title      string         `json:"title"`
		DataSource map[string]any `json:"datasource"`
		Targets    []model        `json:"targets"`
	} `json:"panels"`
}

func dashboards(t *testing.T) map[string]dashboard {
	files, err := filepath.Glob(filepath.Join(nodetest.Root(), "grafana-datasource", "src", "dashboards", "*.json"))
	if err != nil || len(files) != 3 {
		t.Fatalf("%d dashboards, %v", len(files), err)
	}
	all := map[string]dashboard{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var read dashboard
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[filepath.Base(file)] = read
	}
	return all
}

// choices of a dashboard's variables: by hand what the front end does, with the first value of each.
type choices map[string]string

func (c choices) replace(text string, all map[string]bool) string {
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(c))) {
		quoted := "'" + strings.ReplaceAll(c[name], "'", "''") + "'"
		flag := quoted
		if all[name] {
			flag = "$__all"
		}
		text = strings.ReplaceAll(text, ", $"+name+")", ", "+flag+")")
		text = strings.ReplaceAll(text, "($"+name+")", "("+quoted+")")
		text = strings.ReplaceAll(text, "'$"+name+"'", quoted)
		text = strings.ReplaceAll(text, "$"+name, c[name])
	}
	return text
}

func (c choices) query(query model, all map[string]bool) model {
	replaced := maps.Clone(query)
	for _, key := range []string{"rawSql", "database"} {
		if text, is := query[key].(string); is {
			replaced[key] = c.replace(text, all)
		}
	}
	return replaced
}

const hour = time.Hour

// choose runs the variables' own queries, in order, since later ones use earlier ones: with All chosen where that can be, or with one value.
func choose(t *testing.T, source *plugin.Datasource, board dashboard, withAll bool) (choices, map[string]bool) {
	chosen, several := choices{}, map[string]bool{}
	for _, variable := range board.Templating.List {
		if variable.Type != "query" {
			continue
		}
		if database, is := variable.Current.Value.(string); is && variable.Name == "database" {
			chosen["database"] = database
			continue
		}
		var query struct {
			Kind, Database, Measurement, Tag, RawSQL string
		}
		if err := json.Unmarshal(variable.Query, &query); err != nil {
			t.Fatalf("%s: %v", variable.Name, err)
		}
		sql := query.RawSQL
		if query.Kind == "tagValues" {
			sql = fmt.Sprintf(`SHOW TAG VALUES FROM "%s" WITH KEY = "%s"`, query.Measurement, query.Tag)
		}
		answer := run(t, source, model{"rawSql": chosen.replace(sql, several), "format": "table", "database": chosen.replace(query.Database, nil)}, hour)
		demandRows(t, board.Title+", variable "+variable.Name, model{"rawSql": sql}, answer)
		if answer.Error == nil && answer.Frames[0].Rows() > 0 {
			value, _ := answer.Frames[0].Fields[0].ConcreteAt(0)
			chosen[variable.Name] = value.(string)
		}
		several[variable.Name] = variable.Multi && withAll
	}
	return chosen, several
}

func TestEveryStatementOfEveryDashboardGivesRows(t *testing.T) {
	node := fleet(t)
	source := source(t, node)
	for file, board := range dashboards(t) {
		chosen, several := choose(t, source, board, true)
		single, none := choose(t, source, board, false)
		for _, panel := range board.Panels {
			if panel.DataSource["uid"] != "${datasource}" || panel.DataSource["type"] != plugin.ID {
				t.Errorf("%s, %s: its data source is %v", file, panel.Title, panel.DataSource)
			}
			if len(panel.Targets) == 0 {
				t.Errorf("%s, %s: it asks nothing", file, panel.Title)
			}
			for _, target := range panel.Targets {
				name := fmt.Sprintf("%s, %s, %v", file, panel.Title, target["refId"])
				all := chosen.query(target, several)
				demandRows(t, name+" with All", all, run(t, source, all, hour))
				one := single.query(target, none)
				demandRows(t, name+" with one value", one, run(t, source, one, hour))
				filtered := maps.Clone(all)
				filtered["adHocFilters"] = []model{{"key": "name", "operator": "!=", "value": "it's none"}}
				if file == "fleet.json" && strings.Contains(all["rawSql"].(string), "$__adHocFilters") {
					demandRows(t, name+" with a filter", filtered, run(t, source, filtered, hour))
				}
			}
		}
		for _, annotation := range board.Annotations.List {
			query := chosen.query(annotation.Target, several)
			demandRows(t, file+", annotation "+annotation.Name, query, run(t, source, query, hour))
		}
	}
}

func TestDashboardsAreWellFormed(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(nodetest.Root(), "grafana-datasource", "src", "plugin.json"))
	if err != nil {
		t.Skip("SKIPPED: there is no src/plugin.json")
	}
	uids := map[string]bool{}
	for file, board := range dashboards(t) {
		if board.UID == "" || uids[board.UID] {
			t.Errorf("%s: uid %q is empty or another's", file, board.UID)
		}
		uids[board.UID] = true
		ids := map[int]bool{}
		for _, panel := range board.Panels {
			if ids[panel.ID] {
				t.Errorf("%s: two panels %d", file, panel.ID)
			}
			ids[panel.ID] = true
			refIDs := map[any]bool{}
			for _, target := range panel.Targets {
				if refIDs[target["refId"]] {
					t.Errorf("%s, %s: two queries %v", file, panel.Title, target["refId"])
				}
				refIDs[target["refId"]] = true
			}
		}
		if !strings.Contains(string(text), `"dashboards/`+file+`"`) {
			t.Errorf("%s is not among the includes of plugin.json", file)
		}
	}
}

type ruleFile struct {
	Groups []struct {
		Name  string `yaml:"name"`
		Rules []struct {
			UID       string `yaml:"uid"`
			Title     string `yaml:"title"`
			Condition string `yaml:"condition"`
			Data      []struct {
				RefID             string `yaml:"refId"`
				DatasourceUID     string `yaml:"datasourceUid"`
				RelativeTimeRange struct {
					From int `yaml:"from"`
					To   int `yaml:"to"`
				} `yaml:"relativeTimeRange"`
				Model model `yaml:"model"`
			} `yaml:"data"`
		} `yaml:"rules"`
	} `yaml:"groups"`
}

func read(t *testing.T, into any, path ...string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{nodetest.Root()}, path...)...))
	if err == nil {
		err = yaml.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// What an alert rule needs: a number per device, with the device as label and no time, in a form whose meaning Grafana knows.
func TestEveryAlertRuleGivesNumbersWithLabels(t *testing.T) {
	node := fleet(t)
	source := source(t, node)
	var rules ruleFile
	read(t, &rules, "deploy", "grafana", "provisioning", "alerting", "devices.yaml")
	seen := map[string]bool{}
	for _, group := range rules.Groups {
		for _, rule := range group.Rules {
			seen[rule.UID] = true
			refIDs := map[string]bool{}
			for _, step := range rule.Data {
				refIDs[step.RefID] = true
				if step.DatasourceUID == "__expr__" {
					if expression := step.Model["expression"]; !refIDs[fmt.Sprint(expression)] {
						t.Errorf("%s: %s works on %v, which is no step before it", rule.Title, step.RefID, expression)
					}
					continue
				}
				span := time.Duration(step.RelativeTimeRange.From-step.RelativeTimeRange.To) * time.Second
				answer := run(t, source, step.Model, span)
				demandRows(t, rule.Title, step.Model, answer)
				if answer.Error != nil {
					continue
				}
				frame := answer.Frames[0]
				if frame.Meta.Type != data.FrameTypeNumericLong || len(frame.TypeIndices(data.FieldTypeString, data.FieldTypeNullableString)) == 0 || frame.Rows() < 10 {
					t.Errorf("%s: a frame of type %s with %d rows", rule.Title, frame.Meta.Type, frame.Rows())
				}
			}
			if !refIDs[rule.Condition] {
				t.Errorf("%s: its condition %s is none of its steps", rule.Title, rule.Condition)
			}
		}
	}
	for _, uid := range []string{"tsdb-device-silent", "tsdb-value-out-of-band", "tsdb-rate-of-change"} {
		if !seen[uid] {
			t.Errorf("there is no rule %s", uid)
		}
	}
}

// A device that stopped is the one that the rule finds, by how long it is silent.
func TestTheSilentDeviceIsFound(t *testing.T) {
	node := fleet(t)
	source := source(t, node)
	var rules ruleFile
	read(t, &rules, "deploy", "grafana", "provisioning", "alerting", "devices.yaml")
	query := maps.Clone(rules.Groups[0].Rules[0].Data[0].Model)
	query["database"] = "silence"
	node.Write(t, "silence", fmt.Sprintf("readings,name=loud velocity=1 %d\nreadings,name=silent velocity=1 %d\n", loaded.Add(-5*time.Second).UnixNano(), loaded.Add(-20*time.Minute).UnixNano()))
	answer := run(t, source, query, hour)
	demandRows(t, "silence", query, answer)
	found := map[string]float64{}
	frame := answer.Frames[0]
	for row := range frame.Rows() {
		name, _ := frame.Fields[0].ConcreteAt(row)
		seconds, _ := frame.Fields[1].ConcreteAt(row)
		found[name.(string)] = seconds.(float64)
	}
	if found["loud"] > 300 || found["silent"] <= 300 {
		t.Errorf("silent for %v", found)
	}
}

// The samples of settings are ones that the back end takes.
func TestProvisioningSamplesAreTaken(t *testing.T) {
	for _, path := range [][]string{{"deploy", "grafana", "provisioning", "datasources", "tsdb.yaml"}, {"grafana-datasource", "provisioning", "datasources", "datasources.yml"}} {
		var file struct {
			Datasources []struct {
				Name       string            `yaml:"name"`
				UID        string            `yaml:"uid"`
				Type       string            `yaml:"type"`
				URL        string            `yaml:"url"`
				JSONData   model             `yaml:"jsonData"`
				SecureJSON map[string]string `yaml:"secureJsonData"`
			} `yaml:"datasources"`
		}
		read(t, &file, path...)
		if len(file.Datasources) == 0 {
			t.Errorf("%v has no data source", path)
		}
		for _, sample := range file.Datasources {
			text, err := json.Marshal(sample.JSONData)
			if err != nil {
				t.Fatal(err)
			}
			url := strings.ReplaceAll(sample.URL, "$TSDB_URL", "http://127.0.0.1:1")
			secrets := map[string]string{"token": "t"}
			for name := range sample.SecureJSON {
				if strings.HasPrefix(name, "tls") {
					secrets[name] = certificate(name)
				}
			}
			instance, err := plugin.New(context.Background(), backend.DataSourceInstanceSettings{UID: sample.UID, URL: url, JSONData: text, DecryptedSecureJSONData: secrets})
			if err != nil {
				t.Fatal(err)
			}
			health, err := instance.(*plugin.Datasource).CheckHealth(context.Background(), &backend.CheckHealthRequest{})
			if err != nil || sample.Type != plugin.ID || !strings.Contains(health.Message, "no tsdb node can be reached at") {
				t.Errorf("%s: type %s, %v, %s", sample.Name, sample.Type, err, health.Message)
			}
		}
	}
}
