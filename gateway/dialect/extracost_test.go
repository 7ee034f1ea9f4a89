package dialect_test

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// What an answer costs besides its usage is told in every caller's format.
func TestExtraCostBetweenFormats(t *testing.T) {
	const usage = `"usage":{"input_tokens":5,"output_tokens":2,"iterations":[{"type":"advisor_message","model":"adviser","input_tokens":70,"output_tokens":8}]}`
	for _, caller := range citedFormats {
		if caller.format.Name() == "anthropic" {
			continue
		}
		for name, raws := range map[string][]string{
			"body": {`{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"won"}],"stop_reason":"end_turn",` + usage + `}`},
			"events": {`{"type":"message_start","message":{"id":"msg_1","model":"m","content":[]}}`, `{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"won"}}`,
				`{"type":"content_block_stop","index":0}`, `{"type":"message_delta","delta":{"stop_reason":"end_turn"},` + usage + `}`, `{"type":"message_stop"}`},
		} {
			t.Run(caller.format.Name()+" "+name, func(t *testing.T) {
				var chunks []gateway.Chunk
				for _, raw := range raws {
					c := gateway.Chunk{Raw: []byte(raw), Dialect: anthropic.Dialect{}}
					if name == "body" {
						c.Form = gateway.FormBody
					}
					c.Read()
					chunks = append(chunks, c)
				}
				req, err := gateway.NewRequest(caller.format, gateway.OpChat, []byte(caller.request))
				if err != nil {
					t.Fatal(err)
				}
				tr, _, err := dialect.Translate(caller.format, anthropic.Dialect{}, req)
				if err != nil {
					t.Fatal(err)
				}
				stream, err := tr.Answer(gateway.Chunks(chunks...))
				if err != nil {
					t.Fatal(err)
				}
				out, err := gatewaytest.Collect(stream)
				if err != nil {
					t.Fatal(err)
				}
				var others []gateway.ModelUsage
				for _, c := range out {
					if c.Cost != nil {
						others = append(others, c.Cost.Others...)
					}
				}
				if len(others) != 1 || others[0].Model != "adviser" || others[0].Usage.Input != 70 || others[0].Usage.Output != 8 {
					t.Errorf("%+v", others)
				}
			})
		}
	}
}
