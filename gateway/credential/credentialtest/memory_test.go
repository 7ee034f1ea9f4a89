package credentialtest

import (
	"testing"

	"github.com/sluicegate/sluice/gateway/credential"
)

func TestMemory(t *testing.T) {
	Store(t, func(_ *testing.T, workspaces ...string) credential.Store { return NewMemory(workspaces...) })
}
