package gateway_test

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func TestCheckName(t *testing.T) {
	for _, name := range []string{"a", "vk_openai", "0", "team-a.b", strings.Repeat("x", 64)} {
		if err := gateway.CheckName("test", "name", name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"", "-a", ".a", "a/b", "a b", "é", "a\n", strings.Repeat("x", 65)} {
		if err := gateway.CheckName("test", "name", name); err == nil || err.Kind != gateway.Invalid || err.Param != "name" {
			t.Errorf("%q: %v", name, err)
		}
	}
}
