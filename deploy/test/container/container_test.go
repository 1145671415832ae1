// Package container checks what cannot run here, since no container engine is needed for it: the Dockerfile and the compose files.
// What they start is run: the health check against a node, Mosquitto with its configuration.
package container

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"tsdb/deploy/test/tsdb"
)

func stages(t *testing.T) []instructions.Stage {
	t.Helper()
	parsed, err := parser.Parse(strings.NewReader(tsdb.Read(t, "docker/Dockerfile")))
	if err != nil {
		t.Fatal(err)
	}
	if len(parsed.Warnings) > 0 {
		t.Errorf("%+v", parsed.Warnings)
	}
	stages, _, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		t.Fatal(err)
	}
	return stages
}

// All that BuildKit parses, and what linters of Dockerfiles ask for.
func TestTheImageIsSmallAndRunsAsNobody(t *testing.T) {
	all := stages(t)
	if len(all) != 2 {
		t.Fatalf("%d stages", len(all))
	}
	last := all[1]
	seen := map[string]instructions.Command{}
	for _, command := range last.Commands {
		seen[command.Name()] = command
		if run, ok := command.(*instructions.RunCommand); ok {
			line := strings.Join(run.CmdLine, " ")
			if regexp.MustCompile(`\b(sudo|curl|wget)\b|apt-get`).MatchString(line) {
				t.Errorf("the image fetches: %s", line)
			}
		}
		if command.Name() == "ADD" {
			t.Error("ADD unpacks and downloads: COPY")
		}
	}
	if user := seen["USER"].(*instructions.UserCommand).User; user != "10001:10001" {
		t.Errorf("USER %s: a number that is not 0 is what Kubernetes can check", user)
	}
	if health := seen["HEALTHCHECK"].(*instructions.HealthCheckCommand).Health; strings.Join(health.Test, " ") != "CMD /opt/tsdb/bin/ready" || health.StartPeriod == 0 {
		t.Errorf("HEALTHCHECK %+v", health)
	}
	if seen["ENTRYPOINT"].(*instructions.EntrypointCommand).PrependShell {
		t.Error("a shell stands between SIGTERM and the node")
	}
	for _, name := range []string{"VOLUME", "EXPOSE", "STOPSIGNAL", "CMD"} {
		if seen[name] == nil {
			t.Errorf("no %s", name)
		}
	}
	for _, stage := range all {
		if strings.HasSuffix(stage.BaseName, ":latest") || !strings.Contains(stage.BaseName, "BASE") {
			t.Errorf("FROM %s", stage.BaseName)
		}
	}
	if base := regexp.MustCompile(`(?m)^ARG BASE=(.+)$`).FindStringSubmatch(tsdb.Read(t, "docker/Dockerfile")); base == nil || !regexp.MustCompile(`:[a-z0-9]`).MatchString(base[1]) || strings.HasSuffix(base[1], ":latest") {
		t.Errorf("the base image is not pinned: %v", base)
	}
	if version := regexp.MustCompile(`(?m)^ARG VERSION=(.+)$`).FindAllStringSubmatch(tsdb.Read(t, "docker/Dockerfile"), -1); len(version) != 2 || version[0][1] != tsdb.Version(t) {
		t.Errorf("VERSION is %v", version)
	}
}

