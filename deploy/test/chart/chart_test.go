// Package chart renders the Helm chart and holds what comes out against the types of Kubernetes and of the Prometheus operator.
package chart

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"tsdb/deploy/test/tsdb"
)

// Everything that the chart may make, by kind: a kind that is not here fails the test, so that none goes unchecked.
func typed(kind string) any {
	switch kind {
	case "StatefulSet":
		return &apps.StatefulSet{}
	case "ConfigMap":
		return &core.ConfigMap{}
	case "Pod":
		return &core.Pod{}
	case "Service":
		return &core.Service{}
	case "ServiceAccount":
		return &core.ServiceAccount{}
	case "NetworkPolicy":
		return &networking.NetworkPolicy{}
	case "PodDisruptionBudget":
		return &policy.PodDisruptionBudget{}
	case "ServiceMonitor":
		return &monitoring.ServiceMonitor{}
	case "PrometheusRule":
		return &monitoring.PrometheusRule{}
	}
	return nil
}

func load(t *testing.T) *chart.Chart {
	t.Helper()
	loaded, err := loader.LoadDir(filepath.Join(tsdb.Deploy(), "helm", "tsdb"))
	if err != nil {
		t.Fatal(err)
	}
	if err := loaded.Validate(); err != nil {
		t.Fatal(err)
	}
	return loaded
}

func values(t *testing.T, text string) map[string]any {
	t.Helper()
	given := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &given); err != nil {
		t.Fatal(err)
	}
	return given
}

// What a release of these values is made of, by kind/name.
func render(t *testing.T, given string) map[string]any {
	t.Helper()
	loaded := load(t)
	release := common.ReleaseOptions{Name: "tsdb", Namespace: "metrics", IsInstall: true, Revision: 1}
	all, err := util.ToRenderValues(loaded, values(t, given), release, common.DefaultCapabilities)
	if err != nil {
		t.Fatal(err)
	}
	strict := engine.Engine{Strict: true}
	files, err := strict.Render(loaded, all)
	if err != nil {
		t.Fatal(err)
	}
	objects := map[string]any{}
	for name, text := range files {
		if !strings.HasSuffix(name, ".yaml") {
			continue
		}
		for _, document := range strings.Split("\n"+text, "\n---\n") {
			var head struct {
				Kind     string
				Metadata struct{ Name, Namespace string }
			}
			if err := yaml.Unmarshal([]byte(document), &head); err != nil {
				t.Fatalf("%s: %v\n%s", name, err, document)
			}
			if head.Kind == "" {
				continue
			}
			object := typed(head.Kind)
			if object == nil {
				t.Fatalf("%s: kind %s has no type here", name, head.Kind)
			}
			// an unknown or doubled field, or one of another type, is an error
			if err := yaml.UnmarshalStrict([]byte(document), object); err != nil {
				t.Fatalf("%s: %v\n%s", name, err, document)
			}
			if head.Metadata.Namespace != "metrics" {
				t.Errorf("%s: %s is in namespace %q", name, head.Metadata.Name, head.Metadata.Namespace)
			}
			objects[head.Kind+"/"+head.Metadata.Name] = object
		}
	}
	return objects
}

func get[T any](t *testing.T, objects map[string]any, name string) T {
	t.Helper()
	object, ok := objects[name].(T)
	if !ok {
		t.Fatalf("no %s in %v", name, reflect.ValueOf(objects).MapKeys())
	}
	return object
}

const everything = `
tls: {existingSecret: tsdb-tls}
cluster: {shards: 8, tls: {existingSecret: nodes}}
auth: {existingSecret: who, key: may}
config: {flush-age: 5m, line-max: 2MiB}
extraEnv: [{name: TSDB_LOG_FORMAT, value: json}]
persistence: {storageClass: fast, size: 10Gi}
priorityClassName: high
imagePullSecrets: [{name: registry}]
nodeSelector: {disk: ssd}
tolerations: [{key: dedicated, operator: Exists, effect: NoSchedule}]
podAnnotations: {a: b}
podLabels: {team: iot}
networkPolicy:
  clients: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: gateways}}}]
  monitoring: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]
serviceAccount: {annotations: {c: d}}
service: {type: LoadBalancer, annotations: {e: f}}
monitoring:
  serviceMonitor: {enabled: true, labels: {release: prometheus}, existingSecret: scraper}
  prometheusRule: {enabled: true}
  dashboards: {enabled: true}
`

