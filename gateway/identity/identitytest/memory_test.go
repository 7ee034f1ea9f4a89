package identitytest

import (
	"testing"

	"github.com/sluicegate/sluice/gateway/identity"
)

func TestMemory(t *testing.T) {
	Store(t, func(*testing.T) identity.Store { return NewMemory() })
}
