package sqlstore

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/sluicegate/sluice/gateway/history/historytest"
)

func TestResponses(t *testing.T) {
	s, err := Open(context.Background(), filepath.Join(t.TempDir(), "sluice.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	historytest.Suite(t, s)
}
