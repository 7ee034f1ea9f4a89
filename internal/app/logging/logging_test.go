package logging

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails"
	"github.com/sluicegate/sluice/internal/config"
)

// TestLogKeepsTheOperatorsHosts: a log line names the server that does not answer and redacts
// what a caller wrote.
func TestLogKeepsTheOperatorsHosts(t *testing.T) {
	cfg := config.Default()
	cfg.Telemetry.OTLP.Endpoint = "http://10.1.2.3:4318/v1/traces"
	cfg.Telemetry.DSN = gateway.NewSecret("clickhouse://u:planted-password@10.9.8.7:9000,10.9.8.6:9000/db")
	cfg.Cache.Qdrant.URL = "http://a:6334" // a host that is part of every text
	guards := guardrails.New(guardrails.Config{})
	t.Cleanup(guards.Close)
	redactor := &Redactor{}
	redactor.Set(guards.Cleanse, cfg.Hosts())
	for text, want := range map[string]string{
		`Post "http://10.1.2.3:4318/v1/traces": dial tcp 10.1.2.3:4318: connection refused`: `Post "http://10.1.2.3:4318/v1/traces": dial tcp 10.1.2.3:4318: connection refused`,
		"no route to 10.1.2.3.":              "no route to 10.1.2.3.",
		"10.9.8.7:9000 and 10.9.8.6:9000":    "10.9.8.7:9000 and 10.9.8.6:9000",
		"from 10.1.2.4 to 10.1.2.3":          "from [IP] to 10.1.2.3",
		"from 110.1.2.3, 10.1.2.33":          "from [IP], [IP]",
		"ada@example.com asked 10.1.2.3:431": "[EMAIL] asked 10.1.2.3:431",
	} {
		var b bytes.Buffer
		New(&b, redactor).Warn("x", "error", errors.New(text))
		if got := strings.ReplaceAll(b.String(), `\"`, `"`); !strings.Contains(got, want) {
			t.Errorf("%s\ngives %s", text, got)
		}
	}
}

// TestLogRedactsErrorsAnywhere: an error is redacted as an attribute of the line or of its
// logger, and inside a group; other values stay.
func TestLogRedactsErrorsAnywhere(t *testing.T) {
	redactor := &Redactor{}
	redactor.Set(func(s string) string { return strings.ReplaceAll(s, "ada", "[NAME]") }, nil)
	err := errors.New("ada")
	var b bytes.Buffer
	log := New(&b, redactor)
	log.With("error", err).Warn("x", "member", "ada")
	log.WithGroup("g").Warn("x", "error", err)
	log.Warn("x", slog.Group("g", "error", err, "n", 1))
	want := "error=[NAME] member=ada\n" + "g.error=[NAME]\n" + "g.error=[NAME] g.n=1\n"
	got := ""
	for line := range strings.Lines(b.String()) {
		got += line[strings.Index(line, "msg=x ")+len("msg=x "):]
	}
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
