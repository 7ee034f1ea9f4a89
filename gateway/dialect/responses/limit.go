package responses

import (
	"fmt"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/bodyfield"
	"github.com/sluicegate/sluice/internal/jsonx"
)

const maxOutput = "max_output_tokens"

// readLimit reads the limit of output tokens. Servers that ignore the case of names may read it
// from another spelling.
func readLimit(p *gateway.Parameters, raw []byte) {
	exact, open := false, false
	for m := range jsonx.Members(raw) {
		if bodyfield.Match(m.Key, maxOutput) == "" {
			continue
		}
		n, positive := gateway.ReadCount(m.Value)
		exact = exact || m.Key == maxOutput
		open = open || !positive
		p.MaxOutput = max(p.MaxOutput, n)
	}
	p.Bounded = exact && !open
}

// WithMaxOutput implements gateway.RequestFormat.
func (Dialect) WithMaxOutput(raw []byte, n int64) []byte {
	var changes []jsonx.Change
	for m := range jsonx.Members(raw) {
		if bodyfield.Match(m.Key, maxOutput) != "" {
			changes = append(changes, jsonx.Change{Name: m.Key})
		}
	}
	return jsonx.Update(jsonx.Update(raw, changes...), jsonx.Change{Name: maxOutput, Value: fmt.Append(nil, n)})
}

// Models implements gateway.RequestFormat. A tool may name a model of its own, and a template
// that the vendor keeps may set one that nobody here can read.
func (Dialect) Models(raw []byte) ([]string, bool) {
	names, readable := bodyfield.AllModels(raw)
	for m := range jsonx.Members(raw) {
		switch m.Key {
		case "prompt":
			readable = readable && m.Value[0] == 'n'
		case "moderation":
			more, ok := bodyfield.ModelNames(m.Value)
			names, readable = append(names, more...), readable && ok
		}
	}
	return names, readable
}

// Attachments implements gateway.RequestFormat. What the vendor remembers of earlier calls
// counts like the result of a tool that it runs: nobody here knows its size.
func (Dialect) Attachments(raw []byte) gateway.Attachments {
	var a attachments
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action { // raw was checked
		switch {
		case n.Kind == jsonx.KindKey && len(n.Path) == 1:
			a.Tools = a.Tools || n.Path.Key(0) == "tools"
		case len(n.Path) == 1 && (n.Kind == jsonx.KindString || n.Kind == jsonx.KindObject):
			switch n.Path.Key(0) {
			case "previous_response_id", "conversation", "prompt":
				a.Hosted++
			}
		case n.Kind == jsonx.KindString && n.Path.Key(-1) == "type":
			a.note(n)
		}
		return jsonx.Descend
	})
	return a.Attachments
}

// attachments counts while a body is walked.
type attachments struct{ gateway.Attachments }

// note takes in the "type" of a tool, an item or a part.
func (a *attachments) note(n jsonx.Node) {
	kind := n.Text()
	if isToolList(n.Path) {
		switch kind {
		case "function", "custom", "namespace":
		default:
			a.Hosted++
		}
		return
	}
	switch kind {
	case "input_image", "computer_screenshot", "image_generation_call":
		a.Images++
	case "input_file":
		a.Files++
	case "additional_tools":
		a.Tools = true
	case "item_reference", "compaction":
		a.Hosted++
	}
}

// isToolList reports whether path leads to a member of a tool in a list of tools.
func isToolList(path jsonx.Path) bool {
	return len(path) >= 3 && path[len(path)-2].Index >= 0 && path.Key(-3) == "tools"
}
