package app

import (
	"bytes"
	"errors"
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
	redactor := &errorRedactor{}
	redactor.set(guards.Cleanse, cfg.Hosts())
	for text, want := range map[string]string{
		`Post "http://10.1.2.3:4318/v1/traces": dial tcp 10.1.2.3:4318: connection refused`: `Post "http://10.1.2.3:4318/v1/traces": dial tcp 10.1.2.3:4318: connection refused`,
		"no route to 10.1.2.3.":              "no route to 10.1.2.3.",
		"10.9.8.7:9000 and 10.9.8.6:9000":    "10.9.8.7:9000 and 10.9.8.6:9000",
		"from 10.1.2.4 to 10.1.2.3":          "from [IP] to 10.1.2.3",
		"from 110.1.2.3, 10.1.2.33":          "from [IP], [IP]",
		"ada@example.com asked 10.1.2.3:431": "[EMAIL] asked 10.1.2.3:431",
	} {
		var b bytes.Buffer
		newLogger(&b, redactor).Warn("x", "error", errors.New(text))
		if got := strings.ReplaceAll(b.String(), `\"`, `"`); !strings.Contains(got, want) {
			t.Errorf("%s\ngives %s", text, got)
		}
	}
}
