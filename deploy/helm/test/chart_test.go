// Package chart renders the chart with Helm's own engine. It is a module of its own, so that
// Sluice does not depend on Helm and Kubernetes.
package chart

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

// shared are values that name every store.
const shared = `
postgres: {dsn: "postgres://sluice:${POSTGRES_PASSWORD}@postgres:5432/sluice"}
redis: {url: "redis://:${REDIS_PASSWORD}@redis:6379/0"}
qdrant: {url: "http://qdrant:6334", apiKey: "${QDRANT_API_KEY}"}
clickhouse: {dsn: "clickhouse://sluice:${CLICKHOUSE_PASSWORD}@clickhouse:9000/sluice"}
`

// render renders the chart and decodes each object into its Kubernetes type. A field that the
// type does not have fails the test.
func render(t *testing.T, values string) (objects map[string]any, err error) {
	t.Helper()
	c, err := loader.Load("../sluice")
	if err != nil {
		t.Fatal(err)
	}
	v := map[string]any{}
	if err := yaml.Unmarshal([]byte(values), &v); err != nil {
		t.Fatal(err)
	}
	all, err := chartutil.ToRenderValues(c, v, chartutil.ReleaseOptions{Name: "gate", Namespace: "llm", IsInstall: true}, chartutil.DefaultCapabilities)
	if err != nil {
		return nil, err
	}
	files, err := engine.Render(c, all)
	if err != nil {
		return nil, err
	}
	objects = map[string]any{}
	for name, text := range files {
		if strings.HasSuffix(name, "NOTES.txt") {
			objects["notes"] = text
			continue
		}
		for _, document := range strings.Split(text, "\n---\n") {
			if strings.TrimSpace(document) != "" {
				decode(t, objects, document)
			}
		}
	}
	return objects, nil
}

func decode(t *testing.T, objects map[string]any, document string) {
	t.Helper()
	var head struct {
		Kind     string
		Metadata struct{ Name string }
	}
	if err := yaml.Unmarshal([]byte(document), &head); err != nil {
		t.Fatalf("%v in\n%s", err, document)
	}
	kinds := map[string]any{"ConfigMap": &core.ConfigMap{}, "StatefulSet": &apps.StatefulSet{}, "Service": &core.Service{}, "Ingress": &networking.Ingress{},
		"PodDisruptionBudget": &policy.PodDisruptionBudget{}, "HorizontalPodAutoscaler": &autoscaling.HorizontalPodAutoscaler{}, "ServiceMonitor": &map[string]any{}}
	object := kinds[head.Kind]
	if object == nil {
		t.Fatalf("the kind %q is not expected", head.Kind)
	}
	if err := yaml.UnmarshalStrict([]byte(document), object); err != nil {
		t.Fatalf("%v in\n%s", err, document)
	}
	objects[head.Kind+"/"+head.Metadata.Name] = object
}

