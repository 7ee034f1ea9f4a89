package main

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/test/sluice"
)

// batchFiles brings personal data upstream in the files of batches: disguised in a line, in what stands
// around its body, and in forms that a vendor may read in another way.
type batchFiles struct{}

func (batchFiles) Name() string   { return "batch files" }
func (batchFiles) Bounds() Bounds { return usual }

func (batchFiles) Run(ctx context.Context, t *Target, r *Result) error {
	t.Upstream.Set("m", gatewaytest.Reply{Text: "done"})
	const purpose = "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
	part := func(disposition, content string) string {
		return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n"
	}
	const file = `name="file"; filename="a.jsonl"`
	send := func(name, body, card, mail string) {
		t.Upstream.Keep(16)
		a := t.Do(ctx, sluice.Call{Path: "/v1/files", Key: memberKey, Body: body, Header: []string{"X-Sluice-Virtual-Key", "up", "Content-Type", "multipart/form-data; boundary=b"}})
		r.Check(a.Err == nil && a.Status < 500, "%s: %s: %s", name, a.Brief(), clip(body))
		for _, seen := range t.Upstream.Requests() {
			text := folded(string(seen.Body))
			whole := strings.Contains(text, "--b--")
			leaks := strings.Contains(digitsOf(text), card) || strings.Contains(text, mail)
			r.Check(!leaks, "%s: %s → upstream received %s (a whole form: %v)", name, clip(body), clip(string(seen.Body)), whole)
		}
	}
	line := func(content string) string {
		return `{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":` + content + `}]}}`
	}
	for name := range inOrder(contents("4539578763621486", "canary1@example.com", 4)) {
		card, mail := planted(t)
		content := contents(card, mail, 4+t.Rand.IntN(8))[name]
		send(name, purpose+part(file, line(`"x"`)+"\n"+line(content))+"--b--\r\n", card, mail)
		send(name+", purpose behind", part(file, line(content))+purpose+"--b--\r\n", card, mail)
	}
	card, mail := planted(t)
	with := line(quoted("card " + card + " to " + mail))
	for name, body := range map[string]string{
		"an id of a call":      purpose + part(file, strings.Replace(line(`"x"`), `"a"`, quoted(mail), 1)),
		"another member":       purpose + part(file, strings.Replace(line(`"x"`), `"custom_id"`, `"note":`+quoted(mail)+`,"custom_id"`, 1)),
		"a body in capitals":   purpose + part(file, strings.Replace(line(`"x"`), `"custom_id"`, `"Body":{"content":`+quoted(mail)+`},"custom_id"`, 1)),
		"a body twice":         purpose + part(file, strings.Replace(with, `"custom_id"`, `"body":{},"custom_id"`, 1)),
		"an unknown operation": purpose + part(file, strings.Replace(with, "/v1/chat/completions", "/v1/other", 1)),
		"a carriage return":    purpose + part(file, strings.Replace(line(`"x"`), `"custom_id"`, "\"y\":[\r"+with+"\r],\"custom_id\"", 1)),
		"another separator":    purpose + part(file, line(`"x"`)+"\u2028"+with),
		"a mark at the head":   purpose + part(file, "\ufeff"+with),
		"the name of the file": purpose + part(`name="file"; filename="`+mail+`"`, line(`"x"`)),
		"the name of a field":  purpose + part(`name="`+mail+`"`, "x") + part(file, line(`"x"`)),
		"a field":              purpose + part(`name="note"`, mail) + part(file, line(`"x"`)),
		"a second file":        purpose + part(file, line(`"x"`)) + part(file, with),
		"a file of the name":   purpose + part(`name="File"; filename="a"`, with),
		"a name twice":         purpose + part(`name="x"; name="file"`, with),
		"a preamble":           with + "\r\n" + purpose + part(file, line(`"x"`)),
		"an epilogue":          purpose + part(file, line(`"x"`)) + "--b--\r\n" + with,
		"a head of a part":     purpose + strings.Replace(part(file, line(`"x"`)), "\r\n\r\n", "\r\nX-Note: "+mail+"\r\n\r\n", 1),
		"another purpose":      strings.Replace(purpose, "batch", " Batch ", 1) + part(file, with),
	} {
		send(name, body+"--b--\r\n", card, mail)
	}
	return nil
}
