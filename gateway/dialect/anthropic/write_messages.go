package anthropic

import (
	"encoding/json"
	"strings"

	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// conversation is the messages of a request as Anthropic's order of turns demands it: system
// messages stand apart, results of tools are part of a user's turn, and neighbours of one
// role are one turn.
type conversation struct {
	system []*wireBlock
	turns  []*wireTurn

	// toolsThink: every call of a tool comes with the signed reasoning that led to it.
	toolsThink bool
}

type wireTurn struct {
	role   string
	blocks []*wireBlock
}

// wireBlock is a block that is being written. Its cache point is written last.
type wireBlock struct {
	raw       []byte // without the cache point
	cache     json.RawMessage
	reasoning bool // signed reasoning, which has no cache point
}

func (b *wireBlock) json() []byte {
	if b.cache == nil {
		return b.raw
	}
	return jsonx.Update(b.raw, jsonx.Change{Name: "cache_control", Value: b.cache})
}

func blocksJSON(blocks []*wireBlock) []byte {
	list := make([][]byte, len(blocks))
	for i, b := range blocks {
		list[i] = b.json()
	}
	return array(list)
}

func writeConversation(messages []message.Message) (*conversation, error) {
	c := &conversation{toolsThink: true}
	messages = message.KeepWholeTails(messages, isReasoning)
	for i := range messages {
		if err := c.add(&messages[i]); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *conversation) json() []byte {
	list := make([][]byte, len(c.turns))
	for i, t := range c.turns {
		var o object
		o.text("role", t.role)
		o.raw("content", blocksJSON(t.blocks))
		list[i] = o.json()
	}
	return array(list)
}

// instruct adds a system block of our own.
func (c *conversation) instruct(text string) {
	c.system = append(c.system, &wireBlock{raw: textBlock(text)})
}

func (c *conversation) add(m *message.Message) error {
	role := "user"
	switch m.Role {
	case message.RoleSystem, message.RoleDeveloper:
		return c.addSystem(m)
	case message.RoleAssistant:
		role = "assistant"
		c.noteTools(m)
	case message.RoleUser, message.RoleTool:
	default:
		return refuse(m.Path+".role", "names a role that this target does not have")
	}
	var earlier []*wireBlock
	if n := len(c.turns); n > 0 {
		earlier = c.turns[n-1].blocks
	}
	blocks, err := writeParts(m.Parts, earlier)
	switch n := len(c.turns); {
	case err != nil:
		return err
	case len(blocks) == 0:
	case n > 0 && c.turns[n-1].role == role:
		c.turns[n-1].blocks = append(c.turns[n-1].blocks, blocks...)
	default:
		c.turns = append(c.turns, &wireTurn{role, blocks})
	}
	return nil
}

func (c *conversation) addSystem(m *message.Message) error {
	for i := range m.Parts {
		switch p := &m.Parts[i]; p.Kind {
		case message.KindText, message.KindRefusal, message.KindReasoning:
		default:
			return refuse(p.Path, "must be text: this target takes nothing else in system messages")
		}
	}
	blocks, err := writeParts(m.Parts, c.system)
	c.system = append(c.system, blocks...)
	return err
}

// noteTools looks for tool calls whose reasoning is gone.
func (c *conversation) noteTools(m *message.Message) {
	calls, reasoned := false, false
	for i := range m.Parts {
		p := &m.Parts[i]
		calls = calls || p.Kind == message.KindToolCall
		reasoned = reasoned || isReasoning(p)
	}
	if calls && !reasoned {
		c.toolsThink = false
	}
}

// writeParts writes the parts of one message or result. Parts that say nothing are left out.
// The cache point of a part that is left out, or that cannot have one, moves to the block
// before it; earlier are the blocks before the first part.
func writeParts(parts []message.Part, earlier []*wireBlock) ([]*wireBlock, error) {
	var blocks []*wireBlock
	for i := range parts {
		p := &parts[i]
		raw, err := writePart(p)
		if err != nil {
			return nil, err
		}
		cache := p.Cache
		if raw != nil {
			b := &wireBlock{raw: raw, reasoning: isReasoning(p)}
			blocks = append(blocks, b)
			if !b.reasoning {
				b.cache, cache = cache, nil
			}
		}
		if cache != nil && !mark(blocks, cache) {
			mark(earlier, cache)
		}
	}
	return blocks, nil
}

// mark sets a cache point behind the last block that can have one. Where one stands there
// already, it is the same point.
func mark(blocks []*wireBlock, cache json.RawMessage) bool {
	for i := len(blocks) - 1; i >= 0; i-- {
		if b := blocks[i]; !b.reasoning {
			if b.cache == nil && jsonx.Get(b.raw, "cache_control") == nil {
				b.cache = cache
			}
			return true
		}
	}
	return false
}

// writePart writes one part; nil for one that says nothing.
func writePart(p *message.Part) ([]byte, error) {
	switch p.Kind {
	case message.KindText, message.KindRefusal:
		if strings.TrimSpace(p.Text) == "" { // refused by Anthropic
			return nil, nil
		}
		return textBlock(p.Text), nil
	case message.KindReasoning:
		switch {
		case p.Sign.Stamped(): // another vendor's, which Anthropic would refuse
			return nil, nil
		case p.Sign.Encrypted != "":
			return redactedBlock(p.Sign.Encrypted), nil
		case p.Sign.Value != "":
			return thinkingBlock(p.Text, p.Sign.Value), nil
		}
		return nil, nil // nobody signed it, so Anthropic would refuse it
	case message.KindToolCall:
		return writeCall(p)
	case message.KindToolResult:
		return writeResult(p)
	case message.KindImage:
		return writeMedia("image", p)
	case message.KindFile:
		return writeMedia("document", p)
	case message.KindNative:
		if isOwn(nativeType(p)) {
			return p.Native, nil
		}
	}
	return nil, refuse(p.Path+".type", "names a kind of part that this target does not take")
}

func writeCall(p *message.Part) ([]byte, error) {
	args, err := p.Arguments(refuse)
	if err != nil {
		return nil, err
	}
	return toolBlock(p.Call.ID, p.Call.Name, args), nil
}

func writeResult(p *message.Part) ([]byte, error) {
	blocks, err := writeParts(p.Reply.Parts, nil)
	if err != nil {
		return nil, err
	}
	var o object
	o.text("type", "tool_result")
	o.text("tool_use_id", p.Reply.CallID)
	if len(blocks) > 0 {
		o.raw("content", blocksJSON(blocks))
	}
	if p.Reply.Error {
		o.raw("is_error", []byte("true"))
	}
	return o.json(), nil
}
