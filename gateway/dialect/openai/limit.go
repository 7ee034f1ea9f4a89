package openai

import (
	"fmt"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/bodyfield"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// limits are the fields that limit the output tokens of one answer. Which of them a vendor
// obeys differs, and some ignore the case of names.
var limits = []string{"max_tokens", "max_completion_tokens"}

// limitReader reads the limits of output tokens and the number of answers from the members of
// a request.
type limitReader struct {
	exact bool // a limit has a name that vendors know
	open  bool // a limit is no positive number
}

func (l *limitReader) member(p *gateway.Parameters, m jsonx.Member) {
	switch {
	case bodyfield.Match(m.Key, limits...) != "":
		n, positive := gateway.ReadCount(m.Value)
		l.exact = l.exact || m.Key == "max_tokens" || m.Key == "max_completion_tokens"
		l.open = l.open || !positive
		p.MaxOutput = max(p.MaxOutput, n)
	case bodyfield.Match(m.Key, "n", "best_of") != "":
		n, positive := gateway.ReadCount(m.Value)
		p.Choices = max(p.Choices, n)
		if !positive && m.Value[0] != 'n' {
			p.BadChoices = m.Key
		}
	}
}

func (l *limitReader) bounded() bool { return l.exact && !l.open }

// WithMaxOutput implements gateway.RequestFormat. The limit keeps the name that the caller
// gave it.
func (Dialect) WithMaxOutput(raw []byte, n int64) []byte {
	name := "max_completion_tokens"
	var changes []jsonx.Change
	for m := range jsonx.Members(raw) {
		if bodyfield.Match(m.Key, limits...) != "" {
			changes = append(changes, jsonx.Change{Name: m.Key})
		}
		if m.Key == "max_tokens" {
			name = m.Key
		}
	}
	return jsonx.Update(jsonx.Update(raw, changes...), jsonx.Change{Name: name, Value: fmt.Append(nil, n)})
}

// Models implements gateway.RequestFormat.
func (Dialect) Models(raw []byte) ([]string, bool) { return bodyfield.AllModels(raw) }

// Attachments implements gateway.RequestFormat.
func (Dialect) Attachments(raw []byte) gateway.Attachments {
	var a gateway.Attachments
	references := 0                                   // images whose part does not say that it is one
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action { // raw was checked
		switch {
		case n.Kind == jsonx.KindKey && len(n.Path) == 1:
			switch n.Path.Key(0) {
			case "tools", "functions":
				a.Tools = true
			case "web_search_options", "plugins":
				a.Hosted++
			}
		case n.Kind == jsonx.KindKey && n.Path.Key(-1) == "image_url":
			references++
		case n.Kind == jsonx.KindString && n.Path.Key(-1) == "type":
			switch kind := n.Text(); {
			case n.Path.Key(0) == "tools" && len(n.Path) == 3:
				if kind != "function" && kind != "custom" {
					a.Hosted++
				}
			case kind == "image_url" || kind == "input_image" || kind == "image":
				a.Images++
			case kind == "file" || kind == "input_file" || kind == "document" || kind == "video_url":
				a.Files++
			}
		}
		return jsonx.Descend
	})
	a.Images = max(a.Images, references)
	return a
}
