package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// splitHeaders smuggles line breaks into the headers of responses, and requests into requests.
type splitHeaders struct{}

func (splitHeaders) Name() string   { return "split headers" }
func (splitHeaders) Bounds() Bounds { return usual }

func (splitHeaders) Run(ctx context.Context, t *Target, r *Result) error {
	const injected = "X-Injected: yes"
	breaks := map[string]string{"CRLF": "\r\n", "LF": "\n", "CR": "\r", "encoded": "%0d%0a", "encoded LF": "%0a", "NUL": "\x00", "U+560A": "\u560d\u560a", "folded": "\r\n ", "vertical tab": "\v", "JSON": `\r\n`, "NEL": "\u0085", "LS": "\u2028"}
	t.Upstream.Set("answer", gatewaytest.Reply{Model: "m\r\n" + injected, Text: "x"})
	for name, br := range inOrder(breaks) {
		evil := "a" + br + injected
		requests := map[string]string{
			"path": head("GET", "/v1/"+evil, memberKey, ""), "query": head("GET", "/v1/logs?model="+evil, memberKey, ""), "redirect": head("GET", "//x/"+evil, memberKey, ""),
		}
		for _, header := range []string{"X-Sluice-Trace-Id", "X-Portkey-Trace-Id", "X-Request-Id", "X-Sluice-Span-Id", "Traceparent", "Tracestate", "Baggage", "Origin", "X-Sluice-Cache", "X-Sluice-Config", "X-Sluice-Provider", "X-Sluice-Virtual-Key", "X-Sluice-Metadata", "X-Forwarded-For", "X-Sluice-Cache-Namespace", "Anthropic-Version"} {
			requests["header "+header] = post(ask("mock/echo", "x", ""), header+": "+evil+"\r\n")
		}
		if !strings.ContainsAny(br, "\r\n\x00\v") || br == `\r\n` {
			body := strings.NewReplacer("%0d", `\r`, "%0a", `\n`).Replace(evil)
			requests["model"] = post(`{"model":"`+body+`","messages":[{"role":"user","content":"x"}]}`, "")
			requests["virtual key"] = post(`{"model":"@`+body+`/m","messages":[{"role":"user","content":"x"}]}`, "")
			requests["config"] = post(`{"model":"m","config":"`+body+`","messages":[{"role":"user","content":"x"}]}`, "")
		}
		for where, text := range inOrder(requests) {
			lines, ended, err := raw(ctx, t, text)
			if err != nil {
				return err
			}
			for _, line := range lines {
				r.Check(!strings.HasPrefix(strings.ToLower(line), "x-injected"), "%s in %s makes the response header %q: %q", name, where, line, clip(text))
			}
			r.Check(ended && len(lines) > 0, "%s in %s: no answer within 4 s: %q", name, where, clip(text))
		}
	}
	lines, _, err := raw(ctx, t, post(ask("@up/answer", "x", ""), ""))
	if err != nil {
		return err
	}
	for _, line := range lines {
		r.Check(!strings.HasPrefix(strings.ToLower(line), "x-injected"), "the upstream's model name makes a header")
	}

	// Two lengths, or a length and chunks: the second request must not be one.
	smuggled := head("GET", "/v1/"+"smuggled", adminKey, "")
	body := ask("mock/echo", "x", "")
	for name, lines := range inOrder(map[string]string{
		"length and chunks": "Content-Length: " + itoa(len(body)) + "\r\nTransfer-Encoding: chunked\r\n", "two lengths": "Content-Length: 0\r\nContent-Length: " + itoa(len(body)) + "\r\n",
		"odd encoding": "Transfer-Encoding: xchunked\r\n", "encoding twice": "Transfer-Encoding: chunked, identity\r\n", "space before colon": "Transfer-Encoding : chunked\r\n", "tab": "Transfer-Encoding:\tchunked\r\nContent-Length: 5\r\n",
		"signed length": "Content-Length: +" + itoa(len(body)) + "\r\n", "list": "Content-Length: " + itoa(len(body)) + ", 0\r\n", "hex": "Content-Length: 0x5\r\n", "LF encoding": "X: a\nTransfer-Encoding: chunked\r\n",
	}) {
		c, err := dial(ctx, t, "", 4*time.Second)
		if err != nil {
			return err
		}
		_, _ = c.Write([]byte(head("POST", chat, memberKey, lines) + body + smuggled)) // the answer tells
		first, _ := http.ReadResponse(c.in, nil)
		if first != nil {
			_, _ = io.Copy(io.Discard, first.Body)
			_ = first.Body.Close()
			r.Check(first.StatusCode/100 == 4 || first.Close, "%s: status %d: %q", name, first.StatusCode, lines)
		}
		_ = c.Close()
	}
	r.Check(!strings.Contains(t.Output(), `"route":"smuggled`), "a smuggled request was served")
	return nil
}

// post is a chat request as text.
func post(body, more string) string {
	return head("POST", chat, memberKey, more+"Connection: close\r\nContent-Length: "+itoa(len(body))+"\r\n") + body
}

// raw sends text and returns the lines of all heads that come back. ended is false if the server
// said nothing at all in time.
func raw(ctx context.Context, t *Target, text string) (lines []string, ended bool, err error) {
	c, err := dial(ctx, t, "", 4*time.Second)
	if err != nil {
		return nil, false, err
	}
	defer c.Close()
	if _, err := c.Write([]byte(text)); err != nil {
		return nil, true, nil // refused already
	}
	for {
		line, err := c.in.ReadString('\n')
		line = strings.TrimRight(line, "\r\n")
		if err != nil {
			return append(lines, line), !errors.Is(err, os.ErrDeadlineExceeded) || len(lines) > 0, nil
		}
		if line == "" {
			return lines, true, nil
		}
		lines = append(lines, line)
	}
}
