package gemini

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

func (r *requestReader) contents(f fields) error {
	if v := f["systemInstruction"]; v.IsObject() {
		path := r.base + "systemInstruction"
		parts, err := r.parts(v, path)
		if err != nil {
			return err
		}
		if len(parts) > 0 {
			r.request.Messages = append(r.request.Messages, message.Message{Role: message.RoleSystem, Parts: parts, Path: path})
		}
	}
	for i, v := range elements(f["contents"]) {
		msg := message.Message{Path: at(r.base+"contents", i)}
		switch role := text(fieldsOf(v)["role"]); role {
		case "", "user", "function", "tool":
			msg.Role = message.RoleUser
		case "model":
			msg.Role = message.RoleAssistant
		case "system":
			msg.Role = message.RoleSystem
		default:
			return invalid(msg.Path+".role", "must be user or model")
		}
		var err error
		if msg.Parts, err = r.parts(v, msg.Path); err != nil {
			return err
		}
		r.request.Messages = append(r.request.Messages, msg)
	}
	if len(r.request.Messages) == 0 {
		return invalid(r.base+"contents", "must be a list with at least one element")
	}
	return nil
}

// parts reads the parts of a content. Empty texts say nothing and are left out.
func (r *requestReader) parts(content gjson.Result, path string) ([]message.Part, error) {
	var out []message.Part
	for i, v := range elements(fieldsOf(content)["parts"]) {
		at := at(path+".parts", i)
		if !v.IsObject() {
			return nil, invalid(at, "must be an object")
		}
		f := fieldsOf(v)
		p, err := r.part(f, v, at)
		if err != nil {
			return nil, err
		}
		out = append(out, unseal(f.text("thoughtSignature"), at)...)
		if p.Text != "" || p.Kind != message.KindText && p.Kind != message.KindReasoning {
			out = append(out, p)
		}
	}
	return out, nil
}

func (r *requestReader) part(f fields, v gjson.Result, path string) (message.Part, error) {
	p := message.Part{Path: path}
	switch {
	case f["functionCall"].IsObject():
		call := fieldsOf(f["functionCall"])
		if args := call["args"]; given(args) && !args.IsObject() {
			return p, invalid(path+".functionCall.args", "must be an object")
		}
		p.Kind = message.KindToolCall
		p.Call = message.Call{ID: r.calls.call(call.text("id"), call.text("name")), Name: call.text("name"), Args: string(call.object("args"))}
	case f["functionResponse"].IsObject():
		return r.result(p, fieldsOf(f["functionResponse"]))
	case f["inlineData"].IsObject():
		inline := fieldsOf(f["inlineData"])
		p.Media = message.Media{Type: inline.text("mimeType"), Data: standardBase64(inline.text("data")), Name: inline.text("displayName")}
		p.Kind = mediaKind(&p.Media)
	case f["fileData"].IsObject():
		file := fieldsOf(f["fileData"])
		p.Media = message.Media{Type: file.text("mimeType"), URL: file.text("fileUri"), Name: file.text("displayName")}
		p.Kind = mediaKind(&p.Media)
		if strings.Contains(p.Media.URL, "/files/") && strings.Contains(p.Media.URL, "googleapis.com") { // an upload at Google
			p.Media.FileID, p.Media.URL = p.Media.URL, ""
		}
	case f["text"].Type == gjson.String:
		p.Text = f["text"].Str
		if f["thought"].Type == gjson.True {
			p.Kind = message.KindReasoning
		}
	case given(f["text"]):
		return p, invalid(path+".text", "must be a string")
	case f.text("thoughtSignature") != "" && len(f) == 1: // a signature alone
	default:
		p.Kind, p.Native = message.KindNative, json.RawMessage(v.Raw)
	}
	return p, nil
}

// mediaKind is the kind of a part that holds media, and sets the format of audio.
func mediaKind(m *message.Media) message.Kind {
	kind, format, _ := strings.Cut(m.Type, "/")
	switch {
	case kind == "image":
		return message.KindImage
	case kind == "audio" && m.Data != "":
		switch m.Format = format; format {
		case "mpeg":
			m.Format = "mp3"
		case "x-wav", "wave":
			m.Format = "wav"
		}
		return message.KindAudio
	}
	return message.KindFile
}

// standardBase64 is data in the usual alphabet. Google's Python client writes the one for
// URLs.
func standardBase64(s string) string { return strings.NewReplacer("-", "+", "_", "/").Replace(s) }

// result reads the result of a function. Its "output", or "error", is the result where it
// has nothing else.
func (r *requestReader) result(p message.Part, f fields) (message.Part, error) {
	response := f["response"]
	if given(response) && !response.IsObject() {
		return p, invalid(p.Path+".functionResponse.response", "must be an object")
	}
	p.Kind = message.KindToolResult
	p.Reply.CallID = r.calls.answered(f.text("id"), f.text("name"))
	if p.Reply.CallID == "" {
		return p, invalid(p.Path+".functionResponse", "answers no functionCall before it")
	}
	body := response.Raw
	members := fieldsOf(response)
	for _, name := range []string{"output", "result", "error"} {
		if v, ok := members[name]; ok && len(members) == 1 {
			p.Reply.Error = name == "error"
			if body = v.Raw; v.Type == gjson.String {
				body = v.Str
			}
		}
	}
	if body != "" {
		p.Reply.Parts = append(p.Reply.Parts, message.Part{Kind: message.KindText, Text: body, Path: p.Path + ".functionResponse.response"})
	}
	for i, v := range elements(f["parts"]) {
		inner, err := r.part(fieldsOf(v), v, at(p.Path+".functionResponse.parts", i))
		if err != nil {
			return p, err
		}
		p.Reply.Parts = append(p.Reply.Parts, inner)
	}
	return p, nil
}

// callIDs gives ids to function calls, which need none in this format: a result without an
// id is that of the oldest call of its name that has none yet.
type callIDs struct {
	count int
	open  []openCall
}

type openCall struct{ id, name string }

func (c *callIDs) call(id, name string) string {
	if c.count++; id == "" {
		id = "call_" + strconv.Itoa(c.count)
	}
	c.open = append(c.open, openCall{id, name})
	return id
}

// answered returns the id of the call that a result is for; "" if there is none.
func (c *callIDs) answered(id, name string) string {
	for i, call := range c.open {
		if call.id == id || id == "" && call.name == name {
			c.open = append(c.open[:i:i], c.open[i+1:]...)
			return call.id
		}
	}
	return id
}
