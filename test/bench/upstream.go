package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// idlePath is in front of the paths whose streams fall silent after their first chunk.
const idlePath = "/idle"

// streamChunks is the number of chunks with text in a stream.
const streamChunks = 200

const sentence = "All requests cost the same here. "

// answer is a chat completion of about 1 KB.
var answer = []byte(`{"id":"chatcmpl-bench","object":"chat.completion","created":1790000000,"model":"bench","choices":[{"index":0,"message":{"role":"assistant","content":"` +
	strings.Repeat(sentence, 22) +
	`","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":240,"completion_tokens":160,"total_tokens":400,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}},"system_fingerprint":"fp_bench"}`)

// messageAnswer and responseAnswer are the same answer in the two other formats.
var (
	messageAnswer = []byte(`{"id":"msg_bench","type":"message","role":"assistant","model":"bench","content":[{"type":"text","text":"` +
		strings.Repeat(sentence, 22) +
		`"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":240,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":160,"service_tier":"standard"}}`)
	responseAnswer = []byte(`{"id":"resp_bench","object":"response","created_at":1790000000,"status":"completed","error":null,"incomplete_details":null,"instructions":null,"max_output_tokens":null,"model":"bench","output":[{"type":"message","id":"msg_bench","status":"completed","role":"assistant","content":[{"type":"output_text","text":"` +
		strings.Repeat(sentence, 22) +
		`","annotations":[]}]}],"parallel_tool_calls":true,"store":false,"temperature":0.2,"tools":[],"usage":{"input_tokens":240,"input_tokens_details":{"cached_tokens":0},"output_tokens":160,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":400}}`)
)

var (
	chunk     = event(`"choices":[{"index":0,"delta":{"content":"` + sentence + `"},"logprobs":null,"finish_reason":null}]`)
	lastChunk = event(`"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":240,"completion_tokens":1400,"total_tokens":1640}`)
	endMark   = []byte("data: [DONE]\n\n")
)

func event(members string) []byte {
	return []byte(`data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1790000000,"model":"bench","system_fingerprint":"fp_bench",` + members + "}\n\n")
}

// serveUpstream serves the mock upstream.
func serveUpstream(ctx context.Context) error {
	mux := http.NewServeMux()
	mux.HandleFunc(chatPath, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		switch {
		case err != nil:
			http.Error(w, err.Error(), http.StatusBadRequest)
		case bytes.Contains(body, []byte(`"stream":true`)):
			writeStream(w)
		default:
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(answer)
		}
	})
	for path, answer := range map[string][]byte{messagesPath: messageAnswer, responsesPath: responseAnswer} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(answer)
		})
	}
	mux.HandleFunc(idlePath+chatPath, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		_ = writeChunk(w, chunk)
		<-r.Context().Done()
	})
	return serve(ctx, mux)
}

// writeStream sends a stream as fast as the reader takes it.
func writeStream(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/event-stream")
	for range streamChunks {
		if err := writeChunk(w, chunk); err != nil {
			return
		}
	}
	_ = writeChunk(w, lastChunk)
	_ = writeChunk(w, endMark)
}

func writeChunk(w http.ResponseWriter, event []byte) error {
	if _, err := w.Write(event); err != nil {
		return err
	}
	return http.NewResponseController(w).Flush()
}

// serve listens on a free port of the loopback interface and prints its address.
func serve(ctx context.Context, h http.Handler) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", l.Addr())
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
