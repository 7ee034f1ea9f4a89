package cohere

import "github.com/sluicegate/sluice/gateway/dialect/message"

// turn is one message. Content is a text or a list of blocks.
type turn struct {
	Role    string                 `json:"role"`
	Content any                    `json:"content,omitempty"`
	Calls   []message.FunctionCall `json:"tool_calls,omitempty"`
	Plan    string                 `json:"tool_plan,omitempty"`
	CallID  string                 `json:"tool_call_id,omitempty"`
}

// block is one block of content.
type block struct {
	Type     string    `json:"type"`
	Text     string    `json:"text,omitempty"`
	Thinking string    `json:"thinking,omitempty"`
	Image    *imageURL `json:"image_url,omitempty"`
}

type imageURL struct {
	URL    string `json:"url"`
	Detail string `json:"detail,omitempty"`
}

// add writes one message. Each result of a tool is a message of its own. What a model said before it
// called tools is its plan. reasons tells a model that takes back what it thought.
func (r *request) add(m *message.Message, reasons bool) error {
	role, err := m.ChatRole(refuse)
	if err != nil {
		return err
	}
	t := turn{Role: string(role)}
	var blocks []block
	for i := range m.Parts {
		p := &m.Parts[i]
		switch p.Kind {
		case message.KindToolResult:
			result, err := writeResult(p)
			if err != nil {
				return err
			}
			r.Messages = append(r.Messages, result)
			continue
		case message.KindToolCall:
			args, err := p.Arguments(refuse)
			if err != nil {
				return err
			}
			t.Calls = append(t.Calls, message.AsFunctionCall(p.Call.ID, p.Call.Name, string(args)))
			continue
		case message.KindReasoning:
			if reasons && p.Text != "" && p.Sign == (message.Signature{}) && role == message.RoleAssistant {
				blocks = append(blocks, block{Type: "thinking", Thinking: p.Text})
			}
			continue
		}
		b, err := writeBlock(p, role == message.RoleUser)
		if err != nil {
			return err
		}
		if b.Type != "text" || b.Text != "" {
			blocks = append(blocks, b)
		}
	}
	if len(t.Calls) > 0 {
		blocks, t.Plan = planned(blocks)
	}
	if t.Content = contentOf(blocks); t.Content != nil || len(t.Calls) > 0 {
		r.Messages = append(r.Messages, t)
	}
	return nil
}

// contentOf is a text where nothing else is said, else a list; nil if nothing is said.
func contentOf(blocks []block) any {
	switch {
	case len(blocks) == 0:
		return nil
	case len(blocks) == 1 && blocks[0].Type == "text":
		return blocks[0].Text
	}
	return blocks
}

// planned takes the text out of blocks. Several texts stay where they are: joined, they would be one
// that nobody judged.
func planned(blocks []block) (rest []block, plan string) {
	last := len(blocks) - 1
	if last < 0 || blocks[last].Type != "text" || last > 0 && blocks[last-1].Type == "text" {
		return blocks, ""
	}
	return blocks[:last], blocks[last].Text
}

// writeBlock writes a part that is no call and no result.
func writeBlock(p *message.Part, images bool) (block, error) {
	switch {
	case p.Kind == message.KindText, p.Kind == message.KindRefusal:
		return block{Type: "text", Text: p.Text}, nil
	case p.Kind == message.KindImage && images:
		url := p.Media.Address()
		if url == "" {
			return block{}, refuse(p.Path, "must be a URL or a data: URL: this target knows no uploads")
		}
		return block{Type: "image_url", Image: &imageURL{url, p.Media.Detail}}, nil
	case p.Kind == message.KindImage:
		return block{}, refuse(p.Path, "must be text: this target takes images from the user only")
	}
	return block{}, refuse(p.Path+".type", "names a kind of part that this target does not take")
}

// writeResult writes what a tool answered. That it failed stands in its text.
func writeResult(p *message.Part) (turn, error) {
	blocks := []block{}
	for i := range p.Reply.Parts {
		b, err := writeBlock(&p.Reply.Parts[i], false)
		if err != nil {
			return turn{}, err
		}
		blocks = append(blocks, b)
	}
	content := contentOf(blocks)
	if content == nil {
		content = ""
	}
	return turn{Role: "tool", CallID: p.Reply.CallID, Content: content}, nil
}