func TestEveryObjectIsOneThatKubernetesKnows(t *testing.T) {
	for name, given := range map[string]string{
		"defaults":    "",
		"everything":  everything,
		"one node":    "replicas: 1",
		"without who": "auth: {enabled: false}",
		"insecure":    "cluster: {insecure: true}",
		"soft":        "antiAffinity: soft",
		"bare":        "{antiAffinity: none, topologySpread: {enabled: false}, networkPolicy: {enabled: false}, podDisruptionBudget: {enabled: false}, serviceAccount: {create: false}}",
	} {
		t.Run(name, func(t *testing.T) {
			if objects := render(t, given); objects["StatefulSet/tsdb"] == nil {
				t.Fatalf("no StatefulSet in %v", objects)
			}
		})
	}
}

func TestAClusterIsFoundByNamesThatExistBeforeItIsReady(t *testing.T) {
	objects := render(t, "")
	set := get[*apps.StatefulSet](t, objects, "StatefulSet/tsdb")
	service := get[*core.Service](t, objects, "Service/"+set.Spec.ServiceName)
	if service.Spec.ClusterIP != "None" || !service.Spec.PublishNotReadyAddresses {
		t.Errorf("the headless service: %+v", service.Spec)
	}
	if set.Spec.PodManagementPolicy != apps.ParallelPodManagement {
		t.Errorf("pods come one after another, and none gets ready alone: %s", set.Spec.PodManagementPolicy)
	}
	config := get[*core.ConfigMap](t, objects, "ConfigMap/tsdb").Data["tsdb.conf"]
	for _, line := range []string{
		"cluster = true",
		"cluster-seeds = tsdb-0.tsdb-nodes.metrics.svc:9301,tsdb-1.tsdb-nodes.metrics.svc:9301,tsdb-2.tsdb-nodes.metrics.svc:9301",
		"data = /var/lib/tsdb",
	} {
		if !strings.Contains(config, line+"\n") {
			t.Errorf("no line %q in\n%s", line, config)
		}
	}
	// how a node calls itself is how the others find it
	for _, variable := range set.Spec.Template.Spec.Containers[0].Env {
		if variable.Name == "TSDB_CLUSTER_LISTEN" && variable.Value != "$(POD_NAME).tsdb-nodes.metrics.svc:9301" {
			t.Errorf("%s is %s", variable.Name, variable.Value)
		}
	}
	if *get[*policy.PodDisruptionBudget](t, objects, "PodDisruptionBudget/tsdb").Spec.MaxUnavailable != intstr.FromInt32(1) {
		t.Error("more than one node may be away at a time")
	}
}

func TestANodeAloneIsNoCluster(t *testing.T) {
	objects := render(t, "replicas: 1")
	config := get[*core.ConfigMap](t, objects, "ConfigMap/tsdb").Data["tsdb.conf"]
	if strings.Contains(config, "cluster") || strings.Contains(config, "insecure") {
		t.Errorf("configuration of one node:\n%s", config)
	}
	if objects["PodDisruptionBudget/tsdb"] != nil {
		t.Error("a budget of one pod lets no machine be drained")
	}
}

func TestProbesAskWhatTheyAreFor(t *testing.T) {
	node := func(given string) core.Container {
		return get[*apps.StatefulSet](t, render(t, given), "StatefulSet/tsdb").Spec.Template.Spec.Containers[0]
	}
	alone, member := node("replicas: 1"), node("")
	asksReady := func(name string, probe *core.Probe) {
		if probe.HTTPGet == nil || probe.HTTPGet.Path != "/ready" || probe.HTTPGet.Port.String() != "http" || probe.HTTPGet.Scheme != core.URISchemeHTTP {
			t.Errorf("%s: %+v", name, probe)
		}
	}
	asksReady("startup of a node alone", alone.StartupProbe)
	asksReady("readiness of a node alone", alone.ReadinessProbe)
	asksReady("readiness of a member", member.ReadinessProbe)
	// a node that is busy, or without a majority, is not killed for it
	for name, want := range map[string]struct {
		probe *core.Probe
		port  string
	}{
		"liveness of a node alone": {alone.LivenessProbe, "http"},
		"startup of a member":      {member.StartupProbe, "data"},
		"liveness of a member":     {member.LivenessProbe, "data"},
	} {
		if want.probe.TCPSocket == nil || want.probe.TCPSocket.Port.String() != want.port {
			t.Errorf("%s: %+v", name, want.probe)
		}
	}
	if wait := alone.StartupProbe.PeriodSeconds * alone.StartupProbe.FailureThreshold; wait < 300 {
		t.Errorf("a start may take %d s only", wait)
	}
	if node("tls: {existingSecret: x}").ReadinessProbe.HTTPGet.Scheme != core.URISchemeHTTPS || node("{tls: {existingSecret: x}, replicas: 1}").StartupProbe.HTTPGet.Scheme != core.URISchemeHTTPS {
		t.Error("with TLS the probe asks over HTTP")
	}
}

