package promptcache_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/gateway/promptcache"
	"github.com/sluicegate/sluice/internal/goldentest"
)

var dialects = map[string]gateway.Dialect{"openai": openai.Dialect{}, "responses": responses.Dialect{}, "anthropic": anthropic.Dialect{}, "gemini": gemini.Dialect{}}

// TestGolden runs the calls of each file of testdata, one after the other, against one service:
//
//	N DIALECT caller      the body of call N as the caller sent it
//	N DIALECT redaction   what a stage made of it; a stage that is not there changed nothing
//	N DIALECT prompt
//	N DIALECT override
//	N DIALECT sent        the body as it went upstream
//	N header              one header, "Name: value"
//	N target              the virtual key
//	facts.txt             what was found, a line for each call
func TestGolden(t *testing.T) {
	goldentest.Run(t, "testdata/*.txtar", func(t *testing.T, in *txtar.Archive) *txtar.Archive {
		s := promptcache.New(promptcache.Config{})
		var out bytes.Buffer
		for n := 1; ; n++ {
			c := readCall(t, in, n)
			if c == nil {
				break
			}
			s.Observe(c.ex, c.format, c.sent)
			fmt.Fprintf(&out, "%d: %s\n", n, describe(c.ex.Facts.PromptCache, c.sent))
		}
		return goldentest.With(in, txtar.File{Name: "facts.txt", Data: out.Bytes()})
	})
}

type testCall struct {
	ex     *gateway.Exchange
	format gateway.Dialect
	sent   []byte
}

// readCall returns call n of a file, nil if there is none.
func readCall(t *testing.T, in *txtar.Archive, n int) *testCall {
	var c *testCall
	for _, f := range in.Files {
		words := strings.Fields(f.Name)
		if words[0] != fmt.Sprint(n) {
			continue
		}
		if c == nil {
			c = &testCall{ex: gatewaytest.Exchange(t, "", gatewaytest.WithTarget(&gateway.Target{Path: "config", Provider: "p", VirtualKey: "vk"}))}
			c.ex.ID = fmt.Sprintf("call-%d", n)
		}
		data := bytes.TrimSpace(f.Data)
		switch words[len(words)-1] {
		case "header":
			name, value, _ := strings.Cut(string(data), ": ")
			c.ex.Envelope.Header.Set(name, value)
		case "target":
			c.ex.Target.VirtualKey = string(data)
		default:
			c.stage(t, dialects[words[1]], words[2], data)
		}
	}
	return c
}

// stage sets the body behind a stage, and behind all stages that follow.
func (c *testCall) stage(t *testing.T, d gateway.Dialect, stage string, data []byte) {
	c.format, c.sent = d, data
	if stage == "sent" {
		return
	}
	req, err := gateway.NewRequest(d, gateway.OpChat, data)
	if err != nil {
		t.Fatal(err)
	}
	f := c.ex.Facts
	c.ex.Request = req
	switch stage {
	case "caller":
		f.Received, f.RedactedRequest = req, req
	case "redaction":
		f.RedactedRequest = req
	case "prompt":
		f.Prompt = &gateway.PromptFact{Rendered: req}
	case "override":
	default:
		t.Fatalf("no stage is called %q", stage)
	}
}

func describe(p *gateway.PromptCacheFact, sent []byte) string {
	if p == nil {
		return "not compared"
	}
	out := string(p.State)
	if p.State == gateway.PromptDeparted {
		out += fmt.Sprintf(" at %q (%s), changed by %s", sent[p.DepartedAt:min(p.DepartedAt+12, len(sent))], p.Path, p.ChangedBy)
	}
	if p.Previous != "" {
		out += fmt.Sprintf(", %d of %d bytes of %s", p.Kept, p.Bytes, p.Previous)
	}
	if p.Source != gateway.SessionOpening { // whose id is another one in every process
		out += ", session " + p.Session
	}
	return out + " (" + string(p.Source) + ")"
}
