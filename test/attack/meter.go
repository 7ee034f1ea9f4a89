package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// meter is an upstream that charges for everything it may: it answers as long as the bound that
// it was sent allows, and counts what that costs at the prices of the server's file. Of a stream
// whose caller leaves it charges what it has sent.
type meter struct {
	nano  atomic.Int64 // billed so far, in billionths of a USD
	calls atomic.Int64
	burst atomic.Bool // a stream is sent without pauses
	late  atomic.Bool // an answer that is not a stream takes lateTime
}

// The prices of the target, in billionths of a USD for a token.
const (
	inputPrice  = 1_000  // 1 USD for a million
	outputPrice = 10_000 // 10 USD for a million
	modelMax    = 131_072
)

// lateTime is longer than the callers wait who leave.
const lateTime = 150 * time.Millisecond

// streamPieces is how many events the text of a stream comes in.
const streamPieces = 20

// reply answers with the most that the request allows. The text of a whole answer is short, its
// usage is not; a stream has five bytes for each token.
func (m *meter) reply() gatewaytest.Reply {
	return gatewaytest.Reply{Handle: func(w http.ResponseWriter, r *http.Request, body []byte) {
		input, output := m.charge(body)
		if !gjson.GetBytes(body, "stream").Bool() && !gjson.GetBytes(body, "Stream").Bool() {
			m.nano.Add(output * outputPrice)
			if m.late.Load() {
				time.Sleep(lateTime)
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprintf(w, `{"id":"c","object":"chat.completion","created":1,"model":"greedy","choices":[{"index":0,"message":{"role":"assistant","content":"forbidden answer"},"finish_reason":"length"}],"usage":{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}}`,
				input, output, input+output)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		piece := max(output/streamPieces, 1)
		for range min(output, streamPieces) {
			if r.Context().Err() != nil {
				return
			}
			m.nano.Add(piece * outputPrice)
			_, _ = fmt.Fprintf(w, `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"greedy","choices":[{"index":0,"delta":{"content":"%s"},"finish_reason":null}]}`+"\n\n", strings.Repeat("word ", int(piece)))
			_ = http.NewResponseController(w).Flush() // an error means that the caller is gone
			if !m.burst.Load() {
				time.Sleep(10 * time.Millisecond)
			}
		}
		output = piece * min(output, streamPieces)
		_, _ = fmt.Fprintf(w, `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"greedy","choices":[{"index":0,"delta":{},"finish_reason":"length"}]}`+"\n\n"+
			`data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"greedy","choices":[],"usage":{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}}`+"\n\ndata: [DONE]\n\n", input, output, input+output)
	}}
}

// charge counts one call and its input, and returns what the output may be. Names are read
// without regard to case, other spellings first. The last of equal keys counts, as in most JSON
// readers, a bound that is no positive number is none, and the narrower of two bounds holds.
func (m *meter) charge(body []byte) (input, output int64) {
	m.calls.Add(1)
	var fields map[string]any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&fields) != nil {
		return 0, 0 // refused, not charged
	}
	if misread := foldedNumber(fields, "max_tokens", "max_completion_tokens"); misread > 0 {
		output = misread
	} else {
		output = modelMax
		for _, name := range []string{"max_tokens", "max_completion_tokens"} {
			if n, ok := number(fields[name]); ok && n > 0 && n < output {
				output = n
			}
		}
	}
	if n := foldedNumber(fields, "n"); n > 0 {
		output *= min(n, 128)
	} else if n, ok := number(fields["n"]); ok && n > 0 {
		output *= min(n, 128)
	}
	input = int64(len(body)) / 4
	m.nano.Add(input * inputPrice)
	return input, output
}

// foldedNumber is the largest positive number in a field whose name differs from one of those
// given by case only, or that stands in extra_body: this upstream reads those first.
func foldedNumber(fields map[string]any, names ...string) (most int64) {
	for key, v := range fields {
		if inner, ok := v.(map[string]any); ok && strings.EqualFold(key, "extra_body") {
			most = max(most, foldedNumber(inner, names...))
			for _, name := range names {
				if n, ok := number(inner[name]); ok {
					most = max(most, n)
				}
			}
		}
		for _, name := range names {
			if n, ok := number(v); ok && key != name && strings.EqualFold(key, name) {
				most = max(most, n)
			}
		}
	}
	return most
}

// number reads a number, also one that is written as a string.
func number(v any) (int64, bool) {
	text := strings.TrimSpace(fmt.Sprint(v))
	f, err := strconv.ParseFloat(text, 64)
	return int64(f), err == nil
}
