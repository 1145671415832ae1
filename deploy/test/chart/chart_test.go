// Package chart renders the Helm chart and holds what comes out against the types of Kubernetes and of the Prometheus operator.
package chart

import (
	"fmt"
	"path/filepath"
	"reflect"
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
	container := get[*apps.StatefulSet](t, render(t, ""), "StatefulSet/tsdb").Spec.Template.Spec.Containers[0]
	for name, probe := range map[string]*core.Probe{"startup": container.StartupProbe, "readiness": container.ReadinessProbe} {
		if probe.HTTPGet == nil || probe.HTTPGet.Path != "/ready" || probe.HTTPGet.Scheme != core.URISchemeHTTP {
			t.Errorf("%s: %+v", name, probe)
		}
	}
	// a node that is busy, or without a majority, is not killed for it
	if container.LivenessProbe.TCPSocket == nil {
		t.Errorf("liveness: %+v", container.LivenessProbe)
	}
	if wait := container.StartupProbe.PeriodSeconds * container.StartupProbe.FailureThreshold; wait < 300 {
		t.Errorf("a start may take %d s only", wait)
	}
	secure := get[*apps.StatefulSet](t, render(t, "tls: {existingSecret: x}"), "StatefulSet/tsdb").Spec.Template.Spec.Containers[0]
	if secure.ReadinessProbe.HTTPGet.Scheme != core.URISchemeHTTPS {
		t.Error("with TLS the probe asks over HTTP")
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
	for _, name := range []string{"fleet", "node", "sensors"} {
		text := get[*core.ConfigMap](t, objects, "ConfigMap/tsdb-"+name).Data[name+".json"]
		if strings.TrimSpace(text) != strings.TrimSpace(tsdb.Read(t, "../grafana-datasource/src/dashboards/"+name+".json")) {
			t.Errorf("dashboard %s is another", name)
		}
	}
}

func TestTheSchemaRefusesWhatCannotWork(t *testing.T) {
	for given, names := range map[string]string{
		"replicas: 2":    "replicas",
		"replicas: many": "replicas",
		"replica: 3":     "replica",
		"auth: {enabled: true, existingSecret: ''}":              "existingSecret",
		"config: {cluster-seeds: x}":                             "cluster-seeds",
		"persistence: {size: 50 gigabytes}":                      "size",
		"antiAffinity: sometimes":                                "antiAffinity",
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

func TestTheVersionIsTheOneOfTheBuild(t *testing.T) {
	if metadata := load(t).Metadata; metadata.AppVersion != tsdb.Version(t) || metadata.Version != tsdb.Version(t) {
		t.Errorf("chart %s of tsdb %s, this is %s", metadata.Version, metadata.AppVersion, tsdb.Version(t))
	}
}