// Why a member is not asked over HTTP whether it lives: while it waits for the others that port is closed, and the one for other nodes
// is open. Who connects there and says nothing, as a probe does, is not worth a line of the log; who says something else is.
func TestAMemberThatWaitsForTheOthersIsFoundAtItsPortForThem(t *testing.T) {
	home := tsdb.Home(t)
	folder := t.TempDir()
	tsdb.Output(t, tsdb.Command(home, "cluster", "ca", "init", "--dir", folder))
	tsdb.Output(t, tsdb.Command(home, "cluster", "ca", "issue", "--dir", folder, "--name", "node", "--host", "127.0.0.1"))
	ports := tsdb.FreePorts(t, 5)
	http, data := tsdb.Address(ports[0]), tsdb.Address(ports[2])
	node := tsdb.Launch(t, home, nil, "--data="+filepath.Join(folder, "data"), "--http="+http, "--line-tcp=off", "--cluster",
		"--cluster-raft="+tsdb.Address(ports[1]), "--cluster-listen="+data, "--cluster-seeds="+data+","+tsdb.Address(ports[3])+","+tsdb.Address(ports[4]),
		"--cluster-ca="+filepath.Join(folder, "ca.crt"), "--cluster-cert="+filepath.Join(folder, "node.crt"), "--cluster-key="+filepath.Join(folder, "node.key"))
	tsdb.Await(t, "it waits", func() bool { return strings.Contains(node.Errors(), "of 3 nodes have answered") })
	if connection, err := net.Dial("tcp", http); err == nil {
		connection.Close()
		t.Error("the HTTP port is open before there is a majority: /ready can be asked")
	}
	say := func(words string) {
		connection, err := net.Dial("tcp", data)
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		fmt.Fprint(connection, words)
		if err := connection.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		// until the node has looked at it
		_, _ = io.Copy(io.Discard, connection)
	}
	const refused = "to the data port was refused"
	say("")
	if strings.Contains(node.Errors(), refused) {
		t.Errorf("a probe is told of:\n%s", node.Errors())
	}
	say("GET / HTTP/1.1\r\n\r\n")
	tsdb.Await(t, "another stranger is told of", func() bool { return strings.Contains(node.Errors(), refused) })
}

// A number of a file of values comes as a float, which text/template writes as 1e+06.
func TestNumbersOfTheConfigurationAreWrittenOut(t *testing.T) {
	config := get[*core.ConfigMap](t, render(t, "config: {measurement-series-max: 1000000, query-rows-max: 123456789012, flush-age: 5m, lenient-types: true, fields-max: 16}"), "ConfigMap/tsdb").Data["tsdb.conf"]
	for _, line := range []string{"measurement-series-max = 1000000", "query-rows-max = 123456789012", "flush-age = 5m", "lenient-types = true", "fields-max = 16"} {
		if !strings.Contains(config, line+"\n") {
			t.Errorf("no line %q in\n%s", line, config)
		}
	}
	set := get[*apps.StatefulSet](t, render(t, "terminationGracePeriodSeconds: 1000000"), "StatefulSet/tsdb")
	if *set.Spec.Template.Spec.TerminationGracePeriodSeconds != 1000000 {
		t.Errorf("%d s", *set.Spec.Template.Spec.TerminationGracePeriodSeconds)
	}
}

