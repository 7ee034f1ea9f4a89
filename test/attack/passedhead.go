package main

import (
	"context"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/test/sluice"
)

// passedHeads bring personal data upstream beside the body of calls that are passed on to a vendor: in queries,
// paths and headers, disguised and escaped; and in bodies behind base64.
type passedHeads struct{}

func (passedHeads) Name() string   { return "passed heads" }
func (passedHeads) Bounds() Bounds { return usual }

func (passedHeads) Run(ctx context.Context, t *Target, r *Result) error {
	t.Upstream.Set("m", gatewaytest.Reply{Text: "done"})
	send := func(name string, c sluice.Call, card, mail string) {
		t.Upstream.Keep(16)
		c.Key, c.Header = memberKey, append(c.Header, "X-Sluice-Virtual-Key", "up")
		a := t.Do(ctx, c)
		r.Check(a.Err == nil && a.Status != 500, "%s: %s: %s %s", name, a.Brief(), c.Path, clip(c.Body))
		for _, seen := range t.Upstream.Requests() {
			text := string(seen.Body) + " " + decoded(string(seen.Body)) + " " + unescaped(seen.Path)
			for field, values := range seen.Header {
				if field != "Authorization" {
					text += " " + strings.Join(values, " ")
				}
			}
			text = folded(text)
			r.Check(!strings.Contains(digitsOf(text), card) && !strings.Contains(text, mail), "%s: %s %s → upstream received %s", name, c.Path, clip(c.Body), seen.Path)
		}
	}
	for name := range inOrder(contents("4539578763621486", "canary1@example.com", 4)) {
		if strings.HasSuffix(name, "parts") { // of one text are those of a message only
			continue
		}
		card, mail := planted(t)
		content := contents(card, mail, 4+t.Rand.IntN(8))[name]
		plain := content
		if content[0] == '"' {
			plain = jsonx.String([]byte(content))
		}
		for _, parameter := range []string{"q", "filter", "pageToken"} {
			send("query "+name, sluice.Call{Method: "GET", Path: "/openai/v1/models?limit=2&" + parameter + "=" + url.QueryEscape(plain)}, card, mail)
			send("query of JSON, "+name, sluice.Call{Method: "GET", Path: "/v1/files?" + parameter + "=" + url.QueryEscape(`{"a":[`+content+`]}`)}, card, mail)
		}
		send("base64 "+name, sluice.Call{Path: "/openai/v1/conversations", Body: `{"items":[{"data":` + quoted(base64.StdEncoding.EncodeToString([]byte(plain))) + `}]}`}, card, mail)
		send("path "+name, sluice.Call{Method: "GET", Path: "/openai/v1/models/" + strings.ReplaceAll(url.PathEscape(plain), "%2F", "-")}, card, mail)
	}
	card, mail := planted(t)
	for name, query := range inOrder(map[string]string{
		"an escaped name": strings.ReplaceAll(mail, "@", "%40") + "=1", "a name alone": mail, "twice escaped": "q=" + strings.ReplaceAll(mail, "@", "%2540"), "no escape": "q=%zz" + mail, "behind a semicolon": "a=1;q=" + mail,
		"many": strings.Repeat("a=1&", 500) + "q=" + card, "an empty name": "=" + mail, "two signs": "q==" + mail, "nothing between": "&&" + mail + "&&", "a plus": "q=a+" + mail,
	}) {
		send("query with "+name, sluice.Call{Method: "GET", Path: "/openai/v1/models?" + query}, card, mail)
	}
	for _, header := range []string{"OpenAI-Organization", "OpenAI-Project", "OpenAI-Beta", "Anthropic-Beta", "Anthropic-Version", "HTTP-Referer", "X-Title", "Idempotency-Key", "If-None-Match", "Range", "Accept",
		"X-Goog-Upload-Command", "X-Goog-Upload-Header-Content-Type", "User-Agent", "Referer", "Cookie", "X-Note", "Traceparent", "Baggage"} {
		for _, value := range []string{mail, "x " + card} {
			send("header", sluice.Call{Method: "GET", Path: "/openai/v1/models", Header: []string{header, value}}, card, mail)
			send("header of a body", sluice.Call{Path: "/openai/v1/conversations", Body: `{"items":[]}`, Header: []string{header, value}}, card, mail)
			send("header of a chat", sluice.Call{Path: chat, Body: ask("m", "x", ""), Header: []string{header, value}}, card, mail)
			send("named header", sluice.Call{Path: chat, Body: ask("m", "x", ""), Header: []string{header, value, "X-Sluice-Forward-Headers", "x-note"}}, card, mail)
		}
	}
	send("content-type", sluice.Call{Path: "/openai/v1/conversations", Body: `{"items":[]}`, Header: []string{"Content-Type", `application/json; note="` + mail + `"`}}, card, mail)
	send("boundary", sluice.Call{Path: "/openai/v1/videos", Body: "--" + card + "--\r\n", Header: []string{"Content-Type", "multipart/form-data; boundary=" + card}}, card, mail)
	return nil
}

// decoded is what stands in a body in base64.
func decoded(body string) (all string) {
	for _, word := range strings.FieldsFunc(body, func(c rune) bool { return strings.ContainsRune(`"{}[]:, `, c) }) {
		if text, err := base64.StdEncoding.DecodeString(word); err == nil {
			all += " " + string(text)
		}
	}
	return all
}

// unescaped is the target of a request as it is and without escapes.
func unescaped(target string) string {
	text, err := url.QueryUnescape(target)
	if err != nil {
		return target
	}
	return text + " " + target
}