// The health check of a process with this id and this environment; there it has no program but bash.
func healthy(t *testing.T, process int, environment ...string) error {
	t.Helper()
	command := exec.Command(tsdb.Tool(t, "bash"), filepath.Join(tsdb.Deploy(), "docker", "ready"), fmt.Sprint(process))
	command.Env = append([]string{"PATH="}, environment...)
	out, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// It asks where the node listens, whatever said so, with TLS and without: before, while and after the node serves.
func TestTheHealthCheckKnowsANodeThatServes(t *testing.T) {
	home := tsdb.Home(t)
	folder := t.TempDir()
	tsdb.Output(t, tsdb.Command(home, "cluster", "ca", "init", "--dir", folder))
	tsdb.Output(t, tsdb.Command(home, "cluster", "ca", "issue", "--dir", folder, "--name", "node", "--host", "127.0.0.1"))
	certificate, key := filepath.Join(folder, "node.crt"), filepath.Join(folder, "node.key")
	ports := tsdb.FreePorts(t, 5)
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return "--config=" + path
	}
	// where nobody listens
	const nowhere = "127.0.0.1:1"
	for i, given := range []struct {
		name, address string
		environment   []string
		arguments     []string
	}{
		{"an option goes before a variable", tsdb.Address(ports[0]), []string{"TSDB_HTTP=" + nowhere}, []string{"--http=" + tsdb.Address(ports[0])}},
		{"an option of two words", tsdb.Address(ports[1]), nil, []string{"--http", tsdb.Address(ports[1])}},
		{"a variable goes before the file", tsdb.Address(ports[2]), []string{"TSDB_HTTP=" + tsdb.Address(ports[2])}, []string{file("other.conf", "http = "+nowhere)}},
		// not on all addresses, and no line end after the last line
		{"the file", fmt.Sprintf("127.0.0.2:%d", ports[3]), nil, []string{file("tsdb.conf", fmt.Sprintf("#http = %s\nline-max = 1MiB\n  http =127.0.0.2:%d\t# of this container", nowhere, ports[3]))}},
		{"TLS of the file", tsdb.Address(ports[4]), []string{"TSDB_HTTP=" + tsdb.Address(ports[4])}, []string{file("tls.conf", "tls-cert = "+certificate+"\ntls-key = "+key+"\n")}},
		{"TLS of variables", tsdb.Address(ports[0]), []string{"TSDB_HTTP=" + tsdb.Address(ports[0]), "TSDB_TLS_CERT=" + certificate, "TSDB_TLS_KEY=" + key}, nil},
	} {
		asked := os.Getpid()
		if healthy(t, asked, "TSDB_HTTP="+given.address) == nil || healthy(t, asked, "TSDB_HTTP="+given.address, "TSDB_TLS_CERT=x") == nil {
			t.Errorf("%s: it is well before there is a node", given.name)
		}
		arguments := append([]string{"--data=" + filepath.Join(folder, fmt.Sprint(i)), "--line-tcp=off", "--disk-reserve=1MiB"}, given.arguments...)
		node := tsdb.Start(t, home, given.environment, arguments...)
		if !strings.HasSuffix(node.URL, "://"+given.address) {
			t.Fatalf("%s: %s", given.name, node.URL)
		}
		if err := healthy(t, node.Pid(), given.environment...); err != nil {
			t.Errorf("%s: the node serves: %v", given.name, err)
		}
		if strings.Contains(node.Errors(), "WARN") || strings.Contains(node.Errors(), "ERROR") {
			t.Errorf("%s: the node complains of being asked:\n%s", given.name, node.Errors())
		}
		node.Kill()
		if healthy(t, asked, "TSDB_HTTP="+given.address) == nil {
			t.Errorf("%s: it is well after the node went", given.name)
		}
	}
}

// As the image has it, where no option says more: on all addresses. What answers is not yet a node that serves.
func TestTheHealthCheckHearsWhatIsAnswered(t *testing.T) {
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		if request.URL.Path != "/ready" {
			t.Errorf("asked for %s", request.URL)
		}
		answer.WriteHeader(status)
	}))
	defer server.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	if err := healthy(t, os.Getpid(), "TSDB_HTTP=0.0.0.0:"+port); err != nil {
		t.Error(err)
	}
	status = http.StatusServiceUnavailable
	if err := healthy(t, os.Getpid(), "TSDB_HTTP=0.0.0.0:"+port); err == nil || !strings.Contains(err.Error(), "not ready: HTTP/1.1 503") {
		t.Errorf("with 503: %v", err)
	}
}

