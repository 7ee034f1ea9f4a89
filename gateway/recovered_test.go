package gateway_test

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func TestRecovered(t *testing.T) {
	defer func() {
		e := gateway.Recovered("test", recover())
		if e.Op != "test" || e.Kind != gateway.Internal || strings.Contains(e.Public, "ouch") {
			t.Errorf("%+v", e)
		}
		if text := e.Err.Error(); !strings.Contains(text, "ouch") || !strings.Contains(text, "TestRecovered") {
			t.Errorf("the cause lacks the value or the stack: %s", text)
		}
	}()
	panic("ouch")
}
