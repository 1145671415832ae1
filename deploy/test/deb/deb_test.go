// Package deb looks into the Debian package, and in profile install installs it, runs what its unit runs, and removes it.
package deb

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"tsdb/deploy/test/tsdb"
)

const unit = "deb/tsdb.service"

func packageFile(t *testing.T) string {
	t.Helper()
	tsdb.Tool(t, "dpkg-deb")
	tsdb.Home(t)
	return filepath.Join(tsdb.Deploy(), "target", "tsdb_"+tsdb.Version(t)+"_amd64.deb")
}

func TestHasWhatBelongsToAServiceOfDebian(t *testing.T) {
	file := packageFile(t)
	contents := tsdb.Output(t, exec.Command("dpkg-deb", "-c", file))
	for _, entry := range []string{
		`-rw-r--r-- root/root .* \./etc/tsdb/tsdb\.conf\n`,
		`drwxr-x--- root/root .* \./etc/tsdb/\n`,
		`-rw-r--r-- root/root .* \./lib/systemd/system/tsdb\.service\n`,
		`lrwxrwxrwx root/root .* \./usr/bin/tsdb -> \.\./lib/tsdb/bin/tsdb\n`,
		`-rwxr-xr-x root/root .* \./usr/lib/tsdb/bin/tsdb\n`,
		`-rwxr-xr-x root/root .* \./usr/lib/tsdb/runtime/bin/java\n`,
		`-rw-r--r-- root/root .* \./usr/share/doc/tsdb/copyright\n`,
		`-rw-r--r-- root/root .* \./usr/lib/tsdb/licences/THIRD-PARTY\.txt\n`,
	} {
		if !regexp.MustCompile(entry).MatchString(contents) {
			t.Errorf("no entry %s", entry)
		}
	}
	if odd := regexp.MustCompile(`(?m)^[^l].....w..w.*$`).FindString(contents); odd != "" {
		t.Errorf("everybody may write: %s", odd)
	}
	control := tsdb.Output(t, exec.Command("dpkg-deb", "-f", file))
	for _, line := range []string{"Package: tsdb", "Version: " + tsdb.Version(t), "Architecture: amd64"} {
		if !strings.Contains(control, line+"\n") {
			t.Errorf("control has no line %q:\n%s", line, control)
		}
	}
	information := tsdb.Output(t, exec.Command("dpkg-deb", "-I", file, "conffiles"))
	if information != "/etc/tsdb/tsdb.conf\n" {
		t.Errorf("conffiles: %q", information)
	}
}

// What the JVM itself needs of the system is declared: nothing but the C library.
func TestNeedsNoLibraryThatIsNotDeclared(t *testing.T) {
	tsdb.Tool(t, "ldd")
	out := tsdb.Output(t, exec.Command("ldd", filepath.Join(tsdb.Home(t), "runtime", "lib", "server", "libjvm.so")))
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		library := strings.Fields(line)[0]
		if !regexp.MustCompile(`^(linux-vdso|libc|libm|libdl|libpthread|librt|/lib64/ld-linux)`).MatchString(library) {
			t.Errorf("libjvm.so wants %s", library)
		}
	}
}

func TestUnitIsOneThatSystemdUnderstands(t *testing.T) {
	analyze := tsdb.Tool(t, "systemd-analyze")
	// the program is not installed here: its path is made one that is
	text := strings.Replace(tsdb.Read(t, unit), "/usr/bin/tsdb start", filepath.Join(tsdb.Home(t), "bin", "tsdb")+" start", 1)
	file := filepath.Join(t.TempDir(), "tsdb.service")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(analyze, "verify", "--man=no", file)
	out, err := command.CombinedOutput()
	if err != nil || strings.Contains(string(out), "tsdb.service") {
		t.Fatalf("systemd-analyze verify: %v\n%s", err, out)
	}
}

