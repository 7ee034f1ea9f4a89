package gemini

import (
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/internal/sniff"
)

// routing lists top-level fields that choose or identify and are no prompt: Configure,
// Meter and the upstream call deal with them.
var routing = map[string]bool{
	"model": true, "stream": true, "config": true, "cachedContent": true, "safetySettings": true, "labels": true,
	"taskType": true, "outputDimensionality": true, "serviceTier": true, "store": true,
}

// settings are members of generationConfig, and of objects inside of it, whose strings are
// words that the format defines.
var settings = map[string]bool{
	"responseMimeType": true, "responseModalities": true, "mediaResolution": true, "thinkingLevel": true,
}

// longNumber is the least length of a number in the arguments or the result of a tool that
// counts as a text: a card number need not be quoted.
const longNumber = 7

// Texts implements gateway.RequestFormat: system instruction, contents, function calls and
// results, declarations and whatever unknown fields hold. It leaves out the routing fields,
// roles, media types and data in place. The arguments and the result of a function are the
// caller's own data: there every string is a text, and every long number.
func (Dialect) Texts(raw []byte) []gateway.Text {
	var r textReader
	jsonx.Walk(raw, r.visit) // raw was checked
	slices.SortStableFunc(r.out, func(a, b gateway.Text) int { return rank(a.Path) - rank(b.Path) })
	return r.out
}

// rank is the rank of the field that a path leads into.
func rank(path string) int {
	path = strings.TrimPrefix(strings.TrimPrefix(path, "generateContentRequest."), "generate_content_request.")
	return Dialect{}.Field(gateway.FieldOf(path)).Rank
}

// textReader collects the texts of a request.
type textReader struct {
	out    []gateway.Text
	binary []gateway.Span // media in place, and signatures
	media  []string       // kinds of the media in place: "image", "audio"
	role   string         // of the content that is being read
}

func (r *textReader) visit(n jsonx.Node) jsonx.Action {
	p := placeOf(n.Path)
	switch n.Kind {
	case jsonx.KindKey:
		if !p.content && len(p.rest) == 0 && routing[p.field] {
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

// enter notes what a content says of its parts: its role may stand behind them.
func (r *textReader) enter(n jsonx.Node, p place) {
	switch {
	case p.content && !p.part && len(p.rest) == 0:
		r.role = roleOf(p.field, jsonx.String(jsonx.Get(n.Raw(), "role")))
	case p.part && p.is("inlineData"):
		mime := jsonx.String(jsonx.Get(n.Raw(), "mimeType"))
		if mime == "" {
			mime = jsonx.String(jsonx.Get(n.Raw(), "mime_type"))
		}
		kind, _, _ := strings.Cut(mime, "/")
		r.media = append(r.media, kind)
	}
}

// roleOf is the role of a content as stages know it.
func roleOf(field, role string) string {
	switch {
	case field == "systemInstruction":
		return "system"
	case role == "model":
		return "assistant"
	case role == "":
		return "user"
	case role == "function":
		return "tool"
	}
	return role
}

// declares reports whether a string is no text: a word of the format, or data in place.
func (r *textReader) declares(n jsonx.Node, p place) bool {
	name := camel(n.Path.Key(-1))
	switch {
	case p.free:
		return false
	case p.part && p.is("inlineData", "data") && sniff.IsBinary(n.Raw()):
		r.binary = append(r.binary, gateway.Span{Start: n.Start, End: n.End()})
		return true
	case p.part:
		return name == "mimeType" || p.is("executableCode", "language") || p.is("codeExecutionResult", "outcome")
	case p.content:
		return p.is("role")
	case p.field == "generationConfig":
		return settings[name] || settings[camel(n.Path.Key(-2))] || name == "type"
	case p.field == "tools":
		return name == "type" || name == "behavior"
	case p.field == "toolConfig":
		return name == "mode"
	case p.field == "model", p.field == "taskType":
		return true
	}
	return false
}

func (r *textReader) add(n jsonx.Node, p place) {
	t := gateway.Text{Path: n.Path.String(), Value: n.Text(), At: gateway.Span{Start: n.Start, End: n.End()}}
	if p.content {
		t.Role = r.role
	}
	t.Name = namesFunction(n.Path, p)
	t.Handle = p.part && (p.is("functionCall", "id") || p.is("functionResponse", "id"))
	if t.Signed = p.part && p.is("thoughtSignature"); t.Signed {
		if sealed := sealedText(t.Value); sealed != "" { // stages judge what another vendor will read
			t.Value = sealed
		} else if sniff.IsBase64(n.Raw()) {
			r.binary = append(r.binary, t.At)
		}
	}
	r.out = append(r.out, t)
}

// namesFunction reports whether the text at p names a function.
func namesFunction(path jsonx.Path, p place) bool {
	switch p.field {
	case "tools":
		return len(p.rest) >= 2 && len(p.rest) <= 3 && camel(p.rest.Key(0)) == "functionDeclarations" && path.Key(-1) == "name"
	case "toolConfig":
		return camel(p.rest.Key(1)) == "allowedFunctionNames"
	}
	return p.part && (p.is("functionCall", "name") || p.is("functionResponse", "name"))
}

// inlineMedia lists the kinds of the media in place.
func inlineMedia(raw []byte) []string {
	var r textReader
	jsonx.Walk(raw, r.visit) // raw was checked
	return r.media
}
