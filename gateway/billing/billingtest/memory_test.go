package billingtest

import (
	"testing"

	"github.com/sluicegate/sluice/gateway/billing"
)

func TestMemory(t *testing.T) {
	Ledger(t, func(*testing.T) billing.Ledger { return NewMemory() })
	SharedLedger(t, func(_ *testing.T, processes int) []billing.SharedLedger {
		m, out := NewMemory(), make([]billing.SharedLedger, processes)
		for i := range out {
			out[i] = m
		}
		return out
	})
}
