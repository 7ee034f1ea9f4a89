package responses

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// readInput reads the input: a text of the user's, or a list of items.
func readInput(m *message.Request, input gjson.Result) error {
	if input.Type == gjson.String {
		if input.Str != "" {
			m.Messages = append(m.Messages, message.Message{Role: message.RoleUser, Path: "input",
				Parts: []message.Part{{Kind: message.KindText, Text: input.Str, Path: "input"}}})
		}
		return nil
	}
	r := inputReader{request: m}
	var err error
	i := -1
	if input.IsArray() {
		input.ForEach(func(_, item gjson.Result) bool {
			i++
			err = r.item(item, at("input", i))
			return err == nil
		})
	}
	if r.foreign {
		r.dropReasoning()
	}
	return err
}

// inputReader makes messages of items. What the model said, thought and called between two
// turns of the caller's is one message of its own.
type inputReader struct {
	request *message.Request
	foreign bool // some reasoning is another model's
}

func (r *inputReader) item(item gjson.Result, path string) error {
	switch kind := text(item.Get("type")); kind {
	case "", "message":
		return r.message(item, path)
	case "function_call", "custom_tool_call":
		return r.call(item, path, callOf(kind))
	case "function_call_output", "custom_tool_call_output":
		return r.result(item, path)
	case "reasoning":
		r.reasoning(item, path)
	case "additional_tools": // see definedTools
	case "web_search_call", "tool_search_call", "tool_search_output": // what the model found stands in its text
		r.request.Dropped = append(r.request.Dropped, path)
	default:
		return invalid(path+".type", "is '"+kind+"', which "+onlyThere)
	}
	return nil
}

func (r *inputReader) message(item gjson.Result, path string) error {
	role := message.Role(text(item.Get("role")))
	parts, err := readContent(item.Get("content"), path+".content")
	switch role {
	case message.RoleAssistant:
		r.assistant(path, parts...)
	case message.RoleUser, message.RoleSystem, message.RoleDeveloper:
		r.add(message.Message{Role: role, Parts: parts, Path: path})
	default:
		return invalid(path+".role", "must be user, assistant, system or developer")
	}
	return err
}

func (r *inputReader) add(m message.Message) { r.request.Messages = append(r.request.Messages, m) }

// assistant adds parts to the model's message.
func (r *inputReader) assistant(path string, parts ...message.Part) {
	if n := len(r.request.Messages); n > 0 && r.request.Messages[n-1].Role == message.RoleAssistant {
		last := &r.request.Messages[n-1]
		last.Parts = append(last.Parts, parts...)
		return
	}
	r.add(message.Message{Role: message.RoleAssistant, Parts: parts, Path: path})
}

func (r *inputReader) call(item gjson.Result, path string, kind call) error {
	id := text(item.Get("call_id"))
	if id == "" {
		return invalid(path+".call_id", "is missing")
	}
	name := toolName{text(item.Get("namespace")), text(item.Get("name"))}
	args := strings.TrimSpace(text(item.Get("arguments")))
	switch {
	case kind == freeForm:
		args = inputArgument(text(item.Get("input")))
	case args != "" && (!gjson.Valid(args) || args[0] != '{'):
		return invalid(path+".arguments", "must hold a JSON object")
	}
	r.assistant(path, message.Part{Kind: message.KindToolCall, Path: path, Call: message.Call{ID: id, Name: name.flat(), Args: args}})
	return nil
}

func (r *inputReader) result(item gjson.Result, path string) error {
	id := text(item.Get("call_id"))
	if id == "" {
		return invalid(path+".call_id", "is missing")
	}
	parts, err := readContent(item.Get("output"), path+".output")
	r.add(message.Message{Role: message.RoleTool, Path: path, Parts: []message.Part{{Kind: message.KindToolResult, Path: path,
		Reply: message.Reply{CallID: id, Parts: parts, Error: text(item.Get("status")) == incomplete}}}})
	return err
}

// reasoning takes in reasoning that a target of another format wrote, or its summary. What only
// OpenAI's models can decrypt means nothing to others.
func (r *inputReader) reasoning(item gjson.Result, path string) {
	encrypted := text(item.Get("encrypted_content"))
	var texts []string
	for _, s := range itemSays(item, 0) {
		if s.Reasoning != "" {
			texts = append(texts, s.Reasoning)
		}
	}
	p := message.Part{Kind: message.KindReasoning, Text: strings.Join(texts, "\n\n"), Path: path}
	switch {
	case isSealed(encrypted):
		s, whole := unseal(encrypted, p.Text, r.request.Model)
		if r.foreign = r.foreign || !whole; !whole {
			return
		}
		p.Sign = message.Signature{Value: s.Signature, Encrypted: s.Encrypted}
	case encrypted != "":
		r.request.Dropped = append(r.request.Dropped, path)
		return
	case p.Text == "":
		return
	}
	r.assistant(path, p)
}

// dropReasoning drops all signed reasoning: a part of it is another model's, and reasoning counts
// as a whole only.
func (r *inputReader) dropReasoning() {
	for i := range r.request.Messages {
		m := &r.request.Messages[i]
		kept := m.Parts[:0]
		for _, p := range m.Parts {
			if p.Kind != message.KindReasoning || p.Sign == (message.Signature{}) {
				kept = append(kept, p)
			}
		}
		m.Parts = kept
	}
	r.request.Dropped = append(r.request.Dropped, "reasoning of another model")
}
