package billingtest

import (
	"testing"

	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

func TestMemory(t *testing.T) {
	Ledger(t, func(*testing.T) ledger.Ledger { return NewMemory() })
	SharedLedger(t, func(_ *testing.T, processes int) []ledger.Shared {
		m, out := NewMemory(), make([]ledger.Shared, processes)
		for i := range out {
			out[i] = m
		}
		return out
	})
}