// `systemctl reload tsdb`: what the unit runs then has a node read its settings again, and it goes on.
func TestAReloadIsWhatANodeTakesForOne(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("SKIPPED: SIGHUP is ignored here, as under nohup, and so by what is started here")
	}
	home := tsdb.Home(t)
	reload := regexp.MustCompile(`(?m)^ExecReload=(.*)$`).FindStringSubmatch(tsdb.Read(t, unit))
	if reload == nil {
		t.Fatal("no ExecReload=")
	}
	file := filepath.Join(t.TempDir(), "tsdb.conf")
	settings := "http = 127.0.0.1:0\nline-tcp = off\n"
	if err := os.WriteFile(file, []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	node := tsdb.Start(t, home, nil, "--config", file, "--data="+filepath.Join(t.TempDir(), "data"))
	if err := os.WriteFile(file, []byte(settings+"slow-query = 1s\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(strings.ReplaceAll(reload[1], "$MAINPID", fmt.Sprint(node.Pid())))
	tsdb.Output(t, exec.Command(words[0], words[1:]...))
	tsdb.Await(t, "the settings are read again", func() bool {
		return strings.Contains(node.Errors(), "settings were read again: [slow-query] changed")
	})
	if status := node.Stop(t); status != 143 {
		t.Errorf("status %d after a reload and SIGTERM:\n%s", status, node.Errors())
	}
}

// systemd's own measure: 0 is sealed, 10 is open. A service that listens on the network and stores files gets no lower than about 1.5.
func TestUnitIsHardened(t *testing.T) {
	analyze := tsdb.Tool(t, "systemd-analyze")
	help := tsdb.Output(t, exec.Command(analyze, "--help"))
	if !strings.Contains(help, "--offline") {
		t.Skip("SKIPPED: this systemd-analyze rates no unit that is not loaded")
	}
	file := filepath.Join(tsdb.Deploy(), unit)
	out, err := exec.Command(analyze, "security", "--offline=true", "--threshold=20", "--no-pager", file).CombinedOutput()
	if err != nil {
		t.Fatalf("above 2.0: %v\n%s", err, out)
	}
	t.Log(regexp.MustCompile(`Overall exposure level.*`).FindString(string(out)))
}

// On this machine, as root: dpkg -i, the unit's command as its user, dpkg -i again over a changed configuration, purge.
func TestInstallsRunsAndGoes(t *testing.T) {
	if os.Getenv("TSDB_TEST_INSTALL") != "true" {
		t.Skip("SKIPPED: it installs on this machine: mvn -Pinstall -pl deploy verify")
	}
	file := packageFile(t)
	setpriv := tsdb.Tool(t, "setpriv")
	if _, err := os.Stat("/etc/tsdb"); err == nil || os.Getuid() != 0 {
		t.Fatal("this needs root, and a machine without tsdb")
	}
	t.Cleanup(func() {
		_ = exec.Command("dpkg", "--purge", "tsdb").Run()
		_ = os.RemoveAll("/var/lib/tsdb")
		_ = exec.Command("deluser", "--quiet", "--system", "tsdb").Run()
	})
	tsdb.Output(t, exec.Command("dpkg", "-i", file))
	owner, err := user.Lookup("tsdb")
	if err != nil {
		t.Fatal(err)
	}
	if out := tsdb.Output(t, exec.Command("stat", "-c", "%U %G %a", "/var/lib/tsdb")); out != "tsdb tsdb 750\n" {
		t.Fatalf("/var/lib/tsdb: %s", out)
	}
	port := tsdb.FreePorts(t, 1)[0]
	setting := "\nhttp = " + tsdb.Address(port) + "\nline-tcp = off\n"
	appendTo(t, "/etc/tsdb/tsdb.conf", setting)

	text, err := os.ReadFile("/lib/systemd/system/tsdb.service")
	if err != nil {
		t.Fatal(err)
	}
	start := regexp.MustCompile(`(?m)^ExecStart=(.*)$`).FindStringSubmatch(string(text))[1]
	recording := regexp.MustCompile(`(?m)^Environment=(TSDB_RECORDING=.*)$`).FindStringSubmatch(string(text))[1]
	asUser := func(words ...string) *exec.Cmd {
		arguments := []string{"--reuid", owner.Uid, "--regid", owner.Gid, "--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--reset-env"}
		arguments = append(arguments, "env", recording, "TSDB_MEMORY_MIB=1024")
		command := exec.Command(setpriv, append(arguments, words...)...)
		command.Dir = "/"
		return command
	}
	node := tsdb.Run(t, asUser(strings.Fields(start)...))
	node.AwaitReady(t)
	tsdb.Write(t, node.URL, "home", "climate,room=kitchen temperature=21.5 1767225600")
	if rows := tsdb.Rows(t, node.URL, "home", "SELECT temperature FROM climate"); rows[0][0] != 21.5 {
		t.Fatalf("rows: %v", rows)
	}
	backups, err := os.MkdirTemp("", "tsdb-backups-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(backups) })
	tsdb.Output(t, exec.Command("chown", "tsdb:tsdb", backups))
	monday := filepath.Join(backups, "monday")
	tsdb.Output(t, exec.Command("/usr/bin/tsdb", "backup", monday, "--url", node.URL))
	if status := node.Stop(t); status != 143 {
		t.Fatalf("status %d after SIGTERM:\n%s", status, node.Errors())
	}

	// what operations.md says of a restore: the node's user fills a directory that is there
	if err := os.Rename("/var/lib/tsdb", "/var/lib/tsdb.old"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll("/var/lib/tsdb.old") })
	tsdb.Output(t, exec.Command("install", "-d", "-o", "tsdb", "-g", "tsdb", "-m", "0750", "/var/lib/tsdb"))
	tsdb.Output(t, asUser("/usr/bin/tsdb", "restore", monday, "--data", "/var/lib/tsdb"))
	restored := tsdb.Run(t, asUser(strings.Fields(start)...))
	restored.AwaitReady(t)
	if rows := tsdb.Rows(t, restored.URL, "home", "SELECT temperature FROM climate"); rows[0][0] != 21.5 {
		t.Fatalf("rows after a restore: %v", rows)
	}
	if status := restored.Stop(t); status != 143 {
		t.Fatalf("status %d after SIGTERM:\n%s", status, restored.Errors())
	}
	if _, err := os.Stat("/var/cache/tsdb/tsdb.aot"); err != nil {
		t.Errorf("the first start recorded nothing: %v\n%s", err, node.Errors())
	}

	// an upgrade: the changed configuration stays, the recording of other jars goes
	tsdb.Output(t, exec.Command("dpkg", "-i", "--force-confdef", file))
	if kept, err := os.ReadFile("/etc/tsdb/tsdb.conf"); err != nil || !strings.HasSuffix(string(kept), setting) {
		t.Errorf("the configuration after an upgrade: %v", err)
	}
	if _, err := os.Stat("/var/cache/tsdb/tsdb.aot"); err == nil {
		t.Error("the recording is still there after an upgrade")
	}

	if out := tsdb.Output(t, exec.Command("dpkg", "--purge", "tsdb")); !strings.Contains(out, "still in /var/lib/tsdb") {
		t.Errorf("purge does not say where the data is:\n%s", out)
	}
	for _, gone := range []string{"/etc/tsdb", "/usr/lib/tsdb", "/usr/bin/tsdb", "/var/cache/tsdb", "/lib/systemd/system/tsdb.service"} {
		if _, err := os.Lstat(gone); err == nil {
			t.Errorf("%s is still there", gone)
		}
	}
	if _, err := os.Stat("/var/lib/tsdb"); err != nil {
		t.Errorf("the data went with the package: %v", err)
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		t.Fatal(err)
	}
}
