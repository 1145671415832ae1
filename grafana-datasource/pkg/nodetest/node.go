// Package nodetest starts real tsdb nodes for tests: what `mvn package` built, on loopback, a free port, in a directory of its own. Where
// nothing is built, or there is no JDK 25, tests are skipped and say so.
package nodetest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Node is a running process.
type Node struct {
	URL  string
	Data string

	process *exec.Cmd
	ended   chan struct{}
	log     *bytes.Buffer
}

// How long a node may take to say that it is ready; it takes a second or two.
const readyTimeout = 60 * time.Second

// Start starts a node and ends it with the test. Settings are options of tsdb start.
func Start(t testing.TB, options ...string) *Node {
	t.Helper()
	return StartIn(t, t.TempDir(), "127.0.0.1:0", options...)
}

// StartIn starts a node on a directory and an address.
func StartIn(t testing.TB, data, address string, options ...string) *Node {
	t.Helper()
	requireBuilt(t)
	node, err := start(data, address, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(node.Stop)
	return node
}

var shared struct {
	once sync.Once
	node *Node
	data string
	err  error
}

// Shared is one node for all tests of a package, which keep apart by databases. Main ends it.
func Shared(t testing.TB) *Node {
	t.Helper()
	requireBuilt(t)
	shared.once.Do(func() {
		sweep()
		if shared.data, shared.err = os.MkdirTemp("", fmt.Sprintf("%s%d-", sharedPrefix, os.Getpid())); shared.err == nil {
			shared.node, shared.err = start(shared.data, "127.0.0.1:0")
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.node
}

// What the names of shared nodes' directories begin with; the process that made it follows.
const sharedPrefix = "tsdb-grafana-"

// sweep removes what test programs left behind that could not do it themselves: ended by a signal, a time limit or a panic.
func sweep() {
	found, _ := filepath.Glob(filepath.Join(os.TempDir(), sharedPrefix+"*"))
	for _, folder := range found {
		process, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(folder), sharedPrefix), "-")
		number, err := strconv.Atoi(process)
		if err == nil && errors.Is(syscall.Kill(number, 0), syscall.ESRCH) {
			_ = os.RemoveAll(folder)
		}
	}
}

// Main runs a package's tests and ends the shared node.
func Main(m *testing.M) {
	code := m.Run()
	if shared.node != nil {
		shared.node.Stop()
	}
	if shared.data != "" {
		_ = os.RemoveAll(shared.data)
	}
	os.Exit(code)
}

// Require skips a test that needs a node when there is none.
func Require(t testing.TB) {
	t.Helper()
	requireBuilt(t)
}

func requireBuilt(t testing.TB) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(Root(), "tsdb-cluster", "target", "tsdb.options")); err != nil {
		t.Skip("SKIPPED: no tsdb node is built (tsdb-cluster/target/tsdb.options is missing); mvn -pl tsdb-cluster,loadgen -am package -DskipTests builds it")
	}
	if jdk() == "" {
		t.Skip("SKIPPED: no JDK 25 found in JAVA_HOME, on the path or in /usr/lib/jvm")
	}
}

// Root is the directory of the whole project.
func Root() string {
	at, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	for ; at != "/"; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "tsdb-cluster", "pom.xml")); err == nil {
			return at
		}
	}
	return "/nowhere"
}

var release = regexp.MustCompile(`JAVA_VERSION="(\d+)`)

// jdk is the java of a JDK 25 or later, where ./tsdb looks for one.
func jdk() string {
	folders := []string{os.Getenv("JAVA_HOME")}
	if java, err := exec.LookPath("java"); err == nil {
		if java, err = filepath.EvalSymlinks(java); err == nil {
			folders = append(folders, filepath.Dir(filepath.Dir(java)))
		}
	}
	for _, pattern := range []string{"/usr/lib/jvm/*", "/usr/java/*", "/opt/java/*", "/opt/*jdk*", os.Getenv("HOME") + "/.sdkman/candidates/java/*"} {
		found, _ := filepath.Glob(pattern)
		folders = append(folders, found...)
	}
	for _, folder := range folders {
		text, err := os.ReadFile(filepath.Join(folder, "release"))
		if folder == "" || err != nil {
			continue
		}
		if version := release.FindSubmatch(text); version != nil {
			if number, _ := strconv.Atoi(string(version[1])); number >= 25 {
				return filepath.Join(folder, "bin", "java")
			}
		}
	}
	return ""
}

