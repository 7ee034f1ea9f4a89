package promptstest

import (
	"testing"

	"github.com/sluicegate/sluice/prompts"
)

func TestMemory(t *testing.T) {
	Store(t, func(*testing.T) prompts.Store { return NewMemory() })
}
