package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/keys"
	"github.com/sluicegate/sluice/internal/config/yamltree"
	"github.com/sluicegate/sluice/internal/httpapi/listen"
)

// Config is the server's file with its defaults filled in. It is checked as a whole and
// never changes afterwards.
type Config struct {
	Listen       string
	DataDir      string
	Keys         keys.Declared // workspaces, virtual_keys and api_keys
	Configs      []savedConfig
	PromptsDir   string // "" = none
	MaxBody      int64  // bytes
	Redact       gateway.RedactPolicy
	Cache        cacheConfig
	Telemetry    telemetryConfig
	Timeouts     timeoutConfig
	TrustedHosts []string
	HTTP         listen.Config // tls, h2c, limits and trusted_proxies
	Origins      []string      // allowed_origins
}

// savedConfig is one of "configs".
type savedConfig struct {
	Slug, Name, Workspace string
	Document              json.RawMessage
}

type cacheConfig struct {
	Index    string // "memory" or "qdrant"
	MaxBytes int64  // of the memory that the tiers may hold
	Qdrant   qdrantConfig
	Embedder embedderConfig
}

type qdrantConfig struct {
	URL        string
	APIKey     gateway.Secret
	Collection string
}

// embedderConfig is the zero value for the built-in embedder.
type embedderConfig struct {
	URL        string // OpenAI-shaped, as the vendor's SDK takes it
	APIKey     gateway.Secret
	Model      string
	Dimensions int // the length of its vectors
}

func (e embedderConfig) builtin() bool { return e.URL == "" }

type telemetryConfig struct {
	Store          string         // "sqlite" or "clickhouse"
	DSN            gateway.Secret // of clickhouse
	Content        string         // "none", "redacted" or "full"
	Retention      time.Duration
	AuditRetention time.Duration // 0 = for ever
	OTLP           otlpConfig
}

type otlpConfig struct {
	Endpoint string // "" = no export
	Headers  map[string]gateway.Secret
}

// hosts are the addresses of the servers that the operator named, with their ports where
// given: they may be written to the log.
func (c *Config) hosts() []string {
	var out []string
	for _, text := range []string{c.Telemetry.OTLP.Endpoint, c.Telemetry.DSN.Reveal(), c.Cache.Qdrant.URL, c.Cache.Embedder.URL} {
		if u, err := url.Parse(text); err == nil && u.Host != "" {
			out = append(out, strings.Split(u.Host, ",")...) // a DSN may name several
			out = append(out, u.Hostname())
		}
	}
	return out
}

type timeoutConfig struct {
	Connect, FirstByte, IdleStream time.Duration
}

// defaultConfig is what `sluice serve` without a file runs on.
func defaultConfig() Config {
	return Config{
		Listen:     "127.0.0.1:8787",
		DataDir:    "./data",
		PromptsDir: "./prompts",
		MaxBody:    32 << 20,
		Cache:      cacheConfig{Index: "memory", MaxBytes: 256 << 20, Qdrant: qdrantConfig{Collection: "sluice"}},
		Telemetry:  telemetryConfig{Store: "sqlite", Content: "redacted", Retention: 30 * 24 * time.Hour},
		Timeouts:   timeoutConfig{Connect: 5 * time.Second, FirstByte: 120 * time.Second, IdleStream: 60 * time.Second},
		HTTP:       listen.Config{Limits: listen.DefaultLimits()},
	}
}

// problem is something wrong at one place of a file.
type problem = yamltree.Problem

// configValidator checks one config document, JSON. The problems' paths are those of the
// document ("config.targets[0].weight"); their lines are set where they count from 1 in it.
type configValidator func(raw []byte) []problem

// configChecks are what the file's reader asks the packages that run it. A nil one passes
// everything.
type configChecks struct {
	vendor func(id string) bool
	config configValidator
}

// configError is everything wrong with a file. It is bad usage: exit code 2.
type configError struct {
	Problems yamltree.Problems
}

func (e *configError) Error() string {
	file := ""
	if len(e.Problems) > 0 {
		file = e.Problems[0].File
	}
	_ = e.Problems.In(file) // sets File on each problem
	return fmt.Sprintf("%s in %s:\n%s", counted(len(e.Problems)), file, e.Problems.Error())
}

func (e *configError) badUsage() {}

// loadConfig reads the server's file. The error is a *configError that lists everything
// that is wrong.
func loadConfig(path string, getenv func(string) (string, bool)) (Config, error) {
	return loadConfigChecked(path, getenv, configChecks{})
}

func loadConfigChecked(path string, getenv func(string) (string, bool), checks configChecks) (Config, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return Config{}, usage("the config file cannot be read: %w", err)
	}
	return readConfig(path, raw, getenv, checks)
}

func readConfig(path string, raw []byte, getenv func(string) (string, bool), checks configChecks) (Config, error) {
	cfg := defaultConfig()
	root, ps := yamltree.Parse(raw)
	r := &configReader{checks: checks, problems: ps, filled: map[*yamltree.Node]bool{}, broken: map[*yamltree.Node]bool{}}
	if root != nil {
		root.Walk(func(n *yamltree.Node) { r.interpolate(n, getenv) })
		r.root(root, &cfg)
	}
	if len(r.problems) > 0 {
		return Config{}, &configError{Problems: r.problems.In(path)}
	}
	return cfg, nil
}

// interpolate replaces ${NAME} and ${NAME:-default} in a scalar; $${ is a literal ${.
func (r *configReader) interpolate(n *yamltree.Node, getenv func(string) (string, bool)) {
	if n.Kind != yamltree.String || !strings.Contains(n.Text, "${") {
		return
	}
	var b strings.Builder
	ok := true
	rest := n.Text
	for {
		i := strings.Index(rest, "${")
		if i < 0 {
			b.WriteString(rest)
			break
		}
		if i > 0 && rest[i-1] == '$' {
			b.WriteString(rest[:i-1] + "${")
			rest = rest[i+2:]
			continue
		}
		end := strings.IndexByte(rest[i:], '}')
		if end < 0 {
			r.bad(n, "a ${ is not closed; write $${ for the characters themselves")
			ok = false
			break
		}
		b.WriteString(rest[:i])
		value, fine := r.variable(n, rest[i+2:i+end], getenv)
		b.WriteString(value)
		ok = ok && fine
		rest = rest[i+end+1:]
	}
	if !ok {
		r.broken[n] = true
		return
	}
	r.filled[n] = true
	n.SetText(b.String())
}

func (r *configReader) variable(n *yamltree.Node, spec string, getenv func(string) (string, bool)) (string, bool) {
	name, fallback, defaulted := strings.Cut(spec, ":-")
	for i, c := range name {
		if c != '_' && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (i == 0 || c < '0' || c > '9') {
			name = ""
			break
		}
	}
	if name == "" {
		r.bad(n, "${…} needs the name of an environment variable, as in ${NAME} or ${NAME:-default}")
		return "", false
	}
	value, ok := getenv(name)
	if defaulted && value == "" {
		return fallback, true
	}
	if !ok {
		r.bad(n, "the environment variable %s is not set", name)
	}
	return value, ok
}
