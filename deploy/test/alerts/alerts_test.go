// Package alerts holds the alert rules against Prometheus's own parser, against what a node's /metrics has, and against the runbook.
package alerts

import (
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"

	"tsdb/deploy/test/tsdb"
)

const rules = "prometheus/alerts.yml"

func alerts(t *testing.T) []rulefmt.Rule {
	t.Helper()
	groups, errs := rulefmt.Parse([]byte(tsdb.Read(t, rules)), false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	var all []rulefmt.Rule
	for _, group := range groups.Groups {
		all = append(all, group.Rules...)
	}
	if len(all) < 10 {
		t.Fatalf("%d rules", len(all))
	}
	return all
}

// A rule on a metric that is not there never fires, and nobody notices.
func TestEveryMetricIsOneThatANodeHas(t *testing.T) {
	home := tsdb.Home(t)
	alone := tsdb.Start(t, home, nil, "--data="+filepath.Join(t.TempDir(), "data"), "--http=127.0.0.1:0", "--line-tcp=off")
	// a cluster of one has the metrics of clusters, and no log of its own beside that of Raft
	ports := tsdb.FreePorts(t, 2)
	member := tsdb.Start(t, home, nil, "--data="+filepath.Join(t.TempDir(), "data"), "--http=127.0.0.1:0", "--line-tcp=off",
		"--cluster", "--cluster-seeds="+tsdb.Address(ports[0]), "--cluster-listen="+tsdb.Address(ports[0]), "--cluster-raft="+tsdb.Address(ports[1]))
	scraped := ""
	for _, node := range []string{alone.URL, member.URL} {
		tsdb.Write(t, node, "home", "climate,room=kitchen temperature=21.5 1767225600")
		tsdb.Rows(t, node, "home", "SELECT count(*) FROM climate")
		_, metrics := tsdb.Get(t, node+"/metrics")
		scraped += metrics
	}
	for _, alert := range alerts(t) {
		expression, err := parser.NewParser(parser.Options{}).ParseExpr(alert.Expr)
		if err != nil {
			t.Fatal(err)
		}
		parser.Inspect(expression, func(at parser.Node, _ []parser.Node) error {
			selector, ok := at.(*parser.VectorSelector)
			if ok && !has(scraped, selector.Name) && !madeByPrometheus(selector.Name) {
				t.Errorf("%s: /metrics has no %s", alert.Alert, selector.Name)
			}
			return nil
		})
	}
}

// up is what Prometheus says of a scrape. Of a pause there is nothing before the first one; JvmGcMetrics names it.
func madeByPrometheus(name string) bool { return name == "up" || name == "jvm_gc_pause_seconds_sum" }

func has(scraped, name string) bool {
	return regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + `(\{| )`).MatchString(scraped)
}

func TestEveryAlertHasItsPageAndEveryPageItsAlert(t *testing.T) {
	pages := map[string]bool{}
	entries, err := os.ReadDir(filepath.Join(tsdb.Deploy(), "docs", "runbook"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		pages[entry.Name()] = true
	}
	for _, alert := range alerts(t) {
		name := alert.Alert + ".md"
		if alert.Annotations["runbook"] != "deploy/docs/runbook/"+name {
			t.Errorf("%s names the page %q", alert.Alert, alert.Annotations["runbook"])
		}
		if !pages[name] {
			t.Errorf("%s has no page", alert.Alert)
			continue
		}
		text := tsdb.Read(t, "docs/runbook/"+name)
		for _, part := range []string{"# " + alert.Alert + "\n", "\n**Means.** ", "\n**Look.** ", "\n**Do.** "} {
			if !strings.Contains(text, part) {
				t.Errorf("%s has no %q", name, strings.TrimSpace(part))
			}
		}
		delete(pages, name)
	}
	for name := range pages {
		t.Errorf("%s is of no alert", name)
	}
}

// Prometheus's own unit test of rules: each alert fires when it should, and for the node that it should.
func TestEachAlertFiresWhenItShould(t *testing.T) {
	promtool := tsdb.Tool(t, "promtool")
	for _, file := range []string{"test rules alerts_test.yml", "check rules alerts.yml"} {
		command := exec.Command(promtool, strings.Fields(file)...)
		command.Dir = filepath.Join(tsdb.Deploy(), "prometheus")
		tsdb.Output(t, command)
	}
	tests := tsdb.Read(t, "prometheus/alerts_test.yml")
	for _, alert := range alerts(t) {
		if !strings.Contains(tests, "eval_time: 9") || strings.Count(tests, "alertname: "+alert.Alert) != 2 {
			t.Errorf("%s is not tested, quiet and firing", alert.Alert)
		}
	}
}

// What the compose file mounts for Prometheus.
func TestPrometheusTakesTheConfigurationOfTheComposeFile(t *testing.T) {
	promtool := tsdb.Tool(t, "promtool")
	folder := t.TempDir()
	for name, source := range map[string]string{"prometheus.yml": "compose/prometheus.yml", "alerts.yml": rules} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(tsdb.Read(t, source)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tsdb.Output(t, exec.Command(promtool, "check", "config", "--syntax-only", filepath.Join(folder, "prometheus.yml")))
}
