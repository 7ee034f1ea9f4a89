package prompts

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func TestVariablesAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range maxVariables - 1 {
		fmt.Fprintf(&b, `"v%d":1,`, i)
	}
	if vs, err := readVariables([]byte(`{` + b.String() + `"last":[{}]}`)); err != nil || len(vs.given) != maxVariables {
		t.Error(err)
	}
	if _, err := readVariables([]byte(`{` + b.String() + `"last":[{"nested":1}]}`)); err == nil || gateway.AsError(err).Param != "variables" {
		t.Error(err)
	}
}
