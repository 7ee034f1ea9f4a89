package main

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/test/sluice"
)

// passedForms brings personal data upstream in forms, and in what is no form, below the prefix of a vendor:
// disguised in fields, in names and in heads of parts, and where a vendor may read the form in another way.
type passedForms struct{}

func (passedForms) Name() string   { return "passed forms" }
func (passedForms) Bounds() Bounds { return usual }

func (passedForms) Run(ctx context.Context, t *Target, r *Result) error {
	t.Upstream.Set("m", gatewaytest.Reply{Text: "done"})
	send := func(name, kind, body, card, mail string) {
		t.Upstream.Keep(16)
		a := t.Do(ctx, sluice.Call{Path: "/openai/v1/videos", Key: memberKey, Body: body, Header: []string{"X-Sluice-Virtual-Key", "up", "Content-Type", kind}})
		r.Check(a.Err == nil && a.Status < 500, "%s: %s: %s", name, a.Brief(), clip(body))
		for _, seen := range t.Upstream.Requests() {
			text := folded(string(seen.Body))
			leaks := strings.Contains(digitsOf(text), card) || strings.Contains(text, mail)
			r.Check(!leaks, "%s: %s → upstream received %s", name, clip(body), clip(string(seen.Body)))
		}
	}
	part := func(disposition, content string) string {
		return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n"
	}
	const formData, image, end = "multipart/form-data; boundary=b", `name="input_reference"; filename="a.png"`, "--b--\r\n"
	model := part(`name="model"`, "m")
	for name := range inOrder(contents("4539578763621486", "canary1@example.com", 4)) {
		if strings.HasSuffix(name, "parts") { // of one text are those of a message only
			continue
		}
		card, mail := planted(t)
		content := contents(card, mail, 4+t.Rand.IntN(8))[name] // a JSON text: one form as it stands, one decoded
		plain := content
		if content[0] == '"' {
			plain = jsonx.String([]byte(content))
		}
		send(name, formData, model+part(`name="metadata"`, content)+end, card, mail)
		for _, as := range []string{`name="input_reference"; filename="a.png"`, `name="notes"; filename="a"`, `name="files[]"; filename="s/SKILL.md"`} {
			send(name+", as a file", formData, model+part(as, plain)+end, card, mail)
			send(name+", in a file of JSON", formData, model+part(as, content)+end, card, mail)
			send(name+", in a line of a file", formData, model+part(as, "{}\n["+content+"]\n")+end, card, mail)
		}
		send(name+", decoded", formData, part(image, "x")+part(`name="prompt"`, plain)+model+end, card, mail)
	}
	card, mail := planted(t)
	with := "card " + card + " to " + mail
	for name, body := range map[string]string{
		"a field":                 model + part(`name="prompt"`, with),
		"another field":           model + part(`name="user_id"`, with),
		"a field called data":     model + part(`name="data"`, card),
		"the name of a field":     model + part(`name="`+mail+`"`, "x"),
		"the name of a file":      model + part(`name="input_reference"; filename="`+mail+`"`, "x"),
		"an encoded file name":    model + part(`name="input_reference"; filename*=utf-8''`+strings.ReplaceAll(mail, "@", "%40"), "x"),
		"a field as a file":       model + part(`name="prompt"; filename="a"`, with),
		"a field as a file, else": model + part(`name="PROMPT[]"; filename="a"`, with),
		"an empty file name":      model + part(`name="prompt"; filename=""`, with),
		"a name twice":            model + part(`name="input_reference"; name="prompt"; filename="a"`, with),
		"no name":                 model + "--b\r\n\r\n" + with + "\r\n",
		"a preamble":              with + "\r\n" + model,
		"an epilogue":             model + end + with,
		"a head of a part":        strings.Replace(model, "\r\n\r\n", "\r\nX-Note: "+mail+"\r\n\r\n", 1),
		"a content-type":          model + strings.Replace(part(image, "x"), "\r\n\r\n", "\r\nContent-Type: image/png; x=\""+mail+"\"\r\n\r\n", 1),
		"a field twice":           model + part(`name="prompt"`, "x") + part(`name="prompt"`, with),
	} {
		send(name, formData, body+end, card, mail)
	}
	for _, kind := range []string{"text/plain", "application/x-ndjson", "application/octet-stream", "image/png", "application/x-www-form-urlencoded", "multipart/related; boundary=b", "multipart/form-data", "multipart/mixed; boundary=b"} {
		send("as "+kind, kind, `{"model":"m","prompt":`+quoted(with)+`}`, card, mail)
	}
	return nil
}