func TestAPodMayDoNothingThatItDoesNotNeed(t *testing.T) {
	objects := render(t, "")
	pods := map[string]core.PodSpec{
		"node": get[*apps.StatefulSet](t, objects, "StatefulSet/tsdb").Spec.Template.Spec,
		"test": get[*core.Pod](t, objects, "Pod/tsdb-test").Spec,
	}
	for name, pod := range pods {
		security := pod.Containers[0].SecurityContext
		switch {
		case !*pod.SecurityContext.RunAsNonRoot, pod.SecurityContext.SeccompProfile.Type != core.SeccompProfileTypeRuntimeDefault:
			t.Errorf("%s: %+v", name, pod.SecurityContext)
		case *security.AllowPrivilegeEscalation, !*security.ReadOnlyRootFilesystem, fmt.Sprint(security.Capabilities.Drop) != "[ALL]":
			t.Errorf("%s: %+v", name, security)
		case *pod.AutomountServiceAccountToken:
			t.Errorf("%s has a token of Kubernetes", name)
		}
	}
	node := pods["node"]
	if *node.TerminationGracePeriodSeconds != 60 || node.Containers[0].Lifecycle.PreStop == nil {
		t.Error("a node has no time to hand over")
	}
	terms := node.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	if len(terms) != 1 || terms[0].TopologyKey != "kubernetes.io/hostname" || len(node.TopologySpreadConstraints) != 1 {
		t.Errorf("two nodes may share a machine: %+v", node.Affinity)
	}
	policy := get[*networking.NetworkPolicy](t, objects, "NetworkPolicy/tsdb").Spec
	for _, rule := range policy.Ingress {
		for _, port := range rule.Ports {
			if port.Port.String() == "raft" && (len(rule.From) != 1 || rule.From[0].PodSelector == nil) {
				t.Errorf("others than nodes reach the logs: %+v", rule)
			}
		}
	}
}

func TestSecretsAreNamedAndNeverWritten(t *testing.T) {
	objects := render(t, everything)
	for name, object := range objects {
		if strings.HasPrefix(name, "Secret/") {
			t.Errorf("the chart makes %s: %v", name, object)
		}
	}
	set := get[*apps.StatefulSet](t, objects, "StatefulSet/tsdb").Spec.Template.Spec
	found := false
	for _, variable := range set.Containers[0].Env {
		if variable.Name == "TSDB_ADMIN_TOKEN" {
			from := variable.ValueFrom.SecretKeyRef
			found = from.Name == "who" && from.Key == "may"
		}
	}
	if !found {
		t.Error("the administrator's token is not of the secret that was named")
	}
	monitor := get[*monitoring.ServiceMonitor](t, objects, "ServiceMonitor/tsdb").Spec.Endpoints[0]
	if monitor.Authorization.Credentials.Name != "scraper" || monitor.Authorization.Credentials.Key != "token" {
		t.Errorf("the scrape's token: %+v", monitor.Authorization)
	}
}

// The configuration that the chart writes is one that a node takes: with certificates of `tsdb cluster ca`, made as the page of
// operations says, and without where that is asked for.
func TestNodesKnowOneAnotherByASecret(t *testing.T) {
	objects := render(t, "cluster: {tls: {existingSecret: nodes}}")
	config := get[*core.ConfigMap](t, objects, "ConfigMap/tsdb").Data["tsdb.conf"]
	for _, line := range []string{
		"cluster-ca = /etc/tsdb-cluster/ca.crt",
		"cluster-cert = /etc/tsdb-cluster/tls.crt",
		"cluster-key = /etc/tsdb-cluster/tls.key",
	} {
		if !strings.Contains(config, line+"\n") {
			t.Errorf("no line %q in\n%s", line, config)
		}
	}
	if strings.Contains(config, "insecure") {
		t.Errorf("with certificates nothing is insecure:\n%s", config)
	}
	pod := get[*apps.StatefulSet](t, objects, "StatefulSet/tsdb").Spec.Template.Spec
	if secret := volume(t, pod, "cluster-tls").Secret; secret == nil || secret.SecretName != "nodes" || *secret.DefaultMode&0o007 != 0 {
		t.Errorf("the secret of the nodes: %+v", secret)
	}
	if mount := mount(t, pod.Containers[0], "cluster-tls"); mount.MountPath != "/etc/tsdb-cluster" || !mount.ReadOnly {
		t.Errorf("%+v", mount)
	}
	for _, other := range []string{"cluster: {insecure: true}", "replicas: 1"} {
		objects := render(t, other)
		config := get[*core.ConfigMap](t, objects, "ConfigMap/tsdb").Data["tsdb.conf"]
		if strings.Contains(config, "cluster-ca") || strings.Contains(config, "insecure = true") != strings.Contains(other, "insecure") {
			t.Errorf("%s:\n%s", other, config)
		}
	}
}

