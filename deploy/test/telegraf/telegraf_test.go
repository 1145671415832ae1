// Package telegraf runs Telegraf itself with the configurations of the tree, against a node, and MQTT with a broker.
package telegraf

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tsdb/deploy/test/tsdb"
)

// The program: TELEGRAF, or one on the path. One with little in it is made by
//
//	go install -tags custom,inputs.file,inputs.mqtt_consumer,inputs.prometheus,outputs.influxdb,outputs.influxdb_v2,parsers.influx,parsers.json,parsers.prometheus github.com/influxdata/telegraf/cmd/telegraf@v1.36.3
func program(t *testing.T) string {
	t.Helper()
	if named := os.Getenv("TELEGRAF"); named != "" {
		return named
	}
	return tsdb.Tool(t, "telegraf")
}

const token = "tsdb_telegraf_0123456789abcdef0123456789abcdef"

// A node that asks for the token, and Telegraf with a file of the tree in which only addresses are others.
func start(t *testing.T, sample string, replacements ...string) *tsdb.Node {
	t.Helper()
	telegraf := program(t)
	node := tsdb.Start(t, tsdb.Home(t), []string{"TSDB_ADMIN_TOKEN=" + token},
		"--data="+filepath.Join(t.TempDir(), "data"), "--http=127.0.0.1:0", "--line-tcp=off", "--disk-reserve=1MiB")
	text := tsdb.Read(t, sample)
	replacements = append(replacements, "http://tsdb:8086", node.URL, "http://127.0.0.1:8086", node.URL)
	file := filepath.Join(t.TempDir(), "telegraf.conf")
	if err := os.WriteFile(file, []byte(strings.NewReplacer(replacements...).Replace(text)), 0o644); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(telegraf, "--config", file)
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "TSDB_TOKEN=" + token}
	log, err := os.Create(filepath.Join(t.TempDir(), "telegraf.log"))
	if err != nil {
		t.Fatal(err)
	}
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
		log.Close()
		text, _ := os.ReadFile(log.Name())
		if t.Failed() {
			t.Logf("Telegraf's log:\n%s", text)
		}
	})
	return node
}

func ask(t *testing.T, node *tsdb.Node, database, sql string) string {
	t.Helper()
	command := tsdb.Command(tsdb.Home(t), "sql", "--url", node.URL, "--db", database, "--format", "csv", "-c", sql)
	command.Env = []string{"TSDB_TOKEN=" + token}
	out, _ := command.CombinedOutput()
	return string(out)
}

// What a sensor publishes is a row, and the node's own metrics are in the other database.
func TestMessagesOfMQTTBecomeRows(t *testing.T) {
	program(t)
	mosquitto, publish := tsdb.Tool(t, "mosquitto"), tsdb.Tool(t, "mosquitto_pub")
	port := strings.TrimPrefix(tsdb.Address(tsdb.FreePorts(t, 1)[0]), "127.0.0.1:")
	file := filepath.Join(t.TempDir(), "mosquitto.conf")
	if err := os.WriteFile(file, []byte(strings.Replace(tsdb.Read(t, "compose/mosquitto.conf"), "listener 1883", "listener "+port+" 127.0.0.1", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	broker := exec.Command(mosquitto, "-c", file)
	if err := broker.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = broker.Process.Kill()
		_ = broker.Wait()
	})
	node := start(t, "compose/telegraf.conf", "tcp://mosquitto:1883", "tcp://127.0.0.1:"+port)
	tsdb.Await(t, "a message is a row", func() bool {
		// kept by the broker, so that it does not matter who comes first
		_ = exec.Command(publish, "-h", "127.0.0.1", "-p", port, "-r", "-q", "1", "-t", "plant/hall-1/sensor-1", "-m", `{"temperature": 21.5, "running": true, "state": "on"}`).Run()
		return strings.Contains(ask(t, node, "plant", "SELECT hall, sensor, temperature, state FROM plant LIMIT 1"), "hall-1,sensor-1,21.5,on")
	})
	if columns := ask(t, node, "plant", "DESCRIBE plant"); strings.Contains(columns, "bucket") || strings.Contains(columns, "topic") {
		t.Errorf("columns that nobody asked for:\n%s", columns)
	}
	tsdb.Await(t, "the node's metrics are rows", func() bool {
		return strings.Contains(ask(t, node, "telegraf", "SELECT max(tsdb_shards) > 0 FROM prometheus"), "true")
	})
}
