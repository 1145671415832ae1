// Package proxy puts the real nginx and the real HAProxy, with the sample configurations, in front of three nodes, and kills one.
package proxy

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tsdb/deploy/test/tsdb"
)

// Writes before and after a node dies: enough that each node had some of them.
const writes = 120

// Lines over TCP before and after it dies: with fewest connections first, each node gets some.
const connections = 12

type cluster struct {
	nodes []*tsdb.Node
	http  []int
	tcp   []int
}

func startCluster(t *testing.T) *cluster {
	t.Helper()
	home := tsdb.Home(t)
	ports := tsdb.FreePorts(t, 12)
	c := &cluster{http: ports[:3], tcp: ports[3:6]}
	var seeds []string
	for i := range 3 {
		seeds = append(seeds, tsdb.Address(ports[6+i]))
	}
	for i := range 3 {
		c.nodes = append(c.nodes, tsdb.Launch(t, home, nil,
			"--cluster",
			"--data="+filepath.Join(t.TempDir(), fmt.Sprintf("node-%d", i)),
			"--http="+tsdb.Address(c.http[i]),
			"--line-tcp="+tsdb.Address(c.tcp[i]),
			"--cluster-seeds="+strings.Join(seeds, ","),
			"--cluster-listen="+seeds[i],
			"--cluster-raft="+tsdb.Address(ports[9+i])))
	}
	for _, node := range c.nodes {
		node.AwaitReady(t)
	}
	return c
}

// The sample with the addresses of this test instead of the names of containers; nothing else is changed.
func (c *cluster) configuration(t *testing.T, sample string, httpPort, tcpPort int) string {
	t.Helper()
	text := tsdb.Read(t, filepath.Join("proxy", sample))
	replace := func(old, new string) {
		if !strings.Contains(text, old) {
			t.Fatalf("%s has no %q", sample, old)
		}
		text = strings.ReplaceAll(text, old, new)
	}
	for i := range 3 {
		replace(fmt.Sprintf("tsdb-%d:8086", i), tsdb.Address(c.http[i]))
		lines := tsdb.Address(c.tcp[i])
		if sample == "haproxy.cfg" {
			lines += fmt.Sprintf(" port %d", c.http[i])
		}
		replace(fmt.Sprintf("tsdb-%d:9009", i), lines)
	}
	if sample == "haproxy.cfg" {
		replace("bind :8086", "bind "+tsdb.Address(httpPort))
		replace("bind :9009", "bind "+tsdb.Address(tcpPort))
	} else {
		replace("listen 8086", "listen "+tsdb.Address(httpPort))
		replace("listen 9009", "listen "+tsdb.Address(tcpPort))
		text = "pid " + filepath.Join(t.TempDir(), "nginx.pid") + ";\ndaemon off;\nerror_log stderr;\n" + text
	}
	file := filepath.Join(t.TempDir(), sample)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func runProxy(t *testing.T, command *exec.Cmd) {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "proxy.log"))
	if err != nil {
		t.Fatal(err)
	}
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		_ = command.Wait()
		log.Close()
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("the proxy's log:\n%s", text)
		}
	})
}

// Each connection brings one line. Lines over TCP have no answer: they are asked for until they are there.
func sendLines(t *testing.T, tcp, url string, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		connection, err := net.Dial("tcp", tcp)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(connection, "lines value=%d %d\n", i, 1767225600000000000+i); err != nil {
			t.Fatal(err)
		}
		if err := connection.Close(); err != nil {
			t.Fatal(err)
		}
	}
	tsdb.Await(t, fmt.Sprintf("%d lines over TCP are there", to), func() bool {
		// until the first one came there is no measurement
		status, body := tsdb.Get(t, url+"/api/v1/sql?format=csv&db=default&q=SELECT+count(*)+FROM+lines")
		words := strings.Fields(body)
		return status == http.StatusOK && words[len(words)-1] == fmt.Sprint(to)
	})
}

// Every request is answered 204, before and after the kill, and every point is there; lines over TCP too, unless tcp is empty.
func goesOnWhenANodeDies(t *testing.T, c *cluster, url, tcp string) {
	t.Helper()
	tsdb.Await(t, "the proxy passes a request on", func() bool {
		answer, err := http.Get(url + "/ready")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
	if tcp != "" {
		sendLines(t, tcp, url, 0, connections)
	}
	for i := range 2 * writes {
		if i == writes {
			c.nodes[1].Kill()
		}
		tsdb.Write(t, url, "fleet", fmt.Sprintf("readings,truck=t%d speed=%d.5 %d", i%7, i, 1767225600+i))
	}
	for range 6 {
		if rows := tsdb.Rows(t, url, "fleet", "SELECT count(*) FROM readings"); rows[0][0] != float64(2*writes) {
			t.Fatalf("count(*): %v of %d", rows[0][0], 2*writes)
		}
	}
	if tcp != "" {
		sendLines(t, tcp, url, connections, 2*connections)
	}
}

func TestRequestsGoOnBehindHAProxyWhenANodeIsKilled(t *testing.T) {
	haproxy := tsdb.Tool(t, "haproxy")
	c := startCluster(t)
	ports := tsdb.FreePorts(t, 2)
	file := c.configuration(t, "haproxy.cfg", ports[0], ports[1])
	tsdb.Output(t, exec.Command(haproxy, "-c", "-f", file))
	runProxy(t, exec.Command(haproxy, "-db", "-f", file))
	goesOnWhenANodeDies(t, c, "http://"+tsdb.Address(ports[0]), tsdb.Address(ports[1]))
}

func TestRequestsGoOnBehindNginxWhenANodeIsKilled(t *testing.T) {
	nginx := tsdb.Tool(t, "nginx")
	c := startCluster(t)
	ports := tsdb.FreePorts(t, 2)
	file := c.configuration(t, "nginx.conf", ports[0], ports[1])
	tcp := tsdb.Address(ports[1])
	if module, found := streamModule(t, nginx); found {
		rewrite(t, file, func(text string) string { return module + text })
	} else {
		t.Log("SKIPPED: line protocol over TCP behind nginx: it has no stream module on this machine")
		tcp = ""
		rewrite(t, file, func(text string) string {
			before, _, _ := strings.Cut(text, "\nstream {")
			return before
		})
	}
	tsdb.Output(t, exec.Command(nginx, "-t", "-c", file))
	runProxy(t, exec.Command(nginx, "-c", file))
	goesOnWhenANodeDies(t, c, "http://"+tsdb.Address(ports[0]), tcp)
}

// What loads nginx's stream module, and whether it is there: within the program, or in a file that some packages leave out.
func streamModule(t *testing.T, nginx string) (string, bool) {
	t.Helper()
	built := tsdb.Output(t, exec.Command(nginx, "-V"))
	if regexp.MustCompile(`--with-stream(\s|$)`).MatchString(built) {
		return "", true
	}
	folder := regexp.MustCompile(`--modules-path=(\S+)`).FindStringSubmatch(built)
	if folder == nil {
		return "", false
	}
	file := filepath.Join(folder[1], "ngx_stream_module.so")
	_, err := os.Stat(file)
	return "load_module " + file + ";\n", err == nil
}

func rewrite(t *testing.T, file string, change func(string) string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(change(string(text))), 0o644); err != nil {
		t.Fatal(err)
	}
}
