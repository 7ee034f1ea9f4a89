package keystest

import (
	"testing"

	"github.com/sluicegate/sluice/gateway/keys"
)

func TestMemory(t *testing.T) {
	Store(t, func(*testing.T) keys.Store { return NewMemory() })
}
