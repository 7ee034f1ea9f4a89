package prompts_test

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/prompts"
	"github.com/sluicegate/sluice/prompts/promptstest"
)

// A version that another process has added is used once Reread was told of it.
func TestReread(t *testing.T) {
	one, store := service(t)
	other := prompts.New(prompts.Config{Store: store, Resolve: resolve})
	create(t, one, "greeting", `{"messages":[{"role":"user","content":"first"}],"model":"m"}`)
	text := func() string {
		t.Helper()
		return call(t, other, string(gateway.OpRender), "greeting@latest", "{}")
	}
	if before := text(); !strings.Contains(before, "first") {
		t.Fatal(before)
	}
	if _, err := one.AddVersion(t.Context(), owner, "", "greeting", prompts.Draft{Body: []byte(`{"messages":[{"role":"user","content":"second"}],"model":"m"}`)}); err != nil {
		t.Fatal(err)
	}
	if err := other.Reread(t.Context(), "another workspace"); err != nil {
		t.Fatal(err)
	}
	if got := text(); !strings.Contains(got, "first") {
		t.Errorf("before it was told: %s", got)
	}
	if err := other.Reread(t.Context(), promptstest.WorkspaceA); err != nil {
		t.Fatal(err)
	}
	if got := text(); !strings.Contains(got, "second") {
		t.Errorf("after it was told: %s", got)
	}
}
