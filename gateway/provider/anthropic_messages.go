package provider

import (
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/tidwall/gjson"
)

// messages writes the conversation. System and developer messages move to the top; tool
// results become part of a user message; neighbours of one role become one message, as
// Anthropic's order of turns demands.
type messages struct {
	dst    []byte
	system []byte // blocks, without brackets
	role   string // of the message that is open in dst

	toolsThink bool // every call of a tool comes with the thoughts that led to it
}

func refuseAt(path, what string) error {
	return gateway.InvalidField("provider.anthropic.Request", path, "The field '"+path+"' "+what+".")
}

func (m *messages) all(list gjson.Result) error {
	var err error
	i := -1
	list.ForEach(func(_, msg gjson.Result) bool {
		i++
		err = m.one(msg, "messages["+strconv.Itoa(i)+"]")
		return err == nil
	})
	if m.role != "" {
		m.dst = append(m.dst, "]}"...)
	}
	return err
}

// turn opens a message of role unless one is open.
func (m *messages) turn(role string) {
	switch m.role {
	case role:
		m.dst = append(m.dst, ',')
		return
	case "":
	default:
		m.dst = append(m.dst, "]},"...)
	}
	m.role = role
	m.dst = append(m.dst, `{"role":"`+role+`","content":[`...)
}

// block adds one block to the turn of role.
func (m *messages) block(role string, raw []byte) {
	m.turn(role)
	m.dst = append(m.dst, raw...)
}

// instruct adds a system block of our own.
func (m *messages) instruct(text string) { m.systemBlock(textBlock(text, gjson.Result{})) }

func (m *messages) systemBlock(raw []byte) {
	if len(m.system) > 0 {
		m.system = append(m.system, ',')
	}
	m.system = append(m.system, raw...)
}

func textBlock(text string, cache gjson.Result) []byte {
	w := fields{dst: []byte{'{'}}
	w.text("type", "text")
	w.text("text", text)
	if cache.IsObject() {
		w.raw("cache_control", cache.Raw)
	}
	return append(w.dst, '}')
}

func (m *messages) one(msg gjson.Result, path string) error {
	content := msg.Get("content")
	switch role := msg.Get("role").String(); role {
	case "system", "developer":
		return m.parts(content, path+".content", msg.Get("cache_control"), func(b []byte) { m.systemBlock(b) })
	case "user":
		return m.parts(content, path+".content", msg.Get("cache_control"), func(b []byte) { m.block("user", b) })
	case "assistant":
		return m.assistant(msg, path)
	case "tool":
		return m.result(msg, path)
	default:
		return refuseAt(path+".role", "must be system, developer, user, assistant or tool for the provider 'anthropic'")
	}
}

func (m *messages) assistant(msg gjson.Result, path string) error {
	calls := msg.Get("tool_calls")
	thoughts := msg.Get("thinking_blocks")
	thoughts.ForEach(func(_, b gjson.Result) bool {
		m.block("assistant", []byte(b.Raw))
		return true
	})
	if calls.IsArray() && thoughts.Get("#").Int() == 0 {
		m.toolsThink = false
	}
	err := m.parts(msg.Get("content"), path+".content", msg.Get("cache_control"), func(b []byte) { m.block("assistant", b) })
	if err != nil {
		return err
	}
	if r := msg.Get("refusal"); r.Type == gjson.String && r.Str != "" {
		m.block("assistant", textBlock(r.Str, gjson.Result{}))
	}
	i := -1
	calls.ForEach(func(_, c gjson.Result) bool {
		i++
		args := strings.TrimSpace(c.Get("function.arguments").String())
		if args == "" {
			args = "{}"
		}
		at := path + ".tool_calls[" + strconv.Itoa(i) + "]"
		if !gateway.ValidJSON(args) || args[0] != '{' {
			err = refuseAt(at+".function.arguments", "must hold a JSON object")
			return false
		}
		w := fields{dst: []byte{'{'}}
		w.text("type", "tool_use")
		w.text("id", c.Get("id").String())
		w.text("name", c.Get("function.name").String())
		w.raw("input", args)
		if cc := c.Get("cache_control"); cc.IsObject() {
			w.raw("cache_control", cc.Raw)
		}
		m.block("assistant", append(w.dst, '}'))
		return true
	})
	return err
}

func (m *messages) result(msg gjson.Result, path string) error {
	id := msg.Get("tool_call_id").String()
	if id == "" {
		return refuseAt(path+".tool_call_id", "is missing")
	}
	var blocks []byte
	err := m.parts(msg.Get("content"), path+".content", gjson.Result{}, func(b []byte) {
		if len(blocks) > 0 {
			blocks = append(blocks, ',')
		}
		blocks = append(blocks, b...)
	})
	if err != nil {
		return err
	}
	w := fields{dst: []byte{'{'}}
	w.text("type", "tool_result")
	w.text("tool_use_id", id)
	if len(blocks) > 0 {
		w.raw("content", "["+string(blocks)+"]")
	}
	if msg.Get("is_error").Bool() {
		w.raw("is_error", "true")
	}
	if cc := msg.Get("cache_control"); cc.IsObject() {
		w.raw("cache_control", cc.Raw)
	}
	m.block("user", append(w.dst, '}'))
	return nil
}

// parts translates a content: a string, a list of parts, or nothing. Empty texts are left
// out, which Anthropic refuses. cache marks the last block where the message itself
// carries the mark.
func (m *messages) parts(content gjson.Result, path string, cache gjson.Result, add func([]byte)) error {
	switch {
	case !content.Exists() || content.Type == gjson.Null:
		return nil
	case content.Type == gjson.String:
		if content.Str != "" {
			add(textBlock(content.Str, cache))
		}
		return nil
	case !content.IsArray():
		return refuseAt(path, "must be a string or a list of parts")
	}
	var err error
	last := int(content.Get("#").Int()) - 1
	i := -1
	content.ForEach(func(_, p gjson.Result) bool {
		i++
		own := p.Get("cache_control")
		if i == last && !own.IsObject() {
			own = cache
		}
		var b []byte
		if b, err = part(p, path+"["+strconv.Itoa(i)+"]", own); b != nil {
			add(b)
		}
		return err == nil
	})
	return err
}
