// Package deploy_test checks the structure of the deployment files, because no container
// engine is available in the tests. It does not replace starting them.
package deploy_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// composition holds the parts of compose.yaml that the tests read.
type composition struct {
	Name     string             `yaml:"name"`
	Services map[string]service `yaml:"services"`
	Volumes  map[string]any     `yaml:"volumes"`
}

type service struct {
	Image       string               `yaml:"image"`
	Build       *build               `yaml:"build"`
	Command     []string             `yaml:"command"`
	Environment map[string]string    `yaml:"environment"`
	Ports       []string             `yaml:"ports"`
	Volumes     []string             `yaml:"volumes"`
	DependsOn   map[string]condition `yaml:"depends_on"`
	Ulimits     map[string]any       `yaml:"ulimits"`
	Healthcheck *healthcheck         `yaml:"healthcheck"`
	Profiles    []string             `yaml:"profiles"`
	Restart     string               `yaml:"restart"`
	StopGrace   string               `yaml:"stop_grace_period"`
}

type build struct {
	Context    string `yaml:"context"`
	Dockerfile string `yaml:"dockerfile"`
}

type condition struct {
	Condition string `yaml:"condition"`
}

type healthcheck struct {
	Test     []string `yaml:"test"`
	Interval string   `yaml:"interval"`
	Retries  int      `yaml:"retries"`
}

