package gatewaytest

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

const geminiID = "resp_upstream"

// geminiCall returns the model and the method of a call in Google's format, "" for another.
func geminiCall(path string) (model, method string) {
	_, call, found := strings.Cut(path, "/models/")
	if !found {
		return "", ""
	}
	colon := strings.LastIndexByte(call, ':')
	if colon < 0 {
		return "", ""
	}
	return call[:colon], call[colon+1:]
}

// finishReasons maps OpenAI's finish reasons to Google's.
var finishReasons = map[string]string{"stop": "STOP", "tool_calls": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY"}

func (a *answer) geminiFinish() string {
	if s, ok := finishReasons[a.finish()]; ok {
		return s
	}
	return a.finish()
}

func (a *answer) geminiUsage() string {
	return `"usageMetadata":{"promptTokenCount":` + itoa(a.input()) + `,"cachedContentTokenCount":` + itoa(a.Cached) + `,"candidatesTokenCount":` + itoa(a.output()) +
		`,"totalTokenCount":` + itoa(a.input()+a.output()) + `}`
}

// geminiEvent is an answer with these parts. end adds the finish reason.
func (a *answer) geminiEvent(end bool, parts ...string) string {
	finish := ""
	if end && !a.Fault.NoFinish {
		finish = `"finishReason":` + quoted(a.geminiFinish()) + `,`
	}
	usage := ""
	if end && a.Fault.Usage != UsageAbsent {
		usage = a.geminiUsage() + ","
	}
	return `{"candidates":[{"content":{"parts":[` + strings.Join(parts, ",") + `],"role":"model"},` + finish + `"index":0}],` + usage +
		`"modelVersion":` + quoted(a.Model) + `,"responseId":"` + geminiID + `"}`
}

// geminiTools are the function calls. The first one has the signature.
func (a *answer) geminiTools() []string {
	var out []string
	for i, t := range a.Tools {
		signature := ""
		if i == 0 && a.Signature != "" {
			signature = `,"thoughtSignature":` + quoted(a.Signature)
		}
		out = append(out, `{"functionCall":{"id":`+quoted(t.ID)+`,"name":`+quoted(t.Name)+`,"args":`+strings.Join(t.Args, "")+`}`+signature+`}`)
	}
	return out
}

func (a *answer) geminiBody() string {
	var parts []string
	if a.Reasoning != "" {
		parts = append(parts, `{"text":`+quoted(a.Reasoning)+`,"thought":true}`)
	}
	if a.Text != "" {
		parts = append(parts, `{"text":`+quoted(a.Text)+`}`)
	}
	return a.geminiEvent(true, append(parts, a.geminiTools()...)...)
}

func (a *answer) geminiFrames() []frame {
	var out []frame
	if a.Reasoning != "" {
		for _, p := range a.reasoningPieces() {
			out = append(out, frame{data: a.geminiEvent(false, `{"text":`+quoted(p)+`,"thought":true}`)})
		}
	}
	pieces := a.pieces()
	for i, p := range pieces {
		out = append(out, frame{data: a.geminiEvent(i == len(pieces)-1 && len(a.Tools) == 0, `{"text":`+quoted(p)+`}`)})
	}
	tools := a.geminiTools()
	for i, t := range tools {
		out = append(out, frame{data: a.geminiEvent(i == len(tools)-1, t)})
	}
	return out
}

// geminiEmbeddings embeds the texts of a call, one or several.
func geminiEmbeddings(body []byte) string {
	var inputs []string
	for _, v := range gjson.GetBytes(body, "requests.#.content.parts.0.text").Array() {
		inputs = append(inputs, v.String())
	}
	batch := len(inputs) > 0
	if !batch {
		inputs = append(inputs, gjson.GetBytes(body, "content.parts.0.text").String())
	}
	var list []string
	for _, s := range inputs {
		list = append(list, `{"values":[`+strconv.Itoa(len(s))+`,0.25,-1]}`)
	}
	if batch {
		return `{"embeddings":[` + strings.Join(list, ",") + `]}`
	}
	return `{"embedding":` + list[0] + `}`
}

// lastContent returns the text of the last user content.
func lastContent(body []byte) string {
	text := ""
	gjson.GetBytes(body, "contents").ForEach(func(_, c gjson.Result) bool {
		if c.Get("role").String() == "model" {
			return true
		}
		text = ""
		for _, p := range c.Get("parts").Array() {
			text += p.Get("text").String()
		}
		return true
	})
	return text
}
