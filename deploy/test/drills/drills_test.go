// Package drills carries out the disasters of deploy/docs/operations.md, on real processes and files. -v prints what was done and
// what came out, as the page has it.
package drills

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tsdb/deploy/test/tsdb"
)

type drill struct {
	*testing.T
	home   string
	folder string
}

func begin(t *testing.T) *drill {
	return &drill{t, tsdb.Home(t), t.TempDir()}
}

func (d *drill) path(name string) string { return filepath.Join(d.folder, name) }

// What the page shows: paths without the folder of the test.
func (d *drill) say(format string, arguments ...any) {
	d.Log(strings.ReplaceAll(fmt.Sprintf(format, arguments...), d.folder+"/", "/"))
}

func (d *drill) start(data string) *tsdb.Node {
	d.Helper()
	began := time.Now()
	node := tsdb.Start(d, d.home, nil, "--data="+d.path(data), "--http=127.0.0.1:0", "--line-tcp=off", "--disk-reserve=1MiB")
	d.say("$ tsdb start --data /%s\nready after %.1f s", data, time.Since(began).Seconds())
	return node
}

// Runs a command of tsdb and returns status and output.
func (d *drill) run(arguments ...string) (int, string) {
	d.Helper()
	command := tsdb.Command(d.home, arguments...)
	out, err := command.CombinedOutput()
	if _, ended := err.(*exec.ExitError); err != nil && !ended {
		d.Fatal(err)
	}
	d.say("$ tsdb %s\n%s(status %d)", strings.Join(arguments, " "), out, command.ProcessState.ExitCode())
	return command.ProcessState.ExitCode(), string(out)
}

// An hour of 50 machines, a point a second from second `from` on.
func (d *drill) write(node *tsdb.Node, from, seconds int) {
	d.Helper()
	for at := from; at < from+seconds; at += 60 {
		var lines strings.Builder
		for second := at; second < min(at+60, from+seconds); second++ {
			for machine := range 50 {
				fmt.Fprintf(&lines, "mill,machine=m%02d power=%d.5,parts=%di %d\n", machine, (second*7+machine)%400, second, 1767225600+second)
			}
		}
		tsdb.Write(d, node.URL, "plant", lines.String())
	}
}

func (d *drill) count(node *tsdb.Node) int {
	d.Helper()
	rows := tsdb.Rows(d, node.URL, "plant", "SELECT count(*), sum(parts) FROM mill")
	d.say("SELECT count(*), sum(parts) FROM mill: %.0f, %.0f", rows[0][0], rows[0][1])
	return int(rows[0][0].(float64))
}

func TestPowerFails(t *testing.T) {
	d := begin(t)
	node := d.start("data")
	d.write(node, 0, 1200)
	before := d.count(node)
	d.say("$ kill -9 PID")
	node.Kill()
	again := d.start("data")
	_, metrics := tsdb.Get(t, again.URL+"/metrics")
	d.say("%s", regexp.MustCompile(`(?m)^tsdb_log_replayed_records .*$`).FindString(metrics))
	if after := d.count(again); after != before || before != 60000 {
		t.Errorf("%d of %d points", after, before)
	}
}

func TestAFileIsDamaged(t *testing.T) {
	d := begin(t)
	node := d.start("data")
	d.write(node, 0, 1200)
	if status, _ := d.run("backup", d.path("backups/monday"), "--url", node.URL); status != 0 {
		t.Fatal("no backup")
	}
	before := d.count(node)
	node.Stop(t)

	var part string
	_ = filepath.WalkDir(d.path("data"), func(path string, entry os.DirEntry, err error) error {
		if strings.HasSuffix(path, ".parquet") && part == "" {
			part = path
		}
		return err
	})
	if part == "" {
		t.Fatal("no part")
	}
	bytes, err := os.ReadFile(part)
	if err != nil {
		t.Fatal(err)
	}
	damaged := append([]byte{}, bytes...)
	damaged[len(damaged)/3] ^= 0x10
	// another file: the backup may have this one under a second name
	if err := os.Remove(part); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(part, damaged, 0o640); err != nil {
		t.Fatal(err)
	}
	d.say("one bit of %s is turned", part)

	status, out := d.run("check", d.path("data"))
	if status != 1 || !strings.Contains(out, filepath.Base(part)) {
		t.Errorf("check does not name it")
	}
	status, _ = d.run("check", d.path("backups/monday"))
	if status != 0 {
		t.Error("the backup is damaged too")
	}
	relative, err := filepath.Rel(d.path("data"), part)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(d.path("backups/monday"), relative))
	if err != nil {
		t.Fatal(err)
	}
	d.say("$ cp /backups/monday/%s /data/%s", relative, relative)
	if err := os.WriteFile(part, whole, 0o640); err != nil {
		t.Fatal(err)
	}
	if status, _ := d.run("check", d.path("data")); status != 0 {
		t.Error("it is still damaged")
	}
	again := d.start("data")
	if after := d.count(again); after != before {
		t.Errorf("%d of %d points", after, before)
	}
}

func TestAMachineIsLost(t *testing.T) {
	d := begin(t)
	node := d.start("data")
	d.write(node, 0, 600)
	d.run("backup", d.path("backups/monday"), "--url", node.URL)
	d.write(node, 600, 600)
	if status, _ := d.run("backup", d.path("backups/tuesday"), "--since", d.path("backups/monday"), "--url", node.URL); status != 0 {
		t.Fatal("no backup")
	}
	before := d.count(node)
	node.Kill()
	if err := os.RemoveAll(d.path("data")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(d.path("backups/monday")); err != nil {
		t.Fatal(err)
	}
	d.say("$ rm -r /data /backups/monday")
	if status, _ := d.run("restore", d.path("backups/tuesday"), "--data", d.path("new")); status != 0 {
		t.Fatal("no restore")
	}
	again := d.start("new")
	if after := d.count(again); after != before {
		t.Errorf("%d of %d points", after, before)
	}
}

// A new version in a folder of its own takes over the directory; the old one goes.
func TestAnUpgrade(t *testing.T) {
	d := begin(t)
	node := d.start("data")
	d.write(node, 0, 600)
	before := d.count(node)
	began := time.Now()
	node.Stop(t)
	d.say("$ kill -TERM PID\nended after %.1f s", time.Since(began).Seconds())
	newer := d.path("tsdb-next")
	tsdb.Output(t, exec.Command("cp", "-r", d.home, newer))
	d.home = newer
	again := d.start("data")
	_, metrics := tsdb.Get(t, again.URL+"/metrics")
	replayed := regexp.MustCompile(`(?m)^tsdb_log_replayed_records .*$`).FindString(metrics)
	d.say("%s", replayed)
	if after := d.count(again); after != before || replayed != "tsdb_log_replayed_records 0.0" {
		t.Errorf("%d of %d points, %s", after, before, replayed)
	}
}
