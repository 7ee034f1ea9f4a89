package ollama

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// Generate is the format of text generation (https://docs.ollama.com/api/generate): a prompt in place of
// messages. It implements dialect.ClientFormat.
type Generate struct{}

// Name implements dialect.ClientFormat.
func (Generate) Name() string { return Dialect{}.Name() }

// ReadRequest implements dialect.ClientFormat. The prompt is a message of the user's. What changes how a
// prompt is written for a model is refused: other targets do that themselves.
func (Generate) ReadRequest(raw []byte) (*message.Request, error) {
	root := gjson.ParseBytes(raw)
	m, err := clientRequest(root)
	if err != nil {
		return nil, err
	}
	for _, field := range []string{"suffix", "template", "raw", "context"} {
		if v := root.Get(field); message.Given(v) && v.Raw != "false" && v.Raw != `""` && v.Raw != "[]" {
			return nil, invalid(field, "is not supported: send the conversation to /api/chat")
		}
	}
	system, err := message.OptionalText(root, "system", invalid)
	if err != nil {
		return nil, err
	}
	prompt, err := message.OptionalText(root, "prompt", invalid)
	if err != nil {
		return nil, err
	}
	images, err := readImages(root.Get("images"), "images")
	if err != nil {
		return nil, err
	}
	if prompt == "" && len(images) == 0 {
		return nil, invalid("prompt", "must not be empty: no model is loaded or unloaded here")
	}
	if system != "" {
		m.Messages = append(m.Messages, message.Message{Role: message.RoleSystem, Path: "system", Parts: []message.Part{{Kind: message.KindText, Text: system, Path: "system"}}})
	}
	parts := append([]message.Part{{Kind: message.KindText, Text: prompt, Path: "prompt"}}, images...)
	m.Messages = append(m.Messages, message.Message{Role: message.RoleUser, Path: "prompt", Parts: parts})
	return m, nil
}

// WriteAnswer implements dialect.ClientFormat.
func (Generate) WriteAnswer(*message.Request) message.AnswerWriter {
	return &answerWriter{generates: true}
}
