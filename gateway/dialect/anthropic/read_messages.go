package anthropic

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

func readSystem(m *message.Request, v gjson.Result) error {
	parts, err := readContent(v, "system")
	if err != nil {
		return err
	}
	kept := parts[:0]
	for _, p := range parts {
		if p.Kind != message.KindText {
			return invalid(p.Path+".type", "must be text")
		}
		if strings.HasPrefix(p.Text, billingHeader) && p.Path != "system" {
			m.Dropped = append(m.Dropped, p.Path)
			continue
		}
		kept = append(kept, p)
	}
	if len(kept) > 0 {
		m.Messages = append(m.Messages, message.Message{Role: message.RoleSystem, Parts: kept, Path: "system"})
	}
	return nil
}

func readMessages(m *message.Request, list gjson.Result) error {
	if !list.IsArray() {
		return invalid("messages", "must be a list with at least one message")
	}
	var err error
	i := -1
	list.ForEach(func(_, v gjson.Result) bool {
		i++
		msg := message.Message{Role: message.Role(text(v.Get("role"))), Path: at("messages", i)}
		switch msg.Role {
		case message.RoleUser, message.RoleAssistant, message.RoleSystem:
		default:
			err = invalid(msg.Path+".role", "must be user, assistant or system")
			return false
		}
		if msg.Parts, err = readContent(v.Get("content"), msg.Path+".content"); err != nil {
			return false
		}
		read := len(msg.Parts)
		if msg.Parts = dropSearches(m, msg.Parts); read == 0 || len(msg.Parts) > 0 {
			m.Messages = append(m.Messages, msg)
		}
		return true
	})
	return err
}

// readContent reads a string, a list of blocks, or nothing. Empty texts say nothing and are
// left out; the cache point of one moves to the block before it.
func readContent(content gjson.Result, path string) ([]message.Part, error) {
	switch {
	case !given(content), content.Type == gjson.String && content.Str == "":
		return nil, nil
	case content.Type == gjson.String:
		return []message.Part{{Kind: message.KindText, Text: content.Str, Path: path}}, nil
	case !content.IsArray():
		return nil, invalid(path, "must be a string or a list of blocks")
	}
	var parts []message.Part
	var err error
	i := -1
	content.ForEach(func(_, v gjson.Result) bool {
		i++
		var p message.Part
		if p, err = readPart(v, at(path, i)); err != nil {
			return false
		}
		if p.Kind == message.KindText && p.Text == "" {
			if n := len(parts); n > 0 && parts[n-1].Cache == nil {
				parts[n-1].Cache = p.Cache
			}
			return true
		}
		parts = append(parts, p)
		return true
	})
	return parts, err
}

// cachePoint is the cache_control of a block or tool, nil if it has none.
func cachePoint(v gjson.Result) json.RawMessage {
	if c := v.Get("cache_control"); c.IsObject() {
		return json.RawMessage(c.Raw)
	}
	return nil
}

func readPart(v gjson.Result, path string) (message.Part, error) {
	p := message.Part{Path: path, Cache: cachePoint(v)}
	if !v.IsObject() {
		return p, invalid(path, "must be an object")
	}
	switch text(v.Get("type")) {
	case "":
		return p, invalid(path+".type", "is missing")
	case "text":
		if v.Get("text").Type != gjson.String {
			return p, invalid(path+".text", "must be a string")
		}
		p.Text = v.Get("text").Str
	case "thinking":
		p.Kind, p.Text, p.Sign.Value = message.KindReasoning, text(v.Get("thinking")), text(v.Get("signature"))
	case "redacted_thinking":
		p.Kind, p.Sign.Encrypted = message.KindReasoning, text(v.Get("data"))
	case "tool_use":
		return readCall(p, v)
	case "tool_result":
		return readResult(p, v)
	case "image":
		return readMedia(p, message.KindImage, v), nil
	case "document":
		p.Media.Name = text(v.Get("title"))
		return readMedia(p, message.KindFile, v), nil
	default:
		p.Kind, p.Native = message.KindNative, json.RawMessage(v.Raw)
	}
	return p, nil
}

func readCall(p message.Part, v gjson.Result) (message.Part, error) {
	input := v.Get("input")
	if given(input) && !input.IsObject() {
		return p, invalid(p.Path+".input", "must be an object")
	}
	p.Kind, p.Call = message.KindToolCall, message.Call{ID: text(v.Get("id")), Name: text(v.Get("name"))}
	if input.IsObject() {
		p.Call.Args = input.Raw
	}
	return p, nil
}

func readResult(p message.Part, v gjson.Result) (message.Part, error) {
	id := text(v.Get("tool_use_id"))
	if id == "" {
		return p, invalid(p.Path+".tool_use_id", "is missing")
	}
	parts, err := readContent(v.Get("content"), p.Path+".content")
	p.Kind, p.Reply = message.KindToolResult, message.Reply{CallID: id, Parts: parts, Error: v.Get("is_error").Bool()}
	return p, err
}

// readMedia reads the source of an image or a document. A plain text becomes a file of that
// type; a source that is not known keeps the block as it is.
func readMedia(p message.Part, kind message.Kind, v gjson.Result) message.Part {
	p.Kind = kind
	source := v.Get("source")
	switch text(source.Get("type")) {
	case "base64":
		p.Media.Type, p.Media.Data = text(source.Get("media_type")), text(source.Get("data"))
	case "text":
		p.Media.Type = "text/plain"
		p.Media.Data = base64.StdEncoding.EncodeToString([]byte(text(source.Get("data"))))
	case "url":
		p.Media.URL = text(source.Get("url"))
	case "file":
		p.Media.FileID = text(source.Get("file_id"))
	default:
		p.Kind, p.Media, p.Native = message.KindNative, message.Media{}, json.RawMessage(v.Raw)
	}
	return p
}
