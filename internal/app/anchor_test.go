package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config"
)

// TestServerAnchorsItsChains: a server exports the heads of its chains, and a command verifies them
// beside it without asking it.
func TestServerAnchorsItsChains(t *testing.T) {
	file := filepath.Join(t.TempDir(), "anchors")
	var cfg config.Config
	office := openOffice(t, func(c *config.Config) { c.Anchor = config.Anchor{To: file, Every: 20 * time.Millisecond} }, func(c *config.Config) { cfg = *c })
	office.must("POST", "/v1/configs", `{"slug":"anchored","config":{}}`)
	seq := office.must("GET", "/v1/audit-logs?action=config.create&resource_id=anchored", "").Get("data.0.seq").Raw
	var raw []byte
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		raw, _ = os.ReadFile(file)
		if i := strings.LastIndex(strings.TrimSpace(string(raw)), "\n"); i > 0 && !strings.Contains(string(raw[i:]), `"seq":`+seq) && strings.HasSuffix(string(raw), "\n") {
			break // a later head than that of the event
		}
		if time.Now().After(deadline) {
			t.Fatalf("no anchor of the event %s: %s", seq, raw)
		}
	}
	cfg.DataDir = office.dir
	verdicts, err := VerifyAnchors(t.Context(), cfg, strings.NewReader(string(raw)), nil)
	if err != nil || len(verdicts) != 1 || verdicts[0].Bad != 0 || verdicts[0].Rows == 0 {
		t.Errorf("%+v, %v", verdicts, err)
	}
	forged := strings.Replace(string(raw), `"seq":`, `"seq":9`, 1)
	if _, err := VerifyAnchors(t.Context(), cfg, strings.NewReader(forged), nil); err == nil || !strings.Contains(err.Error(), "signature is wrong") {
		t.Errorf("a changed anchor: %v", err)
	}
	again := filepath.Join(t.TempDir(), "by-hand")
	if key, err := AnchorAudit(t.Context(), cfg, again); err != nil || !strings.Contains(string(raw), key) {
		t.Errorf("by the command: %s, %v", key, err)
	}
	cfg.DataDir = t.TempDir()
	if _, err := AnchorAudit(t.Context(), cfg, again); err == nil || gateway.AsError(err).Param != "data_dir" {
		t.Errorf("without a database: %v", err)
	}
}
