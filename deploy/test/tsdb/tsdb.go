// Package tsdb runs the programs of the installation that Maven made, for the tests of deploy.
//
// Nodes listen on loopback at free ports, and end with the test that started them.
package tsdb

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Patience is how long a test waits for what must happen; nothing is measured by it.
const Patience = 5 * time.Minute

// Deploy is the folder deploy of the tree.
func Deploy() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		// built with -trimpath: tests run in the folder of their package, two below deploy
		here, err := os.Getwd()
		if err != nil {
			panic(err)
		}
		return filepath.Join(here, "..", "..")
	}
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Version is the one that is being built.
func Version(t testing.TB) string {
	t.Helper()
	if version := os.Getenv("TSDB_VERSION"); version != "" {
		return version
	}
	pom, err := os.ReadFile(filepath.Join(Deploy(), "pom.xml"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(pom), "<version>")
	version, _, _ := strings.Cut(rest, "</version>")
	return version
}

// Home is the installation beside the tarball; the test is skipped on machines for which there is none.
func Home(t testing.TB) string {
	t.Helper()
	home := filepath.Join(Deploy(), "target", "tsdb-"+Version(t)+"-linux-x64")
	if _, err := os.Stat(filepath.Join(home, "bin", "tsdb")); err != nil {
		if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
			t.Skipf("SKIPPED: there is a tarball for linux on amd64 only, this is %s on %s", runtime.GOOS, runtime.GOARCH)
		}
		t.Fatalf("no installation at %s: mvn package makes it", home)
	}
	return home
}

// Tarball is the file that users get.
func Tarball(t testing.TB) string {
	t.Helper()
	return Home(t) + ".tar.gz"
}

// Node is a process that serves.
type Node struct {
	URL     string
	command *exec.Cmd
	errors  *lockedBuffer
	ended   chan struct{}
	ready   chan string
}

type lockedBuffer struct {
	mutex sync.Mutex
	bytes bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.bytes.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.bytes.String()
}

// Start runs `tsdb start` of an installation with a small heap, on free ports unless arguments say where, and waits until it serves.
func Start(t testing.TB, home string, environment []string, arguments ...string) *Node {
	t.Helper()
	node := Launch(t, home, environment, arguments...)
	node.AwaitReady(t)
	return node
}

// Launch does not wait.
func Launch(t testing.TB, home string, environment []string, arguments ...string) *Node {
	t.Helper()
	all := append([]string{"start"}, arguments...)
	command := exec.Command(filepath.Join(home, "bin", "tsdb"), all...)
	command.Env = append([]string{"TSDB_RECORDING=off", "TSDB_MEMORY_MIB=1024"}, environment...)
	return Run(t, command)
}

// Run starts a command that prints `ready URL`, and ends it with the test.
func Run(t testing.TB, command *exec.Cmd) *Node {
	t.Helper()
	node := &Node{command: command, errors: &lockedBuffer{}, ended: make(chan struct{})}
	command.Stderr = node.errors
	// a launcher that still records has a child: it ends with it
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan string, 1)
	go func() {
		defer close(ready)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if url, found := strings.CutPrefix(lines.Text(), "ready "); found {
				ready <- url
			}
		}
	}()
	go func() {
		_ = command.Wait()
		close(node.ended)
	}()
	node.ready = ready
	t.Cleanup(node.Kill)
	return node
}

// AwaitReady waits for the line that says where the node serves.
func (n *Node) AwaitReady(t testing.TB) {
	t.Helper()
	select {
	case url, ok := <-n.ready:
		if !ok {
			t.Fatalf("the node ended before it served:\n%s", n.errors)
		}
		n.URL = url
	case <-time.After(Patience):
		t.Fatalf("the node does not serve after %v:\n%s", Patience, n.errors)
	}
}

// Errors is what the node wrote to its log so far.
func (n *Node) Errors() string { return n.errors.String() }

// Pid is the id of the process.
func (n *Node) Pid() int { return n.command.Process.Pid }

// Stop sends SIGTERM and returns the exit status.
func (n *Node) Stop(t testing.TB) int {
	t.Helper()
	if err := n.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-n.ended:
	case <-time.After(Patience):
		t.Fatalf("the node does not end by SIGTERM after %v:\n%s", Patience, n.errors)
	}
	return n.command.ProcessState.ExitCode()
}

// Kill ends the process at once, as a power failure would.
func (n *Node) Kill() {
	_ = syscall.Kill(-n.command.Process.Pid, syscall.SIGKILL)
	<-n.ended
}

// Write sends line protocol (times in seconds) and demands 204.
func Write(t testing.TB, address, database, lines string) {
	t.Helper()
	status, body := Post(t, address+"/write?precision=s&db="+url.QueryEscape(database), lines)
	if status != http.StatusNoContent {
		t.Fatalf("write to %s: %d %s", address, status, body)
	}
}

// Post sends a body and returns status and answer.
func Post(t testing.TB, address, body string) (int, string) {
	t.Helper()
	answer, err := http.Post(address, "text/plain", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return read(t, answer)
}

// Get returns status and answer.
func Get(t testing.TB, address string) (int, string) {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, answer)
}

func read(t testing.TB, answer *http.Response) (int, string) {
	t.Helper()
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// Rows asks SQL and returns the rows of the answer.
func Rows(t testing.TB, address, database, sql string) [][]any {
	t.Helper()
	query := url.Values{"db": {database}, "q": {sql}}
	status, body := Get(t, address+"/api/v1/sql?"+query.Encode())
	if status != http.StatusOK {
		t.Fatalf("%s: %d %s", sql, status, body)
	}
	var answer struct {
		Rows [][]any `json:"rows"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatalf("%s: %v in %s", sql, err, body)
	}
	return answer.Rows
}

// FreePorts are ports of loopback that nobody listens on now.
func FreePorts(t testing.TB, count int) []int {
	t.Helper()
	ports := make([]int, count)
	for i := range ports {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		ports[i] = listener.Addr().(*net.TCPAddr).Port
	}
	return ports
}

// Await asks until the answer is yes.
func Await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("still not so after %v: %s", Patience, what)
		}
	}
}

// Tool is the path of a program, or the test is skipped and says why.
func Tool(t testing.TB, name string) string {
	t.Helper()
	for _, folder := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/sbin") {
		path := filepath.Join(folder, name)
		if found, err := exec.LookPath(path); err == nil {
			return found
		}
	}
	t.Skipf("SKIPPED: %s: there is no %s on this machine", t.Name(), name)
	return ""
}

// Output runs a command and demands that it works.
func Output(t testing.TB, command *exec.Cmd) string {
	t.Helper()
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(command.Args, " "), err, out)
	}
	return string(out)
}

// Command is one of an installation, such as `tsdb sql`.
func Command(home string, arguments ...string) *exec.Cmd {
	return exec.Command(filepath.Join(home, "bin", "tsdb"), arguments...)
}

// Read is a file below deploy.
func Read(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(Deploy(), path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Address is HOST:PORT on loopback.
func Address(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
