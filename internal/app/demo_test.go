package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/demo"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
)

// TestFillDemo: a server that starts on the folder has the rows, which say that they are made up, and
// its audit chain holds. A folder with anything in it is refused and left as it is.
func TestFillDemo(t *testing.T) {
	t.Setenv("SLUICE_API_KEY", "")
	t.Setenv("SLUICE_MASTER_KEY", "")
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	hours := 0
	d := Demo{DataDir: filepath.Join(t.TempDir(), "demo"), Seed: 1, Days: 1, Until: time.Now(), Done: func(int, int) { hours++ }, Log: log}
	filled, err := FillDemo(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if filled.Rows < 100 || hours != 24 || filled.OwnerKey.Empty() {
		t.Errorf("%d rows in %d hours", filled.Rows, hours)
	}
	var refused *gateway.Error
	if _, err := FillDemo(t.Context(), d); !errors.As(err, &refused) || refused.Kind != gateway.Invalid || refused.Param != "data" {
		t.Errorf("a used folder: %v", err)
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []Demo{{DataDir: other, Days: 1}, {DataDir: other, Days: 0}, {DataDir: other, Days: demo.MaxDays + 1}} {
		if _, err := FillDemo(t.Context(), bad); !errors.As(err, &refused) || refused.Kind != gateway.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if left, err := os.ReadDir(other); err != nil || len(left) != 1 {
		t.Errorf("a refused folder has %d entries (%v)", len(left), err)
	}

	cfg := config.Default()
	cfg.DataDir = d.DataDir
	a, err := newApp(t.Context(), cfg, environment{}, log)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	by, err := a.services.callers.Identify(t.Context(), filled.AdminKey, "")
	if err != nil || by.WorkspaceRef != demo.Workspace || by.Role != gateway.RoleAdmin {
		t.Fatalf("%+v: %v", by, err)
	}
	if v, err := a.services.bills.Verify(t.Context()); err != nil || !v.Sound() || v.Transactions < int64(filled.Rows)/2 {
		t.Errorf("the ledger: %+v %v", v, err)
	}
	if w := a.services.budgets.Wallets(by.Workspace); len(w) != 1 || w[0].Credited != 15*gateway.NanoPerUSD {
		t.Errorf("wallets: %+v", w)
	} else if b, err := a.services.bills.WalletSpending(t.Context(), w[0]); err != nil || b.Spent <= 0 || b.Spent >= w[0].Credited {
		t.Errorf("the wallet: %+v %v", b, err)
	}
	if all := a.services.budgets.Budgets(by.Workspace); len(all) != 3 {
		t.Errorf("budgets: %+v", all)
	}
	if v, err := a.services.templates.Get(t.Context(), by, "", demo.PromptSlug); err != nil || v.Version != len(demo.PromptVersions()) {
		t.Errorf("the prompt: %+v %v", v, err)
	}
	found := 0
	for q := (telemetry.Query{Scope: listing.Workspace(by.Workspace), Limit: 100, Metadata: map[string]string{demo.Mark: "true"}}); ; {
		page, err := a.services.records.reader.Logs(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		found += len(page.Records)
		if q.Cursor = page.Next; page.Next == "" {
			break
		}
	}
	if found != filled.Rows {
		t.Errorf("%d marked rows of %d", found, filled.Rows)
	}
	verdicts, err := a.services.records.verify(t.Context())
	if err != nil || len(verdicts) != 1 || verdicts[0].Bad != 0 || verdicts[0].Rows < 15 {
		t.Errorf("the audit chain: %+v %v", verdicts, err)
	}
}
