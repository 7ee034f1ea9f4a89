package gatewaytest

import (
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

// answer writes the answer of one call.
type answer struct {
	Reply
	w     http.ResponseWriter
	r     *http.Request
	body  []byte
	model string
	out   io.Writer
	zip   *gzip.Writer
	lines bool // frames are lines of JSON
	abort bool // end the connection without ending the answer
}

// frame is one SSE event; an empty name is left out.
type frame struct{ name, data string }

// run writes the answer. It reports whether the caller disconnected before the end.
func (a *answer) run() (gone bool) {
	ctx := a.r.Context()
	if !pause(ctx, a.Fault.BeforeHeaders) {
		return true
	}
	if a.Handle != nil {
		a.Handle(a.w, a.r, a.body)
		return ctx.Err() != nil
	}
	if a.Model == "" {
		a.Model = a.model
	}
	if a.Status != 0 {
		a.whole(a.Status, a.Body)
		return false
	}
	f := a.format()
	_, gemini := geminiCall(a.r.URL.Path)
	switch {
	case gemini == "countTokens":
		a.whole(200, `{"totalTokens":`+itoa(a.input())+`}`)
		return false
	case gemini == "embedContent" || gemini == "batchEmbedContents":
		a.whole(200, geminiEmbeddings(a.body))
		return false
	case strings.HasSuffix(a.r.URL.Path, "/models"):
		a.whole(200, `{"object":"list","data":[{"id":"gpt-mock","object":"model","created":1750000000,"owned_by":"gatewaytest"}]}`)
		return false
	case strings.HasSuffix(a.r.URL.Path, "/messages/count_tokens"):
		a.whole(200, `{"input_tokens":`+itoa(a.input())+`}`)
		return false
	case strings.HasSuffix(a.r.URL.Path, "/embeddings"):
		a.whole(200, embeddings(a.body, a.Model))
		return false
	case strings.HasSuffix(a.r.URL.Path, "/responses/input_tokens"):
		a.whole(200, `{"object":"response.input_tokens","input_tokens":`+itoa(a.input())+`}`)
		return false
	case f.body == nil:
		a.whole(404, `{"error":{"message":"gatewaytest serves no such path","type":"invalid_request_error","param":null,"code":"unknown_url"}}`)
		return false
	}
	if a.Text == "" && a.Pieces == nil && len(a.Tools) == 0 {
		a.Text = lastUser(a.body)
		if gemini != "" {
			a.Text = lastContent(a.body)
		}
	}
	if a.Fault.LongLine > 0 {
		a.Pieces = []string{strings.Repeat("x", a.Fault.LongLine)}
	}
	if a.Pieces != nil {
		a.Text = strings.Join(a.Pieces, "")
	}
	if gemini != "streamGenerateContent" && !gjson.GetBytes(a.body, "stream").Bool() {
		if !pause(ctx, a.Fault.BeforeFirst) {
			return true
		}
		if a.Fault.Stall {
			<-ctx.Done()
			return true
		}
		text := f.body()
		if a.Fault.Cut {
			a.cut(text)
			return false
		}
		a.whole(200, text)
		return false
	}
	a.lines = f.lines
	return a.stream(f.frames())
}

// format is how a call's answer is written. body is nil for a path that is not served.
type format struct {
	body   func() string
	frames func() []frame
	lines  bool // frames are lines of JSON
}

func (a *answer) format() format {
	path := a.r.URL.Path
	_, gemini := geminiCall(path)
	switch {
	case gemini != "":
		return format{body: a.geminiBody, frames: a.geminiFrames}
	case strings.HasSuffix(path, "/messages"):
		return format{body: a.anthropicBody, frames: a.anthropicFrames}
	case strings.HasSuffix(path, "/responses"):
		return format{body: a.responsesBody, frames: a.responsesFrames}
	case strings.HasSuffix(path, "/chat/completions"):
		return format{body: a.openaiBody, frames: a.openaiFrames}
	case strings.HasSuffix(path, "/v2/chat"):
		return format{body: a.cohereBody, frames: a.cohereFrames}
	case strings.HasSuffix(path, "/api/chat"):
		return format{body: a.ollamaBody, frames: a.ollamaFrames, lines: true}
	}
	return format{}
}

// whole writes one body.
func (a *answer) whole(status int, body string) {
	h := a.w.Header()
	h.Set("Content-Type", "application/json")
	for k, v := range a.Header {
		h[k] = v
	}
	if a.Fault.Gzip {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = io.WriteString(z, body)
		_ = z.Close()
		h.Set("Content-Encoding", "gzip")
		body = b.String()
	}
	a.w.WriteHeader(status)
	_, _ = io.WriteString(a.w, body)
}

// cut announces the length of the whole body and sends half of it.
func (a *answer) cut(body string) {
	a.w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(a.w, body[:len(body)/2])
	a.flush()
	a.breakOff()
}

// breakOff ends the connection with a reset, or without completing the answer.
func (a *answer) breakOff() {
	if !a.Fault.Reset {
		a.abort = true
		return
	}
	if hj, ok := a.w.(http.Hijacker); ok {
		if conn, _, err := hj.Hijack(); err == nil {
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0)
			}
			_ = conn.Close()
		}
	}
}

