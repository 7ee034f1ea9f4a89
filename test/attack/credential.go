package main

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/test/sluice"
)

// credentials quotes the provider's credential in its errors, whole and in pieces.
type credentials struct{}

func (credentials) Name() string   { return "credentials in errors" }
func (credentials) Bounds() Bounds { return usual }

func (credentials) Run(ctx context.Context, t *Target, r *Result) error {
	const prefix = "sk-proj-"
	body, n := credential[len(prefix):], len(credential)
	cut := 10 + t.Rand.IntN(20)
	at := len(prefix) + t.Rand.IntN(30)
	quotes := map[string]string{
		"whole": credential, "dots": credential[:12] + "..." + credential[n-10:], "ellipsis": credential[:14] + "…" + credential[n-8:], "stars": credential[:16] + "***" + credential[n-12:],
		"many stars": credential[:14] + strings.Repeat("*", 40) + credential[n-8:], "tail": "ending in ..." + credential[n-12:], "head": "beginning with " + credential[:20] + "...",
		"middle": "…" + credential[at:at+16] + "…", "in quotes": `"` + credential + `"`, "without prefix": body,
		"URL":    "https://x/?key=" + url.QueryEscape(credential),
		"bearer": "Authorization: Bearer " + credential, "line break": credential[:cut] + "\n" + credential[cut:], "space": credential[:cut] + " " + credential[cut:],
		"basic": "Basic " + base64.StdEncoding.EncodeToString([]byte("user:"+credential)), "basic, no password": base64.RawURLEncoding.EncodeToString([]byte(credential + ":")),
		"base64": base64.StdEncoding.EncodeToString([]byte(credential)), "base64 of a header": base64.URLEncoding.EncodeToString([]byte("Bearer " + credential)),
		"percent": entities(credential, "%%%02x"), "percent twice": entities(credential, "%%25%02X"),
		"twice": credential + credential, "glued": "x" + credential + "y", "escaped": strings.ReplaceAll(credential, "-", "\\u002d"),
	}
	for name, text := range inOrder(quotes) {
		errors := map[string]gatewaytest.Reply{
			"message": {Status: 401, Body: `{"error":{"message":` + quoted("Incorrect API key provided: "+text+". Find yours at https://x.") + `,"type":"invalid_request_error","code":"invalid_api_key"}}`},
			"code":    {Status: 400, Body: `{"error":{"message":"bad","type":` + quoted(text) + `,"param":` + quoted(text) + `,"code":` + quoted(text) + `}}`},
			"text":    {Status: 500, Header: http.Header{"Content-Type": {"text/plain"}}, Body: "no: " + text},
			"html":    {Status: 403, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<p>" + text + "</p>"},
			"200":     {Status: 200, Body: `{"error":{"message":` + quoted(text) + `}}`},
			"header":  {Status: 429, Header: http.Header{"X-Request-Id": {strings.ReplaceAll(text, "\n", " ")}, "Openai-Organization": {strings.ReplaceAll(text, "\n", " ")}}, Body: `{"error":{"message":"slow down"}}`},
			"stream": {Handle: func(w http.ResponseWriter, _ *http.Request, _ []byte) {
				w.Header().Set("Content-Type", "text/event-stream")
				_, _ = w.Write([]byte(`data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}` + "\n\n" + `data: {"error":{"message":` + quoted(text) + `}}` + "\n\n"))
			}},
		}
		for where, reply := range inOrder(errors) {
			t.Upstream.Set("m", reply)
			more := ""
			if where == "stream" {
				more = `,"stream":true`
			}
			for _, path := range []string{chat, messages} {
				a := t.Do(ctx, sluice.Call{Path: path, Key: memberKey, Body: ask("@up/m", "x", `,"max_tokens":9`+more), Header: []string{"X-Sluice-Config", `{"retry":{"attempts":0}}`}})
				var head strings.Builder
				_ = a.Header.Write(&head) // a builder takes everything
				if piece := remains(a.Body + head.String()); piece != "" {
					r.Check(false, "%s in %s on %s: %q of the credential remains: upstream says %s, the caller sees %s", name, where, path, piece, clip(text), a.Brief())
				} else {
					r.Check(a.Err == nil, "%s in %s: %v", name, where, a.Err)
				}
			}
		}
	}
	time.Sleep(1200 * time.Millisecond) // rows can be read after a second
	logs := t.Do(ctx, sluice.Call{Path: "/v1/logs?limit=1000"})
	r.Check(remains(logs.Body) == "", "%q of the credential is in the rows", remains(logs.Body))
	r.Check(remains(t.Output()) == "", "%q of the credential is in the log", remains(t.Output()))
	return nil
}

// remains finds a piece of the credential, of at least eight characters behind the prefix, in a
// text, plain, in base64 or percent-encoded, and of six next to an ellipsis.
func remains(text string) string {
	const piece = 8
	body := credential[len("sk-proj-"):]
	if plain, err := url.PathUnescape(strings.ReplaceAll(text, "%25", "%")); err == nil {
		text = plain
	}
	forms := []string{body}
	for i := range 3 { // wherever the credential stands in what is encoded
		forms = append(forms, base64.RawStdEncoding.EncodeToString([]byte(body[i:i+3*((len(body)-i)/3)])))
	}
	for _, form := range forms {
		for i := 0; i+piece <= len(form); i++ {
			if strings.Contains(text, form[i:i+piece]) {
				return form[i : i+piece]
			}
		}
	}
	for _, dots := range []string{"...", "…", "***"} {
		if tail := dots + credential[len(credential)-6:]; strings.Contains(text, tail) {
			return tail
		}
		if head := body[:6] + dots; strings.Contains(text, head) {
			return head
		}
	}
	return ""
}
