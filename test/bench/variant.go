package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// variant is one path from the clients to the upstream, with what was measured on it.
type variant struct {
	name    string
	load    *load
	process *process // the process between; nil where there is none
	samples []sample // one a round
}

// takeTurns runs every variant once in each round and appends its sample.
func takeTurns(ctx context.Context, variants []*variant, rounds, clients int, length time.Duration) error {
	for range rounds {
		for _, v := range variants {
			s, err := v.load.run(ctx, clients, length, v.process)
			if err != nil {
				return fmt.Errorf("%s: %w", v.name, err)
			}
			v.samples = append(v.samples, s)
		}
	}
	return nil
}

// servers are the processes of a run. Each of its methods returns the variants of one section,
// in the order of the table, the bare proxy or the direct path first.
type servers struct{ upstream, bare, off, on *process }

// The paths of the surfaces.
const (
	chatPath      = "/v1/chat/completions"
	messagesPath  = "/v1/messages"
	responsesPath = "/v1/responses"
)

// smallCalls are chats with a body of about 1 KB.
func (s servers) smallCalls() []*variant {
	return []*variant{
		{name: "direct", load: &load{url: s.upstream.url + chatPath, header: apiKey(), body: chat("bench", 1)}},
		{name: "bare", load: &load{url: s.bare.url + chatPath, header: apiKey(), body: chat("bench", 1)}, process: s.bare},
		{name: "off", load: &load{url: s.off.url + chatPath, header: apiKey(), body: chat("@bench/bench", 1), cache: "DISABLED"}, process: s.off},
		{name: "on", load: &load{url: s.on.url + promptPath, header: everythingOn(), body: promptCall(false), cache: "SEMANTIC MISS"}, process: s.on},
	}
}

// streams are the same chats, answered as streams.
func (s servers) streams() []*variant {
	return []*variant{
		{name: "bare", load: &load{url: s.bare.url + chatPath, header: apiKey(), body: streamed(chat("bench", 1)), stream: true}, process: s.bare},
		{name: "on", load: &load{url: s.on.url + promptPath, header: everythingOn(), body: promptCall(true), cache: "SEMANTIC MISS", stream: true}, process: s.on},
	}
}

// largeCalls are chats of 110 messages, with a body of about 100 KB.
func (s servers) largeCalls() []*variant {
	return []*variant{
		{name: "bare", load: &load{url: s.bare.url + chatPath, header: apiKey(), body: chat("bench", 110)}, process: s.bare},
		{name: "on", load: &load{url: s.on.url + chatPath, header: everythingOn(), body: chat("bench", 110), cache: "SEMANTIC MISS"}, process: s.on},
	}
}

// otherSurfaces are the calls of 1 KB over the two other surfaces that agents use, each to a
// target of its own format.
func (s servers) otherSurfaces() []*variant {
	claude := everythingOn()
	claude.Set("X-Sluice-Config", "claude")
	return []*variant{
		{name: "bare", load: &load{url: s.bare.url + chatPath, header: apiKey(), body: chat("bench", 1)}, process: s.bare},
		{name: "messages", load: &load{url: s.on.url + messagesPath, header: claude, body: message, cache: "SEMANTIC MISS"}, process: s.on},
		{name: "responses", load: &load{url: s.on.url + responsesPath, header: everythingOn(), body: response, cache: "SEMANTIC MISS"}, process: s.on},
	}
}

// message is the request of chat in Anthropic's format.
func message() []byte {
	return fmt.Appendf(nil, `{"model":"bench","max_tokens":400,"temperature":0.2,"system":"You answer customers of a parcel service, briefly and kindly.","messages":[{"role":"user","content":%q}]}`, nextLetter())
}

// response is the request of chat in the format of OpenAI's Responses.
func response() []byte {
	return fmt.Appendf(nil, `{"model":"bench","store":false,"temperature":0.2,"instructions":"You answer customers of a parcel service, briefly and kindly.","input":[{"role":"user","content":%q}]}`, nextLetter())
}

func apiKey() http.Header {
	return http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + key}}
}

func everythingOn() http.Header {
	h := apiKey()
	h.Set("X-Sluice-Config", "everything")
	h.Set("X-Sluice-Metadata", `{"team":"support","_user":"anna"}`)
	return h
}

// chat returns chat requests with so many messages from the user. Each call of the returned
// function makes another request.
func chat(model string, messages int) func() []byte {
	return func() []byte {
		var b strings.Builder
		fmt.Fprintf(&b, `{"model":%q,"temperature":0.2,"messages":[{"role":"system","content":"You answer customers of a parcel service, briefly and kindly."}`, model)
		for range messages {
			fmt.Fprintf(&b, `,{"role":"user","content":%q}`, nextLetter())
		}
		b.WriteString(`]}`)
		return []byte(b.String())
	}
}

// streamed asks for a stream.
func streamed(body func() []byte) func() []byte {
	return func() []byte { return append([]byte(`{"stream":true,`), body()[1:]...) }
}

// promptCall returns calls of the prompt template.
func promptCall(stream bool) func() []byte {
	return func() []byte {
		return fmt.Appendf(nil, `{"temperature":0.2,"stream":%t,"variables":{"letter":%q}}`, stream, nextLetter())
	}
}