func mustRender(t *testing.T, values string) map[string]any {
	t.Helper()
	objects, err := render(t, values)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

func TestThreeReplicas(t *testing.T) {
	o := mustRender(t, shared)
	set := o["StatefulSet/gate-sluice"].(*apps.StatefulSet)
	pod := set.Spec.Template.Spec
	c := pod.Containers[0]
	if *set.Spec.Replicas != 3 || !reflect.DeepEqual(set.Spec.Selector.MatchLabels, o["Service/gate-sluice"].(*core.Service).Spec.Selector) {
		t.Error("three pods, and the service selects them")
	}
	for key, value := range set.Spec.Selector.MatchLabels {
		if set.Spec.Template.Labels[key] != value {
			t.Errorf("the pods have no label %s=%s", key, value)
		}
	}
	if set.Spec.ServiceName != "gate-sluice-pods" || o["Service/gate-sluice-pods"] == nil {
		t.Error("the set's own service is missing")
	}
	if c.LivenessProbe.HTTPGet.Path != "/healthz" || c.ReadinessProbe.HTTPGet.Path != "/readyz" || c.StartupProbe == nil {
		t.Error("the probes")
	}
	if !*pod.SecurityContext.RunAsNonRoot || *c.SecurityContext.AllowPrivilegeEscalation || !*c.SecurityContext.ReadOnlyRootFilesystem || *pod.AutomountServiceAccountToken {
		t.Error("the pod may do more than it needs to")
	}
	if c.EnvFrom[0].SecretRef.Name != "sluice" || c.Image != "ghcr.io/sluicegate/sluice:0.1.0" || pod.Affinity.PodAntiAffinity == nil {
		t.Errorf("%+v", c)
	}
	if b := o["PodDisruptionBudget/gate-sluice"].(*policy.PodDisruptionBudget); b.Spec.MaxUnavailable.IntValue() != 1 || b.Spec.Selector == nil {
		t.Error("the disruption budget")
	}
	for _, absent := range []string{"Ingress/gate-sluice", "HorizontalPodAutoscaler/gate-sluice", "ServiceMonitor/gate-sluice"} {
		if o[absent] != nil {
			t.Errorf("%s is rendered", absent)
		}
	}
	changed := mustRender(t, shared+"config: {max_body: 1MiB}")["StatefulSet/gate-sluice"].(*apps.StatefulSet)
	if changed.Spec.Template.Annotations["checksum/config"] == set.Spec.Template.Annotations["checksum/config"] {
		t.Error("a changed file does not restart the pods")
	}
}

func TestOptions(t *testing.T) {
	o := mustRender(t, shared+`
autoscaling: {enabled: true, maxReplicas: 7}
serviceMonitor: {enabled: true, labels: {release: prometheus}}
ingress: {enabled: true, className: nginx, hosts: [gateway.example.com], tls: [{secretName: tls, hosts: [gateway.example.com]}]}
`)
	h := o["HorizontalPodAutoscaler/gate-sluice"].(*autoscaling.HorizontalPodAutoscaler)
	if h.Spec.ScaleTargetRef.Kind != "StatefulSet" || h.Spec.MaxReplicas != 7 || o["StatefulSet/gate-sluice"].(*apps.StatefulSet).Spec.Replicas != nil {
		t.Error("the autoscaler and the set both set the number of pods")
	}
	i := o["Ingress/gate-sluice"].(*networking.Ingress)
	if r := i.Spec.Rules[0]; r.Host != "gateway.example.com" || r.HTTP.Paths[0].Backend.Service.Name != "gate-sluice" || *i.Spec.IngressClassName != "nginx" {
		t.Errorf("%+v", i.Spec)
	}
	raw, _ := json.Marshal(o["ServiceMonitor/gate-sluice"])
	if !strings.Contains(string(raw), `"path":"/metrics"`) || !strings.Contains(string(raw), `"release":"prometheus"`) {
		t.Errorf("%s", raw)
	}
}

// TestEnd: a pod that ends serves until the cluster has noticed, and is not killed before it has drained.
func TestEnd(t *testing.T) {
	for _, c := range []struct {
		values, file string
		grace        int64
	}{
		{"", "drain:\n  delay: 5s\n", 60},
		{"drainDelaySeconds: 30", "drain:\n  delay: 30s\n", 70},
		{"terminationGracePeriodSeconds: 10", "drain:\n  delay: 5s\n", 45},
		{"drainDelaySeconds: 0\nterminationGracePeriodSeconds: 120", "", 120},
	} {
		o := mustRender(t, shared+c.values)
		pod := o["StatefulSet/gate-sluice"].(*apps.StatefulSet).Spec.Template.Spec
		file := o["ConfigMap/gate-sluice"].(*core.ConfigMap).Data["sluice.yaml"]
		if *pod.TerminationGracePeriodSeconds != c.grace || !strings.Contains(file, c.file) || strings.Contains(file, "drain:") != (c.file != "") {
			t.Errorf("%q: %d s\n%s", c.values, *pod.TerminationGracePeriodSeconds, file)
		}
		if pod.Containers[0].Lifecycle != nil {
			t.Error("the image has no program for a hook")
		}
	}
}

// TestOneReplica: a single replica needs no other server.
func TestOneReplica(t *testing.T) {
	o := mustRender(t, "replicaCount: 1")
	if o["PodDisruptionBudget/gate-sluice"] != nil || !strings.Contains(o["notes"].(string), "counts rate limits by itself") {
		t.Error("a disruption budget for one pod, or no notes")
	}
}

// TestFiles: Sluice itself accepts the files that the chart writes.
func TestFiles(t *testing.T) {
	for name, values := range map[string]string{"shared": shared, "one": "replicaCount: 1",
		"own": shared + "config: {redact: {input: [email]}, telemetry: {retention: 7d}, virtual_keys: [{name: a, provider: openai, api_key: \"${OPENAI_API_KEY}\"}]}"} {
		text := mustRender(t, values)["ConfigMap/gate-sluice"].(*core.ConfigMap).Data["sluice.yaml"]
		file := filepath.Join(t.TempDir(), "sluice.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("go", "run", "-trimpath", "./cmd/sluice", "check", file) // the flags of make build, to share its build cache
		cmd.Dir = "../../.."
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "POSTGRES_PASSWORD=a", "REDIS_PASSWORD=b", "QDRANT_API_KEY=c", "CLICKHOUSE_PASSWORD=d", "OPENAI_API_KEY=e")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s\n%s", name, err, out, text)
		}
		if name == "own" && (!strings.Contains(text, "retention: 7d") || !strings.Contains(text, "store: clickhouse")) {
			t.Errorf("own settings replace those of the chart:\n%s", text)
		}
	}
}

// TestBadValues: mistakes are refused with the name of the value.
func TestBadValues(t *testing.T) {
	for values, want := range map[string]string{
		"":                                     "postgres.dsn",
		"postgres: {dsn: x}":                   "clickhouse.dsn",
		shared + "replicas: 2":                 "replicas",
		shared + "replicaCount: 0":             "replicaCount",
		shared + "replicaCount: three":         "replicaCount",
		shared + "secret: {name: \"\"}":        "secret",
		shared + "ingress: {enabled: true}":    "ingress.hosts",
		shared + "service: {type: Everywhere}": "service",
		shared + "autoscaling: {enabled: true, maxReplicas: 2}": "maxReplicas",
	} {
		if _, err := render(t, values); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", values, err)
		}
	}
}
