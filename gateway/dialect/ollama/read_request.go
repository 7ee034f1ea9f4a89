package ollama

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// ReadRequest implements dialect.ClientFormat: it reads a chat.
func (Dialect) ReadRequest(raw []byte) (*message.Request, error) {
	root := gjson.ParseBytes(raw)
	m, err := clientRequest(root)
	if err != nil {
		return nil, err
	}
	list := root.Get("messages")
	if !list.IsArray() {
		return nil, invalid("messages", "must be a list")
	}
	var calls openCalls
	for i, v := range list.Array() {
		turn, err := readTurn(v, "messages["+strconv.Itoa(i)+"]", &calls)
		if err != nil {
			return nil, err
		}
		m.Messages = append(m.Messages, turn)
	}
	if len(m.Messages) == 0 {
		return nil, invalid("messages", "must not be empty: no model is loaded or unloaded here")
	}
	m.Tools, err = message.ReadFunctions(root.Get("tools"), invalid)
	return m, err
}

func readTurn(v gjson.Result, path string, calls *openCalls) (message.Message, error) {
	m := message.Message{Role: message.Role(v.Get("role").String()), Path: path}
	content, err := message.OptionalText(v, "content", invalid)
	if err != nil {
		return m, invalid(path+".content", "must be a string")
	}
	switch m.Role {
	case message.RoleSystem, message.RoleUser, message.RoleAssistant:
	case message.RoleTool:
		id, ok := calls.answered(v.Get("tool_call_id").String(), v.Get("tool_name").String())
		if !ok {
			return m, invalid(path, "answers no call of a tool")
		}
		m.Parts = []message.Part{{Kind: message.KindToolResult, Path: path, Reply: message.Reply{CallID: id, Parts: []message.Part{{Kind: message.KindText, Text: content, Path: path + ".content"}}}}}
		return m, nil
	default:
		return m, invalid(path+".role", "must be system, user, assistant or tool")
	}
	if thought := v.Get("thinking").String(); thought != "" && m.Role == message.RoleAssistant {
		m.Parts = append(m.Parts, message.Part{Kind: message.KindReasoning, Text: thought, Path: path + ".thinking"})
	}
	images, err := readImages(v.Get("images"), path+".images")
	if err != nil {
		return m, err
	}
	if content != "" || len(images) == 0 {
		m.Parts = append(m.Parts, message.Part{Kind: message.KindText, Text: content, Path: path + ".content"})
	}
	m.Parts = append(m.Parts, images...)
	for i, call := range v.Get("tool_calls").Array() {
		at := path + ".tool_calls[" + strconv.Itoa(i) + "]"
		args := call.Get("function.arguments")
		if !args.IsObject() && message.Given(args) {
			return m, invalid(at+".function.arguments", "must be an object")
		}
		c := calls.begin(call.Get("id").String(), call.Get("function.name").String())
		c.Args = args.Raw
		m.Parts = append(m.Parts, message.Part{Kind: message.KindToolCall, Call: c, Path: at})
	}
	return m, nil
}

// readImages reads images in base64. What kind they are of is seen in their first bytes.
func readImages(list gjson.Result, path string) ([]message.Part, error) {
	if message.Given(list) && !list.IsArray() {
		return nil, invalid(path, "must be a list")
	}
	var out []message.Part
	for i, v := range list.Array() {
		at := path + "[" + strconv.Itoa(i) + "]"
		head := v.Str[:min(len(v.Str), 64)]
		first, err := base64.StdEncoding.DecodeString(head[:len(head)/4*4])
		kind := http.DetectContentType(first)
		if v.Type != gjson.String || err != nil || !strings.HasPrefix(kind, "image/") {
			return nil, invalid(at, "must be an image in base64: PNG, JPEG, GIF or WebP")
		}
		out = append(out, message.Part{Kind: message.KindImage, Media: message.Media{Type: kind, Data: v.Str}, Path: at})
	}
	return out, nil
}

// openCalls are the calls of tools that are not answered yet. The format's calls need no ids; other
// formats' do.
type openCalls struct {
	list  []message.Call
	count int
}

// begin notes a call.
func (o *openCalls) begin(id, name string) message.Call {
	o.count++
	if id == "" {
		id = "call_" + strconv.Itoa(o.count)
	}
	c := message.Call{ID: id, Name: name}
	o.list = append(o.list, c)
	return c
}

// answered returns the id of the call that a result belongs to: the one with the id, else the first
// open one of the tool, else the first open one.
func (o *openCalls) answered(id, name string) (string, bool) {
	at := slices.IndexFunc(o.list, func(c message.Call) bool { return id != "" && c.ID == id })
	if at < 0 {
		at = slices.IndexFunc(o.list, func(c message.Call) bool { return name != "" && c.Name == name })
	}
	if at < 0 && len(o.list) > 0 && id == "" && name == "" {
		at = 0
	}
	if at < 0 {
		return "", false
	}
	found := o.list[at].ID
	o.list = slices.Delete(o.list, at, at+1)
	return found, true
}
