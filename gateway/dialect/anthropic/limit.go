package anthropic

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/bodyfield"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// readLimit reads the limit of output tokens. Servers that ignore the case of names may
// read it from another spelling.
func readLimit(p *gateway.Parameters, raw []byte) {
	exact, open := false, false
	for m := range jsonx.Members(raw) {
		if bodyfield.Match(m.Key, "max_tokens") == "" {
			continue
		}
		n, positive := gateway.ReadCount(m.Value)
		exact = exact || m.Key == "max_tokens"
		open = open || !positive
		p.MaxOutput = max(p.MaxOutput, n)
	}
	p.Bounded = exact && !open
}

// WithMaxOutput implements gateway.RequestFormat.
func (Dialect) WithMaxOutput(raw []byte, n int64) []byte {
	var changes []jsonx.Change
	for m := range jsonx.Members(raw) {
		if bodyfield.Match(m.Key, "max_tokens") != "" {
			changes = append(changes, jsonx.Change{Name: m.Key})
		}
	}
	return jsonx.Update(jsonx.Update(raw, changes...), jsonx.Change{Name: "max_tokens", Value: number(n)})
}

// Models implements gateway.RequestFormat.
func (Dialect) Models(raw []byte) ([]string, bool) { return bodyfield.AllModels(raw) }

// Attachments implements gateway.RequestFormat.
func (Dialect) Attachments(raw []byte) gateway.Attachments {
	var a gateway.Attachments
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action { // raw was checked
		switch {
		case n.Kind == jsonx.KindKey && len(n.Path) == 1:
			switch n.Path.Key(0) {
			case "tools":
				a.Tools = true
			case "mcp_servers", "container":
				a.Hosted++
			}
		case n.Kind == jsonx.KindString && n.Path.Key(-1) == "type":
			switch kind := n.Text(); {
			case n.Path.Key(0) == "tools" && len(n.Path) == 3:
				if kind != "custom" {
					a.Hosted++
				}
			case kind == "image":
				a.Images++
			case kind == "document" || kind == "container_upload":
				a.Files++
			}
		}
		return jsonx.Descend
	})
	return a
}
