// Package tarball tries the tarball as a user does who has neither Maven nor a JDK.
package tarball

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tsdb/deploy/test/tsdb"
)

// The caller's path and JAVA_HOME are empty: nothing of this machine's Java can be used.
func TestRunsWithoutJavaAndWithoutAPath(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a folder")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	tsdb.Output(t, exec.Command("tar", "-xzf", tsdb.Tarball(t), "-C", folder))
	home := filepath.Join(folder, filepath.Base(tsdb.Home(t)))
	data := filepath.Join(t.TempDir(), "data")
	environment := []string{"PATH=", "JAVA_HOME="}

	first := tsdb.Start(t, home, environment, "--data="+data, "--http=127.0.0.1:0", "--line-tcp=off")
	tsdb.Write(t, first.URL, "home", "climate,room=kitchen temperature=21.5 1767225600\nclimate,room=hall temperature=19.5 1767225600")
	if rows := tsdb.Rows(t, first.URL, "home", "SELECT avg(temperature) FROM climate"); rows[0][0] != 20.5 {
		t.Fatalf("rows: %v", rows)
	}
	// the console, the shell and a second language of the same node
	if status, page := tsdb.Get(t, first.URL+"/ready"); status != 200 {
		t.Fatalf("/ready: %d %s", status, page)
	}
	shell := tsdb.Command(home, "sql", "--url", first.URL, "--db", "home", "-c", "SELECT room FROM climate ORDER BY room")
	shell.Env = environment
	if out := tsdb.Output(t, shell); !strings.Contains(out, "hall") || !strings.Contains(out, "(2 rows") {
		t.Fatalf("tsdb sql:\n%s", out)
	}
	if status := first.Stop(t); status != 143 {
		t.Fatalf("status %d after SIGTERM:\n%s", status, first.Errors())
	}
	for _, line := range strings.Split(first.Errors(), "\n") {
		if strings.Contains(line, "ERROR") || strings.Contains(line, "WARNING") {
			t.Errorf("the log has: %s", line)
		}
	}

	second := tsdb.Start(t, home, environment, "--data="+data, "--http=127.0.0.1:0", "--line-tcp=off")
	if rows := tsdb.Rows(t, second.URL, "home", "SELECT count(*) FROM climate"); rows[0][0] != 2.0 {
		t.Fatalf("rows after a restart: %v", rows)
	}
}

func TestEveryCommandFindsWhatItNeeds(t *testing.T) {
	home := tsdb.Home(t)
	for _, arguments := range [][]string{{"version"}, {"--help"}, {"start", "--print-config", "--config", filepath.Join(home, "conf", "tsdb.conf")}, {"load", "--help"}} {
		command := tsdb.Command(home, arguments...)
		command.Env = []string{"PATH=", "JAVA_HOME=/nowhere", "TSDB_RECORDING=off"}
		if out := tsdb.Output(t, command); strings.TrimSpace(out) == "" {
			t.Errorf("tsdb %v says nothing", arguments)
		}
	}
}

// A jar without a licence, or without its text, must not get out; Licences.java refuses to write that list, this reads it.
func TestNamesALicenceAndATextForEveryJar(t *testing.T) {
	home := tsdb.Home(t)
	text, err := os.ReadFile(filepath.Join(home, "licences", "THIRD-PARTY.txt"))
	if err != nil {
		t.Fatal(err)
	}
	jars, err := filepath.Glob(filepath.Join(home, "lib", "*.jar"))
	if err != nil || len(jars) < 20 {
		t.Fatalf("jars: %v %v", jars, err)
	}
	for _, jar := range jars {
		name := filepath.Base(jar)
		if strings.HasPrefix(name, "tsdb-") {
			continue
		}
		entry := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + `: (.+)\n((?:    .+\n)+)`).FindStringSubmatch(string(text))
		if entry == nil {
			t.Errorf("%s is not in THIRD-PARTY.txt", name)
			continue
		}
		texts := 0
		for _, line := range strings.Split(strings.TrimSpace(entry[2]), "\n") {
			if _, err := os.Stat(filepath.Join(home, "licences", strings.TrimSpace(line))); err == nil {
				texts++
			}
		}
		if texts == 0 {
			t.Errorf("%s: none of its texts is there: %s", name, entry[2])
		}
	}
	if _, err := os.Stat(filepath.Join(home, "runtime", "legal", "java.base", "LICENSE")); err != nil {
		t.Error(err)
	}
}

// What the pages of the documentation point to is beside them.
func TestHasTheDocuments(t *testing.T) {
	docs := filepath.Join(tsdb.Home(t), "docs")
	for _, page := range []string{"README.md", "tsdb-query/docs/sql.md", "tsdb-storage/docs/backup.md", "tsdb-cluster/docs/security.md", "tsdb-cluster/docs/img/console.png", "deploy/helm/tsdb/Chart.yaml"} {
		if _, err := os.Stat(filepath.Join(docs, page)); err != nil {
			t.Error(err)
		}
	}
	link := regexp.MustCompile(`\]\(([^)\s#]+)[^)\s]*\)`)
	found := 0
	err := filepath.WalkDir(docs, func(page string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(page) != ".md" {
			return err
		}
		text, err := os.ReadFile(page)
		if err != nil {
			return err
		}
		for _, match := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(match[1], "://") {
				continue
			}
			found++
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), match[1])); err != nil {
				t.Errorf("%s points to %s, which is not in the tarball", page, match[1])
			}
		}
		return nil
	})
	if err != nil || found < 50 {
		t.Fatalf("%d links: %v", found, err)
	}
}
