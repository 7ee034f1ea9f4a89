package anthropic

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/internal/sniff"
)

// routing lists top-level fields that choose or identify and are no prompt: Configure,
// Meter and the upstream call deal with them.
var routing = map[string]bool{
	"model": true, "metadata": true, "config": true, "stream": true, "service_tier": true,
	"thinking": true, "anthropic_version": true, "anthropic_beta": true, "betas": true,
	"inference_geo": true, "speed": true, "cache_control": true, "fallbacks": true, "fallback_credit_token": true,
	"billing_policy": true, "diagnostics": true, "user_profile_id": true, "workspace_id": true,
}

// longNumber is the least length of a number in a tool's input that counts as a text: a
// card number need not be quoted.
const longNumber = 7

// Texts implements gateway.RequestFormat: system, contents, tool calls and results, tool
// definitions and whatever unknown fields hold. It leaves out the routing fields, cache
// points, "type" and "role", and base64 data. The input of a tool is the
// caller's own data: there every string is a text, and every long number.
func (Dialect) Texts(raw []byte) []gateway.Text {
	var r textReader
	jsonx.Walk(raw, r.visit) // raw was checked
	slices.SortStableFunc(r.out, func(a, b gateway.Text) int { return rank(a.Path) - rank(b.Path) })
	return r.out
}

// rank is the rank of the top-level field that a path leads into.
func rank(path string) int {
	return Dialect{}.Field(gateway.FieldOf(path)).Rank
}

// maxLevel bounds how deep blocks inside of blocks are looked into for what they declare.
// The format nests three; what stands deeper is read as texts.
const maxLevel = 4

// textReader collects the texts of a request.
type textReader struct {
	out    []gateway.Text
	binary []gateway.Span       // base64 data, signatures included
	role   string               // of the message that is being read
	kinds  [maxLevel + 1]string // types of the blocks around the current place
	base64 [maxLevel + 1]bool   // whether the sources of those blocks are declared to be base64
}

func (r *textReader) visit(n jsonx.Node) jsonx.Action {
	p := placeOf(n.Path)
	switch n.Kind {
	case jsonx.KindKey:
		if len(n.Path) == 1 && routing[n.Path.Key(0)] || n.Path.Key(-1) == "cache_control" && !p.free {
			return jsonx.Skip
		}
	case jsonx.KindObject:
		r.enter(n, p)
	case jsonx.KindNumber:
		if p.free && n.End()-n.Start >= longNumber {
			r.add(n, p)
		}
	case jsonx.KindString:
		if !r.declares(n, p) {
			r.add(n, p)
		}
	}
	return jsonx.Descend
}

// enter notes what a message, block or source says of its members: "type" and "role" may
// stand behind them.
func (r *textReader) enter(n jsonx.Node, p place) {
	switch {
	case p.message && p.level == 0 && len(p.rest) == 0:
		r.role = jsonx.String(jsonx.Get(n.Raw(), "role"))
	case p.level == 0 || p.level > maxLevel:
	case len(p.rest) == 0:
		r.kinds[p.level] = jsonx.String(jsonx.Get(n.Raw(), "type"))
		r.base64[p.level] = false
	case len(p.rest) == 1 && p.rest.Key(0) == "source":
		r.base64[p.level] = jsonx.String(jsonx.Get(n.Raw(), "type")) == "base64"
	}
}

// declares reports whether a string is no text: a word of the format, binary data, or a
// credential.
func (r *textReader) declares(n jsonx.Node, p place) bool {
	if p.free {
		return false
	}
	switch n.Path.Key(-1) {
	case "type":
		return true
	case "role":
		return p.message && p.level == 0
	case "effort":
		return len(n.Path) == 2 && n.Path.Key(0) == "output_config"
	case "authorization_token":
		return n.Path.Key(0) == "mcp_servers"
	case "data":
		data := len(p.rest) == 2 && p.rest.Key(0) == "source" && p.level > 0 && p.level <= maxLevel &&
			r.base64[p.level] && sniff.IsBinary(n.Raw())
		if data {
			r.binary = append(r.binary, gateway.Span{Start: n.Start, End: n.End()})
		}
		return data
	}
	return false
}

func (r *textReader) add(n jsonx.Node, p place) {
	t := gateway.Text{Path: n.Path.String(), Value: n.Text(), At: gateway.Span{Start: n.Start, End: n.End()}}
	switch {
	case p.message:
		t.Role = r.role
	case n.Path.Key(0) == "system":
		t.Role = "system"
	}
	t.Signed = r.signed(p)
	t.Name = r.names(n.Path, p)
	if key := p.rest.Key(-1); p.message && p.level > 0 && !p.free && len(p.rest) == 1 {
		t.Handle = key == "id" || key == "tool_use_id"
	}
	r.out = append(r.out, t)
	// Restoring never writes into a signature or into encrypted data, so there is nothing
	// to undo in it.
	if t.Signed && p.rest.Key(-1) != "thinking" && sniff.IsBase64(n.Raw()) {
		r.binary = append(r.binary, t.At)
	}
}

// names reports whether the text at p names a tool.
func (r *textReader) names(path jsonx.Path, p place) bool {
	switch {
	case path.Key(-1) != "name" || p.free:
		return false
	case path.Key(0) == "tools":
		return len(path) == 3
	case path.Key(0) == "tool_choice":
		return len(path) == 2
	}
	return p.message && p.level > 0 && p.level <= maxLevel && len(p.rest) == 1 && r.kinds[p.level] == "tool_use"
}

// signed reports whether the text at p is signed or encrypted: the vendor refuses it, or
// cannot read it, once it was edited.
func (r *textReader) signed(p place) bool {
	key := p.rest.Key(-1)
	switch {
	case p.free || p.level == 0 || p.level > maxLevel:
		return false
	case strings.HasPrefix(key, "encrypted_"):
		return true
	case len(p.rest) != 1:
		return false
	}
	switch r.kinds[p.level] {
	case "thinking":
		return key == "thinking" || key == "signature"
	case "redacted_thinking":
		return key == "data"
	}
	return false
}

// place says where in the format a path leads.
type place struct {
	message bool       // into a message
	level   int        // how many blocks are around it
	rest    jsonx.Path // the path inside the innermost block, else inside the message
	free    bool       // into data of the caller's own shape: a tool's input
}

func placeOf(path jsonx.Path) place {
	var p place
	switch {
	case isList(path, "messages"):
		p.message, p.rest = true, path[2:]
	case isList(path, "system"):
		p.level, p.rest = 1, path[2:]
	case isList(path, "tools"):
		return place{rest: path[2:], free: path[2:].Key(0) == "input_examples"}
	default:
		return p
	}
	for {
		inner := p.rest
		if inner.Key(0) == "source" {
			inner = inner[1:]
		}
		if !isList(inner, "content") {
			break
		}
		p.level, p.rest = p.level+1, inner[2:]
	}
	p.free = p.rest.Key(0) == "input"
	return p
}

// isList reports whether path leads into an element of the member name.
func isList(path jsonx.Path, name string) bool {
	return len(path) >= 2 && path[0].Key == name && path[1].Index >= 0
}

// at is the path of element i of a list.
func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }
