package gemini

import (
	"iter"
	"strconv"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/bodyfield"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// generationConfigs yields the generationConfig of a body, in each spelling that it has.
func generationConfigs(raw []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for m := range jsonx.Members(raw) {
			if camel(m.Key) == "generationConfig" && m.Value[0] == '{' && !yield(m.Value) {
				return
			}
		}
	}
}

// readLimits reads the limit of output tokens and the number of answers. Google refuses a
// field in two spellings; until it does, the higher one counts.
func readLimits(p *gateway.Parameters, config []byte) {
	for m := range jsonx.Members(config) {
		n, positive := gateway.ReadCount(m.Value)
		switch camel(m.Key) {
		case "maxOutputTokens":
			p.Bounded = positive && (p.Bounded || p.MaxOutput == 0)
			p.MaxOutput = max(p.MaxOutput, n)
		case "candidateCount":
			p.Choices = max(p.Choices, n)
			if !positive && m.Value[0] != 'n' {
				p.BadChoices = "generationConfig." + m.Key
			}
		}
	}
}

// WithMaxOutput implements gateway.RequestFormat.
func (Dialect) WithMaxOutput(raw []byte, n int64) []byte {
	found := false
	var changes []jsonx.Change
	for m := range jsonx.Members(raw) {
		if camel(m.Key) != "generationConfig" || m.Value[0] != '{' {
			continue
		}
		var cuts []jsonx.Change
		for inner := range jsonx.Members(m.Value) {
			if camel(inner.Key) == "maxOutputTokens" {
				cuts = append(cuts, jsonx.Change{Name: inner.Key})
			}
		}
		config := jsonx.Update(m.Value, cuts...)
		if !found {
			config = jsonx.Update(config, jsonx.Change{Name: "maxOutputTokens", Value: number(n)})
		}
		found = true
		changes = append(changes, jsonx.Change{Name: m.Key, Value: config})
	}
	if !found {
		changes = append(changes, jsonx.Change{Name: "generationConfig", Value: []byte(`{"maxOutputTokens":` + string(number(n)) + `}`)})
	}
	return jsonx.Update(raw, changes...)
}

func number(n int64) []byte { return strconv.AppendInt(nil, n, 10) }

// Models implements gateway.RequestFormat. A model named inside of an element is not asked:
// the codec writes the body's there. Vertex AI asks the model of a routingConfig in the place of the
// path's, or chooses one itself.
func (Dialect) Models(raw []byte) ([]string, bool) {
	names, readable := bodyfield.ModelNames(raw)
	for m := range jsonx.Members(raw) {
		if camel(m.Key) != "generationConfig" {
			continue
		}
		for inner := range jsonx.Members(m.Value) {
			if camel(inner.Key) != "routingConfig" || inner.Value[0] == 'n' {
				continue
			}
			routed := routedModel(inner.Value)
			if readable = readable && routed != ""; routed != "" {
				names = append(names, routed)
			}
		}
	}
	return names, readable
}

// routedModel is the model that a routingConfig names, "" if it leaves the choice to the vendor.
func routedModel(config []byte) string {
	name := ""
	for mode := range jsonx.Members(config) {
		if camel(mode.Key) != "manualMode" {
			return ""
		}
		for m := range jsonx.Members(mode.Value) {
			if camel(m.Key) == "modelName" {
				name = jsonx.String(m.Value)
			}
		}
	}
	return name
}

// Attachments implements gateway.RequestFormat.
func (Dialect) Attachments(raw []byte) gateway.Attachments {
	var a gateway.Attachments
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action { // raw was checked
		if n.Kind != jsonx.KindKey {
			return jsonx.Descend
		}
		p := placeOf(n.Path)
		name := camel(n.Path.Key(-1))
		switch {
		case p.free:
		case len(n.Path) == 1 && name == "tools":
			a.Tools = true
		case len(n.Path) == 1 && name == "cachedContent":
			a.Files++
		case p.field == "tools" && len(p.rest) == 1 && name != "functionDeclarations":
			a.Hosted++
		case p.part && len(p.rest) == 1 && name == "fileData":
			a.Files++
		}
		return jsonx.Descend
	})
	for _, media := range inlineMedia(raw) {
		switch media {
		case "image":
			a.Images++
		case "audio", "video", "text": // their tokens are fewer than their bytes
		default:
			a.Files++
		}
	}
	return a
}
