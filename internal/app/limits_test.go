package app

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config"
)

// A budget of the file that has ended, and conditions that name what is not there, are no reason not
// to start: the admin API may create it later. The log says which field and line it is.
func TestLimitsThatMatchNothingYet(t *testing.T) {
	const file = `
workspaces: [{name: research}]
api_keys: [{name: ci, key: sk-sl-limits-0123456789, workspace: research}]
rate_limits:
  - {name: known, type: requests, unit: rpm, value: 5, conditions: [{key: api_key, value: ci}]}
  - {name: elsewhere, workspace: default, type: requests, unit: rpm, value: 5, conditions: [{key: workspace_id, value: research}]}
budgets:
  - {name: known, workspace: research, credit_limit: 5, period: month, conditions: [{key: workspace_id, value: research}]}
  - {name: later, credit_limit: 5, period: month, conditions: [{key: model, value: "gpt*"}, {key: team, value: [ml]}]}
  - {name: over, credit_limit: 5, period: month, ends_at: "2025-01-01T00:00:00Z"}
`
	cfg, err := config.Read("sluice.yaml", []byte(file), func(string) (string, bool) { return "", false }, Checks())
	if err != nil {
		t.Fatal(err)
	}
	cfg.DataDir = filepath.Join(t.TempDir(), "data")
	var log bytes.Buffer
	a, err := newApp(t.Context(), cfg, environment{apiKey: gateway.NewSecret(ownersKey)}, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Value.Kind() == slog.KindTime {
			return slog.Time(a.Key, time.Time{})
		}
		return a
	}})))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.close(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(log.String()) {
		if _, warning, ok := strings.Cut(line, "level=WARN msg="); ok {
			got = append(got, strings.TrimSpace(warning))
		}
	}
	want := []string{
		`"a limit of the file matches nothing yet" field=rate_limits[1].conditions[0].value line=6 problem="There is no workspace id 'research': the limit would match nothing."`,
		`"a limit of the file matches nothing yet" field=budgets[1].conditions[1].value line=9 problem="There is no team 'ml': the limit would match nothing."`,
		`"a budget of the file has ended, and limits nothing" field=budgets[2].ends_at line=10 budget=over`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("warned of:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