func project(t *testing.T, file string) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{filepath.Join(tsdb.Deploy(), "compose", file)}, cli.WithEnv([]string{"TSDB_ADMIN_TOKEN=never-to-be-printed"}), cli.WithConsistency(true))
	if err != nil {
		t.Fatal(err)
	}
	// schema, interpolation, merge keys and references among services, volumes and secrets
	loaded, err := options.LoadProject(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func TestComposeFilesAreWhatComposeReads(t *testing.T) {
	want := map[string][]string{
		"compose.yaml": {"fleet", "grafana", "mosquitto", "prometheus", "sensor", "telegraf", "tsdb"},
		"cluster.yaml": {"certificates", "haproxy", "tsdb-0", "tsdb-1", "tsdb-2"},
	}
	for file, names := range want {
		loaded := project(t, file)
		if found := loaded.ServiceNames(); !slices.Equal(found, names) {
			t.Errorf("%s: %v", file, found)
		}
		for _, service := range loaded.Services {
			if !regexp.MustCompile(`:v?[0-9][^:]*$`).MatchString(service.Image) {
				t.Errorf("%s: image %s has no version", service.Name, service.Image)
			}
			for _, port := range service.Ports {
				if port.HostIP != "127.0.0.1" {
					t.Errorf("%s: port %s is published to everybody", service.Name, port.Published)
				}
			}
			for _, volume := range service.Volumes {
				if volume.Type == types.VolumeTypeBind && !strings.Contains(volume.Source, "grafana-datasource/dist") {
					if _, err := os.Stat(volume.Source); err != nil {
						t.Errorf("%s: %v", service.Name, err)
					}
				}
			}
			if strings.HasPrefix(service.Image, "tsdb:") {
				if service.Image != "tsdb:"+tsdb.Version(t) || !service.ReadOnly || !slices.Contains(service.CapDrop, "ALL") || !strings.Contains(strings.Join(service.Tmpfs, " "), "/tmp:exec") {
					t.Errorf("%s: %+v", service.Name, service)
				}
			}
		}
	}
}

// A setting that no node knows would keep the container from starting.
func TestANodeTakesTheSettingsOfTheComposeFiles(t *testing.T) {
	home := tsdb.Home(t)
	for _, file := range []string{"compose.yaml", "cluster.yaml"} {
		for _, service := range project(t, file).Services {
			if !strings.HasPrefix(service.Image, "tsdb:") || service.Name == "fleet" || service.Name == "certificates" {
				continue
			}
			command := tsdb.Command(home, "start", "--print-config")
			command.Env = []string{"TSDB_RECORDING=off"}
			for name, value := range service.Environment {
				command.Env = append(command.Env, name+"="+*value)
			}
			if out := tsdb.Output(t, command); strings.Contains(out, "never-to-be") {
				t.Errorf("%s: a secret is printed:\n%s", service.Name, out)
			}
		}
	}
}

// The cluster of the compose file on this machine: its own command makes the certificates, each node starts with the settings of its
// service, and they form a cluster that takes a write at one node and shows it at the others. Only names, folders and ports are others.
func TestTheClusterOfTheComposeFileKnowsItsNodes(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: the certificates are given to another user: this needs root")
	}
	home := tsdb.Home(t)
	services := project(t, "cluster.yaml").Services
	folder := t.TempDir()
	for _, mount := range services["certificates"].Volumes {
		if err := os.MkdirAll(folder+mount.Target, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	certificates := services["certificates"]
	script := strings.NewReplacer("/authority", folder+"/authority", "/certificates", folder+"/certificates", "--host $node", "--host 127.0.0.1").Replace(certificates.Command[0])
	run := func() string {
		command := exec.Command(certificates.Entrypoint[0], append(slices.Clone(certificates.Entrypoint[1:]), script)...)
		command.Env = []string{"PATH=" + filepath.Join(home, "bin") + ":/usr/bin:/bin"}
		return tsdb.Output(t, command)
	}
	run()
	if again := run(); again != "" {
		t.Errorf("a second start makes others:\n%s", again)
	}
	ports := tsdb.FreePorts(t, 6)
	replacements := []string{"/certificates", "", "tsdb-0:9301", tsdb.Address(ports[0]), "tsdb-1:9301", tsdb.Address(ports[1]), "tsdb-2:9301", tsdb.Address(ports[2])}
	var nodes []*tsdb.Node
	for i := range 3 {
		service := services[fmt.Sprintf("tsdb-%d", i)]
		if slices.ContainsFunc(service.Volumes, func(volume types.ServiceVolumeConfig) bool { return volume.Source == "authority" }) {
			t.Errorf("%s has the authority's key", service.Name)
		}
		replacements[1] = folder + "/certificates/" + service.Name
		replacer := strings.NewReplacer(append(slices.Clone(replacements), service.Name+":9302", tsdb.Address(ports[3+i]))...)
		var environment []string
		for name, value := range service.Environment {
			environment = append(environment, name+"="+replacer.Replace(*value))
		}
		owner, err := os.Stat(folder + "/certificates/" + service.Name + "/node.key")
		if err != nil || owner.Mode().Perm() != 0o600 || owner.Sys().(*syscall.Stat_t).Uid != 10001 {
			t.Errorf("the key of %s: %+v %v", service.Name, owner, err)
		}
		nodes = append(nodes, tsdb.Launch(t, home, environment, "--data="+filepath.Join(t.TempDir(), service.Name), "--http=127.0.0.1:0", "--line-tcp=off", "--disk-reserve=1MiB"))
	}
	for _, node := range nodes {
		node.AwaitReady(t)
		if strings.Contains(node.Errors(), "counts as a node") {
			t.Errorf("the ports between nodes are open:\n%s", node.Errors())
		}
	}
	tsdb.Write(t, nodes[0].URL, "home", "climate,room=kitchen temperature=21.5 1767225600")
	for _, node := range nodes {
		if rows := tsdb.Rows(t, node.URL, "home", "SELECT temperature FROM climate"); rows[0][0] != 21.5 {
			t.Errorf("rows at %s: %v", node.URL, rows)
		}
	}
}

// The load generator knows the options that the compose file gives it.
func TestTheFleetIsOneThatTheLoadGeneratorKnows(t *testing.T) {
	home := tsdb.Home(t)
	node := tsdb.Start(t, home, nil, "--data="+filepath.Join(t.TempDir(), "data"), "--http=127.0.0.1:0", "--line-tcp=off")
	var arguments []string
	for _, argument := range project(t, "compose.yaml").Services["fleet"].Command {
		switch argument {
		case "http://tsdb:8086":
			argument = node.URL
		case "24h":
			argument = "2s"
		}
		arguments = append(arguments, argument)
	}
	tsdb.Output(t, tsdb.Command(home, arguments...))
	if rows := tsdb.Rows(t, node.URL, "iot", "SELECT count(*) FROM readings"); rows[0][0].(float64) < 1 {
		t.Errorf("the fleet sent nothing: %v", rows)
	}
}

// Mosquitto with the configuration of the compose file, on a free port of loopback: what one publishes the other gets.
func TestMosquittoTakesItsConfiguration(t *testing.T) {
	mosquitto := tsdb.Tool(t, "mosquitto")
	publish, subscribe := tsdb.Tool(t, "mosquitto_pub"), tsdb.Tool(t, "mosquitto_sub")
	port := strings.TrimPrefix(tsdb.Address(tsdb.FreePorts(t, 1)[0]), "127.0.0.1:")
	text := tsdb.Read(t, "compose/mosquitto.conf")
	if !strings.Contains(text, "listener 1883\n") {
		t.Fatalf("no listener:\n%s", text)
	}
	file := filepath.Join(t.TempDir(), "mosquitto.conf")
	if err := os.WriteFile(file, []byte(strings.Replace(text, "listener 1883", "listener "+port+" 127.0.0.1", 1)), 0o644); err != nil {
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
	// kept by the broker, so that it does not matter who comes first
	tsdb.Await(t, "the broker listens", func() bool {
		return exec.Command(publish, "-h", "127.0.0.1", "-p", port, "-r", "-q", "1", "-t", "plant/hall-1/sensor-1", "-m", `{"temperature": 21.5}`).Run() == nil
	})
	listener := exec.Command(subscribe, "-h", "127.0.0.1", "-p", port, "-C", "1", "-t", "plant/+/+")
	out, err := listener.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Start(); err != nil {
		t.Fatal(err)
	}
	message, err := io.ReadAll(out)
	_ = listener.Wait()
	if err != nil || strings.TrimSpace(string(message)) != `{"temperature": 21.5}` {
		t.Errorf("got %q, %v", message, err)
	}
}
