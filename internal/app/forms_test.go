package app

import (
	"math"
	"strings"

	"github.com/tidwall/gjson"
)

// The media types of bodies.
const (
	asJSON      = "application/json"
	asForm      = "multipart/form-data; boundary=b"
	asRelated   = "multipart/related; boundary=b"
	boundary    = "--b\r\n"
	disposition = boundary + `Content-Disposition: form-data; name="`
)

// kindOf is the media type of JSON or a form, as a path takes it.
func kindOf(sent, path string) string {
	switch {
	case !strings.HasPrefix(sent, boundary):
		return asJSON
	case strings.Contains(path, "upload/"):
		return asRelated
	}
	return asForm
}

// form is a form of parts that field, attached and picture make.
func form(parts ...string) string { return strings.Join(parts, "") + "--b--\r\n" }

func field(name, value string) string {
	return disposition + name + "\"\r\n\r\n" + value + "\r\n"
}

func attached(name, filename, content string) string {
	return disposition + name + `"; filename="` + filename + "\"\r\n\r\n" + content + "\r\n"
}

func picture(name, filename, content string) string {
	return disposition + name + `"; filename="` + filename + "\"\r\nContent-Type: image/png\r\n\r\n" + content + "\r\n"
}

// batchForm is the form of a file with the calls of a batch.
func batchForm(calls ...string) string {
	return form(field("purpose", "batch"), attached("file", "a.jsonl", strings.Join(calls, "\n")))
}

// related is an upload of Google's: what is told of a file, and the file.
func related(about, kind, content string) string {
	return boundary + "Content-Type: application/json\r\n\r\n" + about + "\r\n" + boundary + "Content-Type: " + kind + "\r\n\r\n" + content + "\r\n--b--\r\n"
}

// chatCall is a call of a batch in OpenAI's format.
func chatCall(text string) string {
	return `{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"` + text + `"}]}}`
}

// googleCall is a call of a batch of Gemini's.
func googleCall(text string) string {
	return `{"key":"a","request":{"contents":[{"parts":[{"text":"` + text + `"}]}]}}`
}

// nano is an amount in nano-USD that is written in USD.
func nano(usd gjson.Result) int64 { return int64(math.Round(usd.Float() * 1e9)) }