// tsdb is a command of the node's program.
func tsdb(arguments ...string) *exec.Cmd {
	target := filepath.Join(Root(), "tsdb-cluster", "target")
	command := []string{"@" + filepath.Join(target, "tsdb.options"), "-XX:+UseSerialGC", "-Xmx1g", "-cp", filepath.Join(target, "lib", "*"), "io.tsdb.cluster.node.Main"}
	return exec.Command(jdk(), append(command, arguments...)...)
}

// Tool runs a command of the program, such as token create, and gives what it printed.
func Tool(t testing.TB, arguments ...string) string {
	t.Helper()
	requireBuilt(t)
	output, err := tsdb(arguments...).Output()
	if err != nil {
		t.Fatalf("tsdb %s: %v", strings.Join(arguments, " "), err)
	}
	return string(output)
}

// Load sends a workload by loadgen.
func Load(t testing.TB, node *Node, arguments ...string) {
	t.Helper()
	found, _ := filepath.Glob(filepath.Join(Root(), "loadgen", "target", "loadgen-*-all.jar"))
	if len(found) == 0 {
		t.Skip("SKIPPED: loadgen is not built (loadgen/target/loadgen-*-all.jar is missing)")
	}
	all := append([]string{"-XX:+UseSerialGC", "-jar", found[0], "load", "--url", node.URL, "--quiet"}, arguments...)
	if output, err := exec.Command(jdk(), all...).CombinedOutput(); err != nil {
		t.Fatalf("loadgen: %v\n%s", err, output)
	}
}

func start(data, address string, options ...string) (*Node, error) {
	arguments := append([]string{"start", "--data", data, "--http", address, "--line-tcp", "off"}, options...)
	node := &Node{Data: data, process: tsdb(arguments...), ended: make(chan struct{}), log: &bytes.Buffer{}}
	output, err := node.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	node.process.Stderr = node.log
	if err := node.process.Start(); err != nil {
		return nil, err
	}
	ready := make(chan string, 1)
	go func() {
		defer close(node.ended)
		lines := bufio.NewScanner(output)
		for lines.Scan() {
			if address, is := strings.CutPrefix(lines.Text(), "ready "); is {
				ready <- address
			}
		}
		_ = node.process.Wait()
	}()
	select {
	case node.URL = <-ready:
		return node, nil
	case <-node.ended:
		return nil, fmt.Errorf("the node ended before it was ready:\n%s", node.log)
	case <-time.After(readyTimeout):
		node.Stop()
		return nil, fmt.Errorf("the node was not ready within %s:\n%s", readyTimeout, node.log)
	}
}

// Stop ends the node, in order.
func (n *Node) Stop() {
	_ = n.process.Process.Signal(syscall.SIGTERM)
	select {
	case <-n.ended:
	case <-time.After(15 * time.Second):
		_ = n.process.Process.Kill()
		<-n.ended
	}
}

// Kill ends it at once.
func (n *Node) Kill() {
	_ = n.process.Process.Kill()
	<-n.ended
}

// Write sends lines, times in nanoseconds; a header may be given as "name: value".
func (n *Node) Write(t testing.TB, database, lines string, headers ...string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, n.URL+"/write?db="+url.QueryEscape(database), strings.NewReader(lines))
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusNoContent {
		body, _ := io.ReadAll(response.Body)
		t.Fatalf("write: status %d: %s", response.StatusCode, body)
	}
}

// Get reads a path.
func (n *Node) Get(t testing.TB, path string) string {
	t.Helper()
	response, err := http.Get(n.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v: %s", path, response.StatusCode, err, body)
	}
	return string(body)
}
