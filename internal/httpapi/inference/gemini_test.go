package inference

import (
	"context"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// What fills a silence is no event, and no element of a list.
func TestGeminiSilence(t *testing.T) {
	const event = `{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]}`
	s := api(slow(true, func() (gateway.Stream, error) {
		return gateway.Chunks(gatewaytest.Event(event), gatewaytest.Event(event)), nil
	}))
	const body = `{"contents":[{"parts":[{"text":"Hi"}]}]}`
	got := post(s, "/v1beta/models/m:streamGenerateContent?alt=sse", body).Body.String()
	if strings.TrimLeft(got, "\n") != "data: "+event+"\n\ndata: "+event+"\n\n" || got[0] != '\n' {
		t.Errorf("%q", got)
	}
	got = post(s, "/v1beta/models/m:streamGenerateContent", body).Body.String()
	if list := gjson.Parse(got); !gjson.Valid(got) || list.Get("#").Int() != 2 || got[0] != '\n' {
		t.Errorf("%q", got)
	}
}

// The model of the path is what the pipeline sees, whatever the body says.
func TestGeminiModelInThePath(t *testing.T) {
	for path, want := range map[string]string{
		"/v1beta/models/gemini-2.5-flash:generateContent": "gemini-2.5-flash", "/v1/models/@vk/a/b:generateContent": "@vk/a/b",
		"/models/%40vk%2Fa%3Ab%3AgenerateContent": "@vk/a:b", "/api/v1beta/models/models/m:generateContent": "m", "/v1beta/models/a%20b:generateContent": "a b",
	} {
		var got *gateway.Request
		s := api(Settings{Pipeline: func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			got = ex.Request
			return nil, gateway.InvalidField("test", "", "enough")
		}})
		post(s, path, `{"model":"other","contents":[{"parts":[{"text":"Hi"}]}]}`)
		if got == nil || got.Model() != want || got.Stream() {
			t.Errorf("%s: %+v", path, got)
		}
	}
}
