package codec

import (
	"net/http"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

func TestBedrockTakesBetasInTheBody(t *testing.T) {
	wire := newBedrockCodec(vendor.ByID("bedrock"), gateway.FormatMessages).(*bedrockClaude)
	for body, want := range map[string]string{
		`{"model":"m"}`:                        `{"model":"m","anthropic_beta":["a","b\"","c"]}`,
		`{"model":"m","anthropic_beta":["x"]}`: `{"model":"m","anthropic_beta":["x"]}`,
	} {
		req, err := gateway.NewRequest(anthropic.Dialect{}, gateway.OpChat, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		got, err := wire.WithHeaders(req, http.Header{"Anthropic-Beta": {`a, b"`, "c,"}})
		if err != nil || string(got.Raw) != want {
			t.Errorf("%s %v", got.Raw, err)
		}
	}
}