func read(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func compose(t *testing.T) composition {
	t.Helper()
	var c composition
	if err := yaml.UnmarshalWithOptions([]byte(read(t, "compose.yaml")), &c, yaml.Strict()); err != nil {
		t.Fatal(yaml.FormatError(err, false, true))
	}
	return c
}

// secretValue matches a literal secret where a reference is expected.
var secretValue = regexp.MustCompile(`(?i)(password|secret|token|api_key|master_key)\w*["']?\s*[:=]\s*["']?[^\s"'$,}{<]`)

func TestDockerfile(t *testing.T) {
	text := read(t, "Dockerfile")
	var lines []string
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			lines = append(lines, l)
		}
	}
	last := lines[slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "FROM ") && !strings.Contains(l, " AS ") }):]
	has := func(where []string, part string) bool {
		return slices.ContainsFunc(where, func(l string) bool { return strings.Contains(l, part) })
	}
	for _, want := range []string{"CGO_ENABLED=0", "go build", "-tags grpcnotrace", "./cmd/sluice", "COPY go.mod go.sum"} {
		if !has(lines, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, want := range []string{"USER nonroot", "EXPOSE 8787", "ENTRYPOINT [\"/usr/local/bin/sluice\"]", "COPY --from=build", "VOLUME /var/lib/sluice", "0.0.0.0:8787"} {
		if !has(last, want) {
			t.Errorf("the last stage has no %q", want)
		}
	}
	if !strings.Contains(last[0], "static") && last[0] != "FROM scratch" {
		t.Errorf("the image is based on more than a static binary needs: %s", last[0])
	}
	if has(last, "RUN ") {
		t.Error("the last stage runs something, and it has no shell")
	}
	if has(lines, "USER root") || has(lines, ":latest") {
		t.Error("root, or an image that changes under its name")
	}
	for _, l := range lines {
		if strings.HasPrefix(l, "ENV ") || strings.HasPrefix(l, "ARG ") || secretValue.MatchString(l) {
			t.Errorf("may hold a secret: %s", l)
		}
	}
	ignored := read(t, "../.dockerignore")
	for _, want := range []string{"data", ".git"} {
		if !slices.Contains(strings.Fields(ignored), want) {
			t.Errorf(".dockerignore lets %s into the build", want)
		}
	}
}

func TestCompose(t *testing.T) {
	c := compose(t)
	for _, name := range []string{"sluice", "clickhouse", "qdrant", "grafana", "postgres"} {
		if _, ok := c.Services[name]; !ok {
			t.Errorf("no service %s", name)
		}
	}
	for name, s := range c.Services {
		switch {
		case s.Image == "" && s.Build == nil:
			t.Errorf("%s has neither an image nor a build", name)
		case s.Build != nil:
			if _, err := os.Stat(filepath.Join(s.Build.Context, s.Build.Dockerfile)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		default:
			if _, tag, ok := strings.Cut(s.Image, ":"); !ok || tag == "latest" {
				t.Errorf("%s: the image %s has no version", name, s.Image)
			}
		}
		for other, on := range s.DependsOn {
			o, ok := c.Services[other]
			if !ok {
				t.Errorf("%s depends on %s, which is not there", name, other)
			}
			if on.Condition == "service_healthy" && o.Healthcheck == nil {
				t.Errorf("%s waits for the health of %s, which has no check", name, other)
			}
		}
		for _, v := range s.Volumes {
			checkVolume(t, c, name, v)
		}
		for key, value := range s.Environment {
			if regexp.MustCompile(`(?i)password|key|secret|token`).MatchString(key) && !strings.HasPrefix(value, "${") {
				t.Errorf("%s: the value of %s stands in the file", name, key)
			}
		}
	}
	for _, inside := range []string{"clickhouse", "qdrant"} {
		if len(c.Services[inside].Ports) > 0 {
			t.Errorf("%s is reachable from outside", inside)
		}
	}
}

// checkVolume checks that a named volume is declared, and that a mounted file or folder is
// in the repository and read-only.
func checkVolume(t *testing.T, c composition, name, v string) {
	t.Helper()
	source, rest, _ := strings.Cut(v, ":")
	if !strings.HasPrefix(source, ".") {
		if _, ok := c.Volumes[source]; !ok {
			t.Errorf("%s: the volume %s is not declared", name, source)
		}
		return
	}
	if _, err := os.Stat(source); err != nil {
		t.Errorf("%s mounts what is not there: %v", name, err)
	}
	if !strings.HasSuffix(rest, ":ro") {
		t.Errorf("%s: %s can be written to", name, v)
	}
}

// TestServerFile parses the server's file with the product's reader, with the environment of
// compose.yaml.
func TestServerFile(t *testing.T) {
	c := compose(t)
	cmd := exec.Command("go", "run", "-trimpath", "../cmd/sluice", "check", "sluice.yaml") // the flags of make build, to share its build cache
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	for name := range c.Services["sluice"].Environment {
		cmd.Env = append(cmd.Env, name+"=0123456789abcdef")
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text := read(t, "sluice.yaml")
	for _, host := range regexp.MustCompile(`(?:://|@)([a-z]+):\d+`).FindAllStringSubmatch(text, -1) {
		if _, ok := c.Services[host[1]]; !ok {
			t.Errorf("sluice.yaml names the host %s, which is no service", host[1])
		}
	}
	s := c.Services["sluice"]
	if file := s.Command[slices.Index(s.Command, "--config")+1]; !slices.ContainsFunc(s.Volumes, func(v string) bool { return strings.HasPrefix(v, "./sluice.yaml:"+file) }) {
		t.Errorf("the server is started with %s, which is not mounted", file)
	}
}

// TestGrafana checks that provisioned files are mounted where Grafana reads them, that their
// environment variables are set, and that every dashboard uses an existing datasource.
func TestGrafana(t *testing.T) {
	c := compose(t)
	g := c.Services["grafana"]
	mounted := func(source string) string {
		for _, v := range g.Volumes {
			if rest, ok := strings.CutPrefix(v, source+":"); ok {
				return strings.TrimSuffix(rest, ":ro")
			}
		}
		t.Fatalf("grafana does not mount %s", source)
		return ""
	}
	if at := mounted("./grafana/provisioning"); at != "/etc/grafana/provisioning" {
		t.Errorf("provisioning is mounted at %s", at)
	}
	var providers struct {
		Providers []struct {
			Options struct {
				Path string `yaml:"path"`
			} `yaml:"options"`
		} `yaml:"providers"`
	}
	if err := yaml.Unmarshal([]byte(read(t, "grafana/provisioning/dashboards/sluice.yaml")), &providers); err != nil || len(providers.Providers) == 0 {
		t.Fatal("no provider of dashboards", err)
	}
	if at, looks := mounted("./grafana/dashboards"), providers.Providers[0].Options.Path; at != looks {
		t.Errorf("dashboards are mounted at %s, and Grafana looks in %s", at, looks)
	}

	text := read(t, "grafana/provisioning/datasources/clickhouse.yaml")
	for _, v := range regexp.MustCompile(`\$\{(\w+)\}`).FindAllStringSubmatch(text, -1) {
		if _, ok := g.Environment[v[1]]; !ok {
			t.Errorf("the datasource takes %s from the environment, and compose.yaml does not give it", v[1])
		}
	}
	var sources struct {
		Datasources []struct {
			UID      string `yaml:"uid"`
			Type     string `yaml:"type"`
			JSONData struct {
				Username string `yaml:"username"`
			} `yaml:"jsonData"`
		} `yaml:"datasources"`
	}
	if err := yaml.Unmarshal([]byte(text), &sources); err != nil || len(sources.Datasources) != 1 {
		t.Fatal("no datasource", err)
	}
	source := sources.Datasources[0]
	if !strings.Contains(g.Environment["GF_INSTALL_PLUGINS"], source.Type) {
		t.Errorf("the plugin %s is not installed", source.Type)
	}
	checkUser(t, c, source.JSONData.Username)

	boards, err := filepath.Glob("grafana/dashboards/*.json")
	if err != nil || len(boards) == 0 {
		t.Fatal("no dashboard", err)
	}
	for _, b := range boards {
		raw := read(t, b)
		if !json.Valid([]byte(raw)) || !strings.Contains(raw, source.Type) {
			t.Errorf("%s is no JSON, or asks another datasource", b)
		}
	}
}

// checkUser checks that Grafana's ClickHouse user is the server's own, or one that a mounted
// file creates with a password from the environment.
func checkUser(t *testing.T, c composition, user string) {
	t.Helper()
	ch := c.Services["clickhouse"]
	if user == ch.Environment["CLICKHOUSE_USER"] {
		return
	}
	files, err := filepath.Glob("clickhouse/users.d/*.xml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text := read(t, f)
		if !strings.Contains(text, "<"+user+">") {
			continue
		}
		if !slices.ContainsFunc(ch.Volumes, func(v string) bool {
			return strings.HasPrefix(v, "./clickhouse/users.d:") || strings.HasPrefix(v, "./"+filepath.ToSlash(f)+":")
		}) {
			t.Errorf("%s makes the user %s, and compose.yaml does not mount it", f, user)
		}
		for _, m := range regexp.MustCompile(`from_env="(\w+)"`).FindAllStringSubmatch(text, -1) {
			if _, ok := ch.Environment[m[1]]; !ok {
				t.Errorf("%s takes %s from the environment, and compose.yaml does not give it", f, m[1])
			}
		}
		return
	}
	t.Errorf("nothing makes the user %s in ClickHouse", user)
}
