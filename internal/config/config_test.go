package config

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/internal/goldentest"
)

// envLines reads NAME=value lines.
func envLines(text string) func(string) (string, bool) {
	vars := map[string]string{}
	for _, line := range strings.Split(text, "\n") {
		if name, value, ok := strings.Cut(line, "="); ok {
			vars[name] = value
		}
	}
	return func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
}

// fakeValidator finds one fault in a config document.
func fakeValidator(raw []byte) []Problem {
	var doc struct {
		Targets []struct {
			Weight *float64 `json:"weight"`
		} `json:"targets"`
	}
	var out []Problem
	if err := json.Unmarshal(raw, &doc); err != nil {
		return []Problem{{Path: "config", Message: "must be a config"}}
	}
	for i, target := range doc.Targets {
		if target.Weight != nil && *target.Weight < 0 {
			out = append(out, Problem{Path: "config.targets[" + string(rune('0'+i)) + "].weight", Message: "must be 0 or more"})
		}
	}
	return out
}

var fakeChecks = Checks{Vendor: func(id string) bool { return id == "openai" || id == "anthropic" }, Config: fakeValidator, Now: func() time.Time { return time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC) }}

// TestFile reads testdata: the file and its environment in, the Config or the problems
// out.
func TestFile(t *testing.T) {
	goldentest.Run(t, "testdata/*.txtar", func(t *testing.T, in *txtar.Archive) *txtar.Archive {
		out := &txtar.Archive{Comment: in.Comment}
		for _, f := range in.Files {
			if f.Name == "sluice.yaml" || f.Name == "env" {
				out.Files = append(out.Files, f)
			}
		}
		env := envLines(string(goldentest.Section(in, "env")))
		cfg, err := Read("sluice.yaml", goldentest.Section(in, "sluice.yaml"), env, fakeChecks)
		if err != nil {
			out.Files = append(out.Files, txtar.File{Name: "problems", Data: []byte(err.Error() + "\n")})
			return out
		}
		b, err := json.MarshalIndent(cfg, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		out.Files = append(out.Files, txtar.File{Name: "config.json", Data: append(b, '\n')})
		return out
	})
}

// TestConfigSecrets: a value from the environment reaches its setting and no message.
func TestConfigSecrets(t *testing.T) {
	env := envLines("KEY=0123456789\nCI=canary-ci-key\nPW=canary-password\n")
	cfg, err := Read("f", []byte("virtual_keys:\n- {name: a, provider: openai, api_key: \"${KEY}\"}\n- name: b\n  provider: openai\n  api_key: ${KEY}\n"+
		"- {name: c, provider: openai, api_key: none}\napi_keys: [{name: ci, key: \"${CI}\"}]\n"+
		"telemetry: {store: clickhouse, dsn: \"clickhouse://u:${PW}@h:9000/db\"}"), env, Checks{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"0123456789", "0123456789", "none"} {
		if got := cfg.VirtualKeys[i].Credential.Reveal(); got != want {
			t.Errorf("virtual key %d: credential %q, want %q", i, got, want)
		}
	}
	if cfg.Identity.APIKeys[0].Key.Reveal() != "canary-ci-key" || cfg.Telemetry.DSN.Reveal() != "clickhouse://u:canary-password@h:9000/db" {
		t.Error("a secret did not arrive")
	}
	_, err = Read("f", []byte("listen: ${PW}\nmax_body: ${PW}\nredact: {input: ['${PW}']}\ntimeouts: {connect: '${PW}'}\ncontrol: {store: '${PW}'}\n"+
		"virtual_keys: [{name: '${PW}!', provider: '${PW}', api_key: x, base_url: 'ftp://u:canary-literal@h'}]\napi_keys: [{name: a, key: 'canary x', budget: '${PW}'}]\n"+
		"telemetry: {store: clickhouse, dsn: 'bad://u:canary-literal@h'}"), env, fakeChecks)
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("the error shows a secret, or there is none: %v", err)
	}
	if n := strings.Count(err.Error(), "\n"); n < 10 {
		t.Errorf("only %d problems: %v", n, err)
	}
}

func TestConfigDefaults(t *testing.T) {
	cfg, err := Read("f", nil, envLines(""), Checks{})
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(cfg)
	want, _ := json.Marshal(Default())
	if string(got) != string(want) {
		t.Errorf("an empty file gives %s, want the defaults %s", got, want)
	}
	if _, err := Load(filepath.Join(t.TempDir(), "absent.yaml"), os.LookupEnv, Checks{}); err == nil {
		t.Errorf("an absent file: %v", err)
	}
}

// TestServerKeys: every key of the server's file marks it as one, except those that a config
// document has too.
func TestServerKeys(t *testing.T) {
	_, err := Read("f", []byte("unknown: 1"), envLines(""), Checks{})
	var bad *Error
	if !errors.As(err, &bad) {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(bad.Problems[0].Message, "known here: ")
	for _, key := range strings.Split(list, ", ") {
		if both := key == "cache" || key == "redact"; both == slices.Contains(serverKeys, key) {
			t.Errorf("%s: in serverKeys %v", key, !both)
		}
	}
}

func TestValues(t *testing.T) {
	for s, want := range map[string]time.Duration{"5s": 5 * time.Second, "30d": 720 * time.Hour, "1d12h": 36 * time.Hour, "500ms": 500 * time.Millisecond,
		"d": -1, "5": -1, "": -1, "1.5d": -1, "-1d": -1, "1d-2h": -1, "99999d": -1} {
		if got, ok := parseDuration(s); ok != (want >= 0) || ok && got != want {
			t.Errorf("duration %q is %v, %v", s, got, ok)
		}
	}
	for s, want := range map[string]int64{"32MiB": 32 << 20, "1.5KiB": 1536, "10MB": 1e7, "7": 7, "7B": 7, "1 GiB": 1 << 30,
		"": -1, "MiB": -1, "1.5": -1, "-1": -1, "1e3": -1, "99999999999TiB": -1, "1..2KiB": -1} {
		if got, ok := parseSize(s); ok != (want >= 0) || ok && got != want {
			t.Errorf("size %q is %v, %v", s, got, ok)
		}
	}
	for s, want := range map[string]int64{"2.50": 25e8, "0": 0, "0.000000001": 1, "1000": 1e12, "0.0000000001": -1, "-1": -1, "": -1, ".": -1, "1e9": -1} {
		if got, ok := parsePrice(s); ok != (want >= 0) || ok && got != want {
			t.Errorf("price %q is %v, %v", s, got, ok)
		}
	}
}
