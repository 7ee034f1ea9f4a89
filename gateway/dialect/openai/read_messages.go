package openai

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

func readMessages(m *message.Request, list gjson.Result) error {
	var err error
	i := -1
	list.ForEach(func(_, v gjson.Result) bool {
		i++
		var msg message.Message
		if msg, err = readRequestMessage(v, "messages["+strconv.Itoa(i)+"]"); err != nil {
			return false
		}
		m.Messages = append(m.Messages, msg)
		return true
	})
	return err
}

func readRequestMessage(v gjson.Result, path string) (message.Message, error) {
	msg := message.Message{Role: message.Role(text(v.Get("role"))), Name: text(v.Get("name")), Path: path}
	var err error
	switch msg.Role {
	case message.RoleSystem, message.RoleDeveloper, message.RoleUser:
		msg.Parts, err = readParts(v.Get("content"), path+".content", cachePoint(v))
	case message.RoleAssistant:
		err = readAssistant(&msg, v)
	case message.RoleTool:
		err = readToolResult(&msg, v)
	default:
		err = invalid(path+".role", "must be system, developer, user, assistant or tool")
	}
	return msg, err
}

// cachePoint is the cache_control of a message, part or tool call, nil if it has none.
func cachePoint(v gjson.Result) json.RawMessage {
	if c := v.Get("cache_control"); c.IsObject() {
		return json.RawMessage(c.Raw)
	}
	return nil
}

// readAssistant reads a turn of the model: its signed reasoning, then what it said, then
// the tools that it called.
func readAssistant(msg *message.Message, v gjson.Result) error {
	v.Get("thinking_blocks").ForEach(func(_, b gjson.Result) bool {
		msg.Parts = append(msg.Parts, message.Part{Kind: message.KindReasoning, Text: text(b.Get("thinking")),
			Sign: message.Signature{Value: text(b.Get("signature")), Encrypted: text(b.Get("data"))}})
		return true
	})
	if len(msg.Parts) == 0 {
		msg.Parts = readDetails(v.Get("reasoning_details"))
	}
	for _, name := range []string{"reasoning_content", "reasoning"} {
		if r := text(v.Get(name)); r != "" && len(msg.Parts) == 0 {
			msg.Parts = append(msg.Parts, message.Part{Kind: message.KindReasoning, Text: r})
		}
	}
	parts, err := readParts(v.Get("content"), msg.Path+".content", cachePoint(v))
	if err != nil {
		return err
	}
	msg.Parts = append(msg.Parts, parts...)
	if r := text(v.Get("refusal")); r != "" {
		msg.Parts = append(msg.Parts, message.Part{Kind: message.KindRefusal, Text: r, Path: msg.Path + ".refusal"})
	}
	i := -1
	v.Get("tool_calls").ForEach(func(_, c gjson.Result) bool {
		i++
		path := msg.Path + ".tool_calls[" + strconv.Itoa(i) + "]"
		args := strings.TrimSpace(text(c.Get("function.arguments")))
		if args != "" && (!gjson.Valid(args) || args[0] != '{') {
			err = invalid(path+".function.arguments", "must hold a JSON object")
			return false
		}
		if s := text(c.Get("extra_content.google.thought_signature")); s != "" {
			msg.Parts = append(msg.Parts, message.Part{Kind: message.KindReasoning, Sign: message.Signature{Encrypted: message.Stamp(message.StampGoogle, s)}})
		}
		msg.Parts = append(msg.Parts, message.Part{Kind: message.KindToolCall, Path: path, Cache: cachePoint(c),
			Call: message.Call{ID: text(c.Get("id")), Name: text(c.Get("function.name")), Args: args}})
		return true
	})
	return err
}

func readToolResult(msg *message.Message, v gjson.Result) error {
	id := text(v.Get("tool_call_id"))
	if id == "" {
		return invalid(msg.Path+".tool_call_id", "is missing")
	}
	parts, err := readParts(v.Get("content"), msg.Path+".content", nil)
	msg.Parts = []message.Part{{Kind: message.KindToolResult, Path: msg.Path, Cache: cachePoint(v),
		Reply: message.Reply{CallID: id, Parts: parts, Error: v.Get("is_error").Bool()}}}
	return err
}

// readParts reads a content: a string, a list of parts, or nothing. Empty texts say nothing
// and are left out. cache marks the last part where the message itself carries the mark.
func readParts(content gjson.Result, path string, cache json.RawMessage) ([]message.Part, error) {
	switch {
	case !content.Exists() || content.Type == gjson.Null:
		return nil, nil
	case content.Type == gjson.String && content.Str == "":
		return nil, nil
	case content.Type == gjson.String:
		return []message.Part{{Kind: message.KindText, Text: content.Str, Cache: cache, Path: path}}, nil
	case !content.IsArray():
		return nil, invalid(path, "must be a string or a list of parts")
	}
	var parts []message.Part
	var err error
	i := -1
	content.ForEach(func(_, v gjson.Result) bool {
		i++
		var p message.Part
		if p, err = readPart(v, path+"["+strconv.Itoa(i)+"]"); err != nil {
			return false
		}
		if p.Kind != message.KindText || p.Text != "" {
			parts = append(parts, p)
		}
		return true
	})
	if n := len(parts); n > 0 && parts[n-1].Cache == nil {
		parts[n-1].Cache = cache
	}
	return parts, err
}

func readPart(v gjson.Result, path string) (message.Part, error) {
	p := message.Part{Path: path, Cache: cachePoint(v)}
	if v.Type == gjson.String {
		p.Text = v.Str
		return p, nil
	}
	switch kind := text(v.Get("type")); kind {
	case "text", "input_text", "output_text":
		p.Text = text(v.Get("text"))
	case "refusal":
		p.Kind, p.Text = message.KindRefusal, text(v.Get("refusal"))
	case "image_url":
		return readImage(p, v.Get("image_url"))
	case "input_audio":
		p.Kind = message.KindAudio
		p.Media = message.Media{Data: text(v.Get("input_audio.data")), Format: text(v.Get("input_audio.format"))}
	case "file":
		return readFile(p, v.Get("file"))
	default:
		p.Kind, p.Native = message.KindNative, json.RawMessage(v.Raw)
	}
	return p, nil
}

func readImage(p message.Part, v gjson.Result) (message.Part, error) {
	p.Kind, p.Path = message.KindImage, p.Path+".image_url"
	url := text(v)
	if v.IsObject() {
		url, p.Path = text(v.Get("url")), p.Path+".url"
		p.Media.Detail = text(v.Get("detail"))
	}
	return p, readMedia(&p, url)
}

func readFile(p message.Part, v gjson.Result) (message.Part, error) {
	p.Kind = message.KindFile
	p.Media = message.Media{Name: text(v.Get("filename")), FileID: text(v.Get("file_id"))}
	if data := text(v.Get("file_data")); data != "" {
		p.Path += ".file.file_data"
		return p, readMedia(&p, data)
	}
	return p, nil
}

// readMedia takes a reference or a data: URL.
func readMedia(p *message.Part, url string) error {
	rest, inline := strings.CutPrefix(url, "data:")
	if !inline {
		p.Media.URL = url
		return nil
	}
	head, data, found := strings.Cut(rest, ",")
	kind, base64 := strings.CutSuffix(head, ";base64")
	if !found || !base64 {
		return gateway.InvalidField("openai.ReadRequest", p.Path, "The field '"+p.Path+"' must be a URL or a data: URL in base64.")
	}
	p.Media.Type, p.Media.Data = kind, data
	return nil
}
