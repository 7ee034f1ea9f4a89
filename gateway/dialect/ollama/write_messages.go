package ollama

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// turn is one message. Images are base64.
type turn struct {
	Role     string     `json:"role"`
	Content  string     `json:"content"`
	Thinking string     `json:"thinking,omitempty"`
	Images   []string   `json:"images,omitempty"`
	Calls    []toolCall `json:"tool_calls,omitempty"`
	ToolName string     `json:"tool_name,omitempty"`
	CallID   string     `json:"tool_call_id,omitempty"`
}

type toolCall struct {
	ID       string       `json:"id,omitempty"`
	Function calledByName `json:"function"`
}

type calledByName struct {
	Name string          `json:"name"`
	Args json.RawMessage `json:"arguments"`
}

// add writes one message. Each result of a tool is a message of its own, with the name of the tool. What
// the model thought is sent back unless somebody signed it.
func (r *request) add(m *message.Message, names map[string]string) error {
	role, err := m.ChatRole(refuse)
	if err != nil {
		return err
	}
	t := turn{Role: string(role)}
	for i := range m.Parts {
		switch p := &m.Parts[i]; p.Kind {
		case message.KindToolResult:
			result := turn{Role: "tool", ToolName: names[p.Reply.CallID], CallID: p.Reply.CallID}
			for j := range p.Reply.Parts {
				if err := r.part(&result, &p.Reply.Parts[j]); err != nil {
					return err
				}
			}
			r.Messages = append(r.Messages, result)
		case message.KindToolCall:
			args, err := p.Arguments(refuse)
			if err != nil {
				return err
			}
			names[p.Call.ID] = p.Call.Name
			t.Calls = append(t.Calls, toolCall{p.Call.ID, calledByName{p.Call.Name, args}})
		default:
			if err := r.part(&t, p); err != nil {
				return err
			}
		}
	}
	if t.Content != "" || t.Images != nil || t.Calls != nil {
		r.Messages = append(r.Messages, t)
	}
	return nil
}

// part adds a part that is no call and no result to the message t. A second text begins another
// message: joined, they would be one that nobody judged.
func (r *request) part(t *turn, p *message.Part) error {
	next := func(full bool) {
		if full {
			r.Messages = append(r.Messages, *t)
			*t = turn{Role: t.Role, ToolName: t.ToolName, CallID: t.CallID}
		}
	}
	switch p.Kind {
	case message.KindText, message.KindRefusal:
		next(t.Content != "")
		t.Content = p.Text
	case message.KindReasoning:
		if p.Sign == (message.Signature{}) && p.Text != "" {
			next(t.Thinking != "")
			t.Thinking = p.Text
		}
	case message.KindImage:
		data := strings.TrimSpace(p.Media.Data)
		if _, err := base64.StdEncoding.DecodeString(data); data == "" || err != nil {
			return refuse(p.Path, "must be a data: URL in base64: this target reads no other addresses and no uploads")
		}
		t.Images = append(t.Images, data)
	default:
		return refuse(p.Path+".type", "names a kind of part that this target does not take")
	}
	return nil
}
