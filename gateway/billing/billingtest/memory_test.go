package billingtest

import (
	"testing"

	"github.com/sluicegate/sluice/gateway/billing"
)

func TestMemory(t *testing.T) {
	Ledger(t, func(*testing.T) billing.Ledger { return NewMemory() })
}