func (a *answer) flush() {
	if a.zip != nil {
		_ = a.zip.Flush()
	}
	if f, ok := a.w.(http.Flusher); ok {
		f.Flush()
	}
}

// stream writes frames with the scripted faults.
func (a *answer) stream(frames []frame) (gone bool) {
	h, f, ctx := a.w.Header(), &a.Fault, a.r.Context()
	h.Set("Content-Type", "text/event-stream")
	if a.lines {
		h.Set("Content-Type", "application/x-ndjson")
	}
	for k, v := range a.Header {
		h[k] = v
	}
	a.out = a.w
	if f.Gzip {
		h.Set("Content-Encoding", "gzip")
		a.zip = gzip.NewWriter(a.w)
		a.out = a.zip
	}
	a.w.WriteHeader(200)
	if f.BeforeFirst > 0 || f.Stall {
		a.flush()
	}
	if !pause(ctx, f.BeforeFirst) {
		return true
	}
	for i, fr := range frames {
		if i > 0 && !pause(ctx, f.Between) {
			return true
		}
		switch {
		case f.Stall && i >= f.StallAfter:
			<-ctx.Done()
			return true
		case f.Cut && i >= f.CutAfter:
			a.breakOff()
			return false
		case f.ErrorAfter > 0 && i >= f.ErrorAfter:
			fr = frame{data: `{"error":{"message":"The server had an error","type":"server_error","param":null,"code":"overloaded"}}`}
			if fr2 := frames[i]; fr2.name != "" {
				fr = frame{"error", `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`}
			}
			a.frame(fr, i)
			return false
		case f.Malformed == i+1:
			fr.data = fr.data[:len(fr.data)/2]
		}
		if !a.frame(fr, i) {
			return true
		}
	}
	if a.zip != nil {
		_ = a.zip.Close()
	}
	return false
}

// frame writes one event and flushes it. false: the connection is gone.
func (a *answer) frame(fr frame, i int) bool {
	f := &a.Fault
	if a.lines {
		_, err := io.WriteString(a.out, fr.data+"\n")
		a.flush()
		return err == nil
	}
	eol := "\n"
	if f.CRLF {
		eol = "\r\n"
	}
	var b strings.Builder
	if f.Comments {
		if i == 0 {
			b.WriteString("\ufeff")
		}
		b.WriteString(": keep-alive" + eol + eol)
	}
	if fr.name != "" {
		b.WriteString("event: " + fr.name + eol)
	}
	if f.MultiLine && strings.HasPrefix(fr.data, "{") {
		b.WriteString("data: {" + eol + "data: " + fr.data[1:] + eol + eol)
	} else {
		b.WriteString("data: " + fr.data + eol + eol)
	}
	_, err := io.WriteString(a.out, b.String())
	a.flush()
	return err == nil
}

// lastUser returns the text of the last user message.
func lastUser(body []byte) string {
	text, list := "", gjson.GetBytes(body, "messages")
	if input := gjson.GetBytes(body, "input"); input.Exists() {
		if list = input; !input.IsArray() {
			return input.String()
		}
	}
	list.ForEach(func(_, m gjson.Result) bool {
		if m.Get("role").String() != "user" {
			return true
		}
		c := m.Get("content")
		if !c.IsArray() {
			text = c.String()
			return true
		}
		text = ""
		c.ForEach(func(_, p gjson.Result) bool {
			text += p.Get("text").String()
			return true
		})
		return true
	})
	return text
}
