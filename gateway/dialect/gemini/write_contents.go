package gemini

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// contentWriter writes the messages of a request: system messages stand apart, results of
// tools are part of a user's turn, and neighbours of one role are one turn, because the
// results of parallel calls must stand in one.
type contentWriter struct {
	version  version
	system   *content
	contents []*content
	names    map[string]string // of the functions called so far, by the call's id
}

func (w *contentWriter) message(m *message.Message) error {
	role := "user"
	switch m.Role {
	case message.RoleSystem, message.RoleDeveloper:
		return w.instruct(m)
	case message.RoleAssistant:
		role = "model"
	case message.RoleUser, message.RoleTool:
	default:
		return refuse(m.Path+".role", "names a role that this target does not have")
	}
	parts, err := w.parts(m)
	if err != nil || len(parts) == 0 {
		return err
	}
	if n := len(w.contents); n > 0 && w.contents[n-1].Role == role {
		w.contents[n-1].Parts = append(w.contents[n-1].Parts, parts...)
		return nil
	}
	w.contents = append(w.contents, &content{Role: role, Parts: parts})
	return nil
}

func (w *contentWriter) instruct(m *message.Message) error {
	for i := range m.Parts {
		p := &m.Parts[i]
		switch p.Kind {
		case message.KindText, message.KindRefusal:
		case message.KindReasoning:
			continue
		default:
			return refuse(p.Path, "must be text: this target takes nothing else in system messages")
		}
		if w.system == nil {
			w.system = &content{}
		}
		w.system.Parts = append(w.system.Parts, textPart(p.Text))
	}
	return nil
}

// parts writes the parts of one message. A signature of Google's goes to the function call
// behind it, else to the last text. Reasoning without one is left out.
func (w *contentWriter) parts(m *message.Message) ([]part, error) {
	var out []part
	signature, signed, called := "", false, -1
	for i := range m.Parts {
		p := &m.Parts[i]
		switch p.Kind {
		case message.KindReasoning:
			if s, ok := p.Sign.StampedBy(message.StampGoogle); ok {
				signature = s
			}
			continue
		case message.KindToolResult:
			written, err := w.result(p, m.Name)
			if err != nil {
				return nil, err
			}
			out = append(out, written...)
			continue
		}
		written, err := w.part(p)
		if err != nil {
			return nil, err
		}
		if written.Call != nil {
			signed = signed || signature != ""
			written.Signature, signature = signature, ""
			if called < 0 {
				called = len(out)
			}
		}
		out = append(out, written)
	}
	if n := len(out); signature != "" && n > 0 && out[n-1].Text != nil {
		out[n-1].Signature = signature
	}
	if called >= 0 && !signed && w.version.number >= 300 {
		out[called].Signature = skipValidation
	}
	return out, nil
}

func (w *contentWriter) part(p *message.Part) (part, error) {
	switch p.Kind {
	case message.KindText, message.KindRefusal:
		return textPart(p.Text), nil
	case message.KindToolCall:
		args, err := p.Arguments(refuse)
		if err != nil {
			return part{}, err
		}
		w.names[p.Call.ID] = p.Call.Name
		return part{Call: &functionCall{p.Call.ID, p.Call.Name, args}}, nil
	case message.KindImage, message.KindAudio, message.KindFile:
		return writeMedia(p)
	case message.KindNative:
		if v := gjson.ParseBytes(p.Native); given(v.Get("executableCode")) || given(v.Get("codeExecutionResult")) {
			return part{Native: p.Native}, nil
		}
	}
	return part{}, refuse(p.Path+".type", "names a kind of part that this target does not take")
}

// result writes the result of a function. Media stand in the result itself for models that
// take them there, else behind it.
func (w *contentWriter) result(p *message.Part, speaker string) ([]part, error) {
	name := w.names[p.Reply.CallID]
	if name == "" {
		name = speaker
	}
	if name == "" {
		return nil, refuse(p.Path, "is the result of a tool that was not called before it")
	}
	var said strings.Builder
	var media []part
	for i := range p.Reply.Parts {
		written, err := w.part(&p.Reply.Parts[i])
		switch {
		case err != nil:
			return nil, err
		case written.Text != nil:
			said.WriteString(*written.Text)
		default:
			media = append(media, written)
		}
	}
	r := &functionResponse{ID: p.Reply.CallID, Name: name, Response: responseOf(said.String(), p.Reply.Error)}
	if w.version.number >= 300 {
		r.Parts, media = media, nil
	}
	return append([]part{{Result: r}}, media...), nil
}

// responseOf is the result of a function: a JSON object as it is, anything else as the
// member that Google reads.
func responseOf(s string, failed bool) json.RawMessage {
	if trimmed := strings.TrimSpace(s); !failed && strings.HasPrefix(trimmed, "{") && gjson.Valid(trimmed) {
		return json.RawMessage(trimmed)
	}
	name := "output"
	if failed {
		name = "error"
	}
	raw, _ := json.Marshal(map[string]string{name: s}) // plain data always encodes
	return raw
}

// writeMedia writes an image, audio or a file. A text file is a text.
func writeMedia(p *message.Part) (part, error) {
	m := &p.Media
	media, _, _ := strings.Cut(m.Type, ";")
	switch {
	case m.Data != "" && p.Kind == message.KindFile && strings.HasPrefix(media, "text/"):
		raw, err := base64.StdEncoding.DecodeString(m.Data)
		if err != nil || !utf8.Valid(raw) {
			return part{}, refuse(p.Path, "must hold a text in UTF-8, in base64")
		}
		return textPart(string(raw)), nil
	case m.Data != "":
		return part{Inline: &inlineData{mediaType(p), m.Data, ""}}, nil
	case strings.HasPrefix(m.URL, "https://"), strings.HasPrefix(m.URL, "http://"), strings.HasPrefix(m.URL, "gs://"):
		return part{File: &fileData{mediaType(p), m.URL}}, nil
	case strings.HasPrefix(m.FileID, "https://"): // an upload at Google
		return part{File: &fileData{m.Type, m.FileID}}, nil
	case m.FileID != "":
		return part{}, refuse(p.Path, "names a file of another provider, which this target cannot read")
	}
	return part{}, refuse(p.Path, "must be a data: URL in base64, or an https: or http: URL")
}

// mediaTypes are the types of files by the ends of their names.
var mediaTypes = map[string]string{"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp", "heic": "image/heic",
	"pdf": "application/pdf", "txt": "text/plain", "html": "text/html", "csv": "text/csv", "mp3": "audio/mp3", "wav": "audio/wav", "mp4": "video/mp4"}

// mediaType is the type of a part's media, which Google wants to be told.
func mediaType(p *message.Part) string {
	media, _, _ := strings.Cut(p.Media.Type, ";")
	switch {
	case media == "image/jpg":
		return "image/jpeg"
	case media != "":
		return media
	case p.Kind == message.KindAudio && p.Media.Format != "":
		return "audio/" + p.Media.Format
	}
	address, _, _ := strings.Cut(p.Media.URL+p.Media.Name, "?")
	if known := mediaTypes[strings.ToLower(address[strings.LastIndexByte(address, '.')+1:])]; known != "" {
		return known
	}
	if p.Kind == message.KindImage {
		return "image/jpeg"
	}
	return "application/pdf"
}
