package responses

import (
	"strings"

	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// requestWriter writes the items of an input. A system text that stands first becomes the
// instructions; later ones keep their place.
type requestWriter struct {
	instructions string
	input        []byte // the list, without its closing bracket
}

func (w *requestWriter) message(m *message.Message) error {
	if text, ok := onlyText(m); ok && m.Role == message.RoleSystem && w.instructions == "" && len(w.input) == 1 {
		w.instructions = text
		return nil
	}
	role := m.Role
	if role == message.RoleTool {
		role = message.RoleUser
	}
	parts := []byte{'['}
	flush := func() {
		if len(parts) > 1 {
			var o jsonx.Object
			o.Text("type", "message")
			o.Text("role", string(role))
			o.Raw("content", append(parts, ']'))
			w.input = appendItem(w.input, o.JSON())
		}
		parts = []byte{'['}
	}
	for i := range m.Parts {
		p := &m.Parts[i]
		switch p.Kind {
		case message.KindReasoning: // of another vendor's model, or nothing but a text
		case message.KindToolCall:
			flush()
			args := p.Call.Args
			if args == "" {
				args = "{}"
			}
			var o jsonx.Object
			o.Text("type", "function_call")
			o.Text("call_id", p.Call.ID)
			o.Text("name", p.Call.Name)
			o.Text("arguments", args)
			w.input = appendItem(w.input, o.JSON())
		case message.KindToolResult:
			flush()
			if err := w.result(p); err != nil {
				return err
			}
		default:
			part, err := writePart(p, role == message.RoleAssistant)
			if err != nil {
				return err
			}
			parts = appendItem(parts, part)
		}
	}
	flush()
	return nil
}

// onlyText joins the parts of a message that holds nothing but texts.
func onlyText(m *message.Message) (string, bool) {
	var texts []string
	for i := range m.Parts {
		if m.Parts[i].Kind != message.KindText {
			return "", false
		}
		texts = append(texts, m.Parts[i].Text)
	}
	return strings.Join(texts, "\n\n"), len(texts) > 0
}

func (w *requestWriter) result(p *message.Part) error {
	var o jsonx.Object
	o.Text("type", "function_call_output")
	o.Text("call_id", p.Reply.CallID)
	switch text, plain := onlyText(&message.Message{Parts: p.Reply.Parts}); {
	case len(p.Reply.Parts) == 0:
		o.Text("output", "")
	case plain:
		o.Text("output", text)
	default:
		list := []byte{'['}
		for i := range p.Reply.Parts {
			part, err := writePart(&p.Reply.Parts[i], false)
			if err != nil {
				return err
			}
			list = appendItem(list, part)
		}
		o.Raw("output", append(list, ']'))
	}
	w.input = appendItem(w.input, o.JSON())
	return nil
}

func writePart(p *message.Part, byModel bool) ([]byte, error) {
	var o jsonx.Object
	media := &p.Media
	switch p.Kind {
	case message.KindText:
		if byModel {
			return typedText("output_text", "text", p.Text), nil
		}
		return typedText("input_text", "text", p.Text), nil
	case message.KindRefusal:
		return refusalPart(p.Text), nil
	case message.KindImage:
		o.Text("type", "input_image")
		if media.FileID != "" {
			o.Text("file_id", media.FileID)
		} else {
			o.Text("image_url", media.Address())
		}
		if media.Detail != "" {
			o.Text("detail", media.Detail)
		}
		return o.JSON(), nil
	case message.KindFile:
		o.Text("type", "input_file")
		switch {
		case media.FileID != "":
			o.Text("file_id", media.FileID)
		case media.URL != "":
			o.Text("file_url", media.URL)
		default:
			name := media.Name
			if name == "" {
				name = "document" // OpenAI wants a name
			}
			o.Text("filename", name)
			o.Text("file_data", media.Address())
		}
		return o.JSON(), nil
	case message.KindAudio:
		var audio jsonx.Object
		audio.Text("data", media.Data)
		audio.Text("format", media.Format)
		o.Text("type", "input_audio")
		o.Raw("input_audio", audio.JSON())
		return o.JSON(), nil
	}
	return nil, cannotSay(p.Path, "is a kind of part that only its own format knows")
}