func volume(t *testing.T, pod core.PodSpec, name string) core.Volume {
	t.Helper()
	for _, one := range pod.Volumes {
		if one.Name == name {
			return one
		}
	}
	t.Fatalf("no volume %s", name)
	return core.Volume{}
}

func mount(t *testing.T, container core.Container, name string) core.VolumeMount {
	t.Helper()
	for _, one := range container.VolumeMounts {
		if one.Name == name {
			return one
		}
	}
	t.Fatalf("%s is not mounted", name)
	return core.VolumeMount{}
}

// Before a pod ends, others lead what it led: the node is asked with the administrator's token, at the address that it has.
func TestLeadersAreHandedOverBeforeAPodEnds(t *testing.T) {
	script := func(given string) string {
		lifecycle := get[*apps.StatefulSet](t, render(t, given), "StatefulSet/tsdb").Spec.Template.Spec.Containers[0].Lifecycle
		command := lifecycle.PreStop.Exec.Command
		if len(command) != 3 || command[0] != "/bin/sh" || command[1] != "-c" {
			t.Fatalf("preStop: %q", command)
		}
		return command[2]
	}
	for given, line := range map[string]string{
		"":                         "TSDB_URL=http://127.0.0.1:8086 TSDB_TOKEN=${TSDB_ADMIN_TOKEN:-} timeout 20 tsdb cluster hand-over || true\n",
		"tls: {existingSecret: x}": "TSDB_URL=https://$POD_NAME.tsdb-nodes.metrics.svc:8086 TSDB_CA=$(ls /etc/tsdb-tls/ca.crt 2>/dev/null) TSDB_TOKEN=",
	} {
		if text := script(given); !strings.Contains(text, line) || !strings.HasSuffix(text, "\nsleep 5\n") {
			t.Errorf("preStop of %q:\n%s", given, text)
		}
	}
	if text := script("replicas: 1"); strings.Contains(text, "hand-over") || !strings.HasSuffix(text, "sleep 5\n") {
		t.Errorf("preStop of a node alone:\n%s", text)
	}
	// the script is one that a shell runs to its end, also when nobody answers
	path := t.TempDir()
	asked := filepath.Join(path, "asked")
	for name, program := range map[string]string{"tsdb": `echo "$TSDB_URL $TSDB_TOKEN $*" > ` + asked + `; exit 1`, "sleep": "exit 0"} {
		if err := os.WriteFile(filepath.Join(path, name), []byte("#!/bin/sh\n"+program+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("/bin/sh", "-c", script(""))
	command.Env = []string{"PATH=" + path + ":/usr/bin:/bin", "TSDB_ADMIN_TOKEN=secret"}
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("preStop: %v %s", err, out)
	}
	if text, err := os.ReadFile(asked); err != nil || string(text) != "http://127.0.0.1:8086 secret cluster hand-over\n" {
		t.Errorf("asked: %q %v", text, err)
	}
}

func TestDataIsClaimedAndKept(t *testing.T) {
	set := get[*apps.StatefulSet](t, render(t, everything), "StatefulSet/tsdb").Spec
	claim := set.VolumeClaimTemplates[0].Spec
	size := claim.Resources.Requests[core.ResourceStorage]
	if *claim.StorageClassName != "fast" || size.String() != "10Gi" || claim.AccessModes[0] != core.ReadWriteOnce {
		t.Errorf("claim: %+v", claim)
	}
	if mount(t, set.Template.Spec.Containers[0], set.VolumeClaimTemplates[0].Name).MountPath != "/var/lib/tsdb" {
		t.Error("data is not on the claim")
	}
	if policy := set.PersistentVolumeClaimRetentionPolicy; policy.WhenDeleted != apps.RetainPersistentVolumeClaimRetentionPolicyType {
		t.Errorf("data goes with the release: %+v", policy)
	}
}

func TestNodesAreSpreadAsFarAsIsAsked(t *testing.T) {
	soft := get[*apps.StatefulSet](t, render(t, "antiAffinity: soft"), "StatefulSet/tsdb").Spec.Template.Spec.Affinity.PodAntiAffinity
	if len(soft.RequiredDuringSchedulingIgnoredDuringExecution) != 0 || len(soft.PreferredDuringSchedulingIgnoredDuringExecution) != 1 {
		t.Errorf("soft: %+v", soft)
	}
	if none := get[*apps.StatefulSet](t, render(t, "antiAffinity: none"), "StatefulSet/tsdb").Spec.Template.Spec.Affinity; none != nil {
		t.Errorf("none: %+v", none)
	}
	spread := get[*apps.StatefulSet](t, render(t, "topologySpread: {whenUnsatisfiable: DoNotSchedule}"), "StatefulSet/tsdb").Spec.Template.Spec.TopologySpreadConstraints
	if len(spread) != 1 || spread[0].TopologyKey != "topology.kubernetes.io/zone" || spread[0].MaxSkew != 1 || spread[0].WhenUnsatisfiable != core.DoNotSchedule || len(spread[0].LabelSelector.MatchLabels) != 2 {
		t.Errorf("spread: %+v", spread)
	}
}

// Who is let in by name, at which port, and whom a node dials.
func TestOnlyNodesAndNamedClientsGetThrough(t *testing.T) {
	ports := func(rules []networking.NetworkPolicyPort) string {
		var names []string
		for _, port := range rules {
			names = append(names, port.Port.String())
		}
		return strings.Join(names, ",")
	}
	policy := get[*networking.NetworkPolicy](t, render(t, everything), "NetworkPolicy/tsdb").Spec
	if len(policy.PolicyTypes) != 2 || len(policy.Ingress) != 4 || len(policy.Egress) != 2 {
		t.Fatalf("%+v", policy)
	}
	for i, want := range []struct{ from, ports string }{
		{"gateways", "http,line-tcp"}, {"tsdb-test", "http"}, {"monitoring", "http"}, {"tsdb", "data,raft"},
	} {
		rule := policy.Ingress[i]
		if len(rule.From) != 1 || !strings.Contains(fmt.Sprint(rule.From[0]), want.from) || ports(rule.Ports) != want.ports {
			t.Errorf("in: %+v", rule)
		}
	}
	if names := policy.Egress[0]; len(names.To) != 0 || ports(names.Ports) != "53,53" {
		t.Errorf("out to name servers: %+v", names)
	}
	if nodes := policy.Egress[1]; len(nodes.To) != 1 || ports(nodes.Ports) != "data,raft" {
		t.Errorf("out to nodes: %+v", nodes)
	}
	if alone := get[*networking.NetworkPolicy](t, render(t, "replicas: 1"), "NetworkPolicy/tsdb").Spec; len(alone.Ingress) != 1 || len(alone.Egress) != 1 {
		t.Errorf("a node alone: %+v", alone)
	}
}

// Whoever else may reach the nodes, `helm test` may; and no service takes its pod for a node.
func TestThePodOfHelmTestGetsThrough(t *testing.T) {
	for _, given := range []string{"", everything, "{replicas: 1, networkPolicy: {clients: [{podSelector: {matchLabels: {app: gateway}}}]}}"} {
		objects := render(t, given)
		pod := labels.Set(get[*core.Pod](t, objects, "Pod/tsdb-test").Labels)
		admitted := false
		for _, rule := range get[*networking.NetworkPolicy](t, objects, "NetworkPolicy/tsdb").Spec.Ingress {
			for _, peer := range rule.From {
				if peer.PodSelector == nil || peer.NamespaceSelector != nil {
					continue
				}
				selector, err := meta.LabelSelectorAsSelector(peer.PodSelector)
				if err != nil {
					t.Fatal(err)
				}
				admitted = admitted || selector.Matches(pod) && rule.Ports[0].Port.String() == "http"
			}
		}
		if !admitted {
			t.Errorf("%s: no rule lets %v in", given, pod)
		}
		for name, object := range objects {
			if service, ok := object.(*core.Service); ok && labels.SelectorFromSet(service.Spec.Selector).Matches(pod) {
				t.Errorf("%s sends requests to the pod of the test", name)
			}
		}
	}
}

// `helm test`: what is written through the service is read at each node.
func TestHelmTestAsksEveryNode(t *testing.T) {
	pod := get[*core.Pod](t, render(t, ""), "Pod/tsdb-test")
	if pod.Annotations["helm.sh/hook"] != "test" || pod.Spec.RestartPolicy != core.RestartPolicyNever {
		t.Errorf("%+v", pod.ObjectMeta)
	}
	container := pod.Spec.Containers[0]
	environment := map[string]string{}
	for _, variable := range container.Env {
		environment[variable.Name] = variable.Value
	}
	if environment["SERVICE"] != "http://tsdb.metrics.svc:8086" || environment["NODES"] != "http://tsdb-0.tsdb-nodes.metrics.svc:8086 http://tsdb-1.tsdb-nodes.metrics.svc:8086 http://tsdb-2.tsdb-nodes.metrics.svc:8086" {
		t.Errorf("%v", environment)
	}
	// the script itself, against a real node that asks for the token
	tsdb.Tool(t, "curl")
	const secret = "tsdb_helm_0123456789abcdef0123456789abcdef"
	home := tsdb.Home(t)
	node := tsdb.Start(t, home, []string{"TSDB_ADMIN_TOKEN=" + secret}, "--data="+filepath.Join(t.TempDir(), "data"), "--http=127.0.0.1:0", "--line-tcp=off", "--auth=true", "--disk-reserve=1MiB")
	run := func(nodes, token string) error {
		command := exec.Command(container.Command[0], container.Command[1:]...)
		command.Env = []string{"PATH=" + os.Getenv("PATH"), "SERVICE=" + node.URL, "NODES=" + nodes, "TOKEN=" + token}
		out, err := command.CombinedOutput()
		t.Logf("%v\n%s", err, out)
		return err
	}
	if run(node.URL+" "+node.URL, secret) != nil {
		t.Error("it fails at a node that is well")
	}
	if run(node.URL+" http://127.0.0.1:1", secret) == nil {
		t.Error("it passes with a node that is away")
	}
}

func TestRulesAndDashboardsAreThoseOfTheTree(t *testing.T) {
	objects := render(t, everything)
	var file monitoring.PrometheusRuleSpec
	if err := yaml.UnmarshalStrict([]byte(tsdb.Read(t, "prometheus/alerts.yml")), &file); err != nil {
		t.Fatal(err)
	}
	rules := get[*monitoring.PrometheusRule](t, objects, "PrometheusRule/tsdb").Spec
	if !reflect.DeepEqual(rules, file) || len(rules.Groups) == 0 {
		t.Errorf("the chart's rules are not deploy/prometheus/alerts.yml")
	}
	linked := get[*monitoring.PrometheusRule](t, render(t, "monitoring: {prometheusRule: {enabled: true, runbookUrl: 'https://git.example/runbook/'}}"), "PrometheusRule/tsdb").Spec
	for _, group := range linked.Groups {
		for _, rule := range group.Rules {
			if link := rule.Annotations["runbook_url"]; link != "https://git.example/runbook/"+rule.Alert+".md" {
				t.Errorf("%s has the page %q", rule.Alert, link)
			}
			delete(rule.Annotations, "runbook_url")
		}
	}
	if !reflect.DeepEqual(linked, file) {
		t.Errorf("with links to their pages the rules are others: %+v", linked)
	}
	for _, name := range []string{"fleet", "node", "sensors"} {
		text := get[*core.ConfigMap](t, objects, "ConfigMap/tsdb-"+name).Data[name+".json"]
		if strings.TrimSpace(text) != strings.TrimSpace(tsdb.Read(t, "../grafana-datasource/src/dashboards/"+name+".json")) {
			t.Errorf("dashboard %s is another", name)
		}
	}
}

func TestTheSchemaRefusesWhatCannotWork(t *testing.T) {
	for given, names := range map[string]string{
		"replicas: 2":     "replicas",
		"replicas: many":  "replicas",
		"nameOverride: x": "nameOverride",
		"monitoring: {prometheusRule: {runbookUrl: deploy/docs}}": "runbookUrl",
		"replica: 3": "replica",
		"auth: {enabled: true, existingSecret: ''}":              "existingSecret",
		"config: {cluster-seeds: x}":                             "cluster-seeds",
		"persistence: {size: 50 gigabytes}":                      "size",
		"antiAffinity: sometimes":                                "antiAffinity",
		"cluster: {tls: {existingSecret: ''}}":                   "cluster",
		"cluster: {shards: 65}":                                  "shards",
		"config: {cluster-ca: x}":                                "cluster-ca",
		"terminationGracePeriodSeconds: 5":                       "terminationGracePeriodSeconds",
		"monitoring: {serviceMonitor: {interval: never}}":        "interval",
		"persistence: {size: 1Gi, accessModes: [ReadWriteMany]}": "accessModes",
	} {
		loaded := load(t)
		_, err := util.ToRenderValues(loaded, values(t, given), common.ReleaseOptions{Name: "tsdb", Namespace: "metrics"}, common.DefaultCapabilities)
		if err == nil || !strings.Contains(err.Error(), names) {
			t.Errorf("%s: %v", given, err)
		}
	}
}

// A value that the schema allows and no template reads would be a wish that nobody hears of.
func TestEveryValueIsReadByATemplateAndHasADefault(t *testing.T) {
	loaded := load(t)
	templates := ""
	for _, file := range loaded.Templates {
		templates += string(file.Data)
	}
	var schema map[string]any
	if err := yaml.Unmarshal(loaded.Schema, &schema); err != nil {
		t.Fatal(err)
	}
	// also when a whole branch is passed on: toYaml .Values.a, with .Values.a
	isRead := func(path []string) bool {
		for depth := range path {
			name := `\.Values\.` + strings.Join(path[:depth+1], `\.`)
			if depth+1 == len(path) && regexp.MustCompile(name+`\b`).MatchString(templates) || regexp.MustCompile(`(toYaml|with) `+name+`[^.\w]`).MatchString(templates) {
				return true
			}
		}
		return false
	}
	leaves := 0
	var walk func(path []string, at, defaults map[string]any)
	walk = func(path []string, at, defaults map[string]any) {
		for name, below := range at["properties"].(map[string]any) {
			// what charts above this one share with it
			if len(path) == 0 && name == "global" {
				continue
			}
			here := append(slices.Clone(path), name)
			value, ok := defaults[name]
			if !ok {
				t.Errorf("%s is not in values.yaml", strings.Join(here, "."))
				continue
			}
			next := below.(map[string]any)
			if values, isBranch := value.(map[string]any); isBranch && next["properties"] != nil {
				walk(here, next, values)
				continue
			}
			leaves++
			if !isRead(here) {
				t.Errorf("no template reads %s", strings.Join(here, "."))
			}
		}
	}
	walk(nil, schema, loaded.Values)
	if leaves < 50 {
		t.Fatalf("%d values", leaves)
	}
}

// The authority of the nodes' certificates is where the values say, and nobody's word is taken unless they say so.
func TestTheScrapeBelievesWhomItIsTold(t *testing.T) {
	scrape := func(more string) *monitoring.TLSConfig {
		given := "{tls: {existingSecret: web}, monitoring: {serviceMonitor: {enabled: true" + more + "}}}"
		config := get[*monitoring.ServiceMonitor](t, render(t, given), "ServiceMonitor/tsdb").Spec.Endpoints[0].TLSConfig
		if *config.ServerName != "tsdb.metrics.svc" {
			t.Errorf("%+v", config)
		}
		return config
	}
	for more, want := range map[string]string{
		"": "web ca.crt",
		", ca: {existingSecret: authority, key: root.pem}": "authority root.pem",
	} {
		config := scrape(more)
		if secret := config.CA.Secret; secret == nil || secret.Name+" "+secret.Key != want || config.InsecureSkipVerify != nil {
			t.Errorf("%q: %+v", more, config)
		}
	}
	if config := scrape(", ca: {key: ''}"); config.CA.Secret != nil || config.InsecureSkipVerify != nil {
		t.Errorf("an authority of the system: %+v", config)
	}
	if config := scrape(", insecureSkipVerify: true"); config.CA.Secret != nil || !*config.InsecureSkipVerify {
		t.Errorf("whoever answers: %+v", config)
	}
}

func TestTheVersionIsTheOneOfTheBuild(t *testing.T) {
	if metadata := load(t).Metadata; metadata.AppVersion != tsdb.Version(t) || metadata.Version != tsdb.Version(t) {
		t.Errorf("chart %s of tsdb %s, this is %s", metadata.Version, metadata.AppVersion, tsdb.Version(t))
	}
}
