package gemini

import "github.com/sluicegate/sluice/internal/jsonx"

// place says where in the format a path leads.
type place struct {
	field   string     // top-level field, also of a request inside of a request
	content bool       // into a content: a turn, or the system instruction
	part    bool       // into a part of it
	rest    jsonx.Path // the path inside of the part, content, tool or field
	free    bool       // into data of the caller's own shape: arguments and results
}

func placeOf(path jsonx.Path) place {
	switch camel(path.Key(0)) {
	case "generateContentRequest":
		path = path[1:]
	case "requests":
		path = skipIndex(path[1:])
	}
	if len(path) == 0 {
		return place{}
	}
	p := place{field: camel(path.Key(0)), rest: path[1:]}
	switch p.field {
	case "contents", "content", "systemInstruction":
		p.content, p.rest = true, skipIndex(p.rest)
		p.intoPart()
	case "tools":
		p.rest = skipIndex(p.rest)
	}
	return p
}

// intoPart goes on into a part of a content. The result of a tool has parts too.
func (p *place) intoPart() {
	if camel(p.rest.Key(0)) != "parts" {
		return
	}
	p.part, p.rest = true, skipIndex(p.rest[1:])
	first, second := camel(p.rest.Key(0)), camel(p.rest.Key(1))
	switch {
	case first == "functionResponse" && second == "parts":
		p.rest = skipIndex(p.rest[2:])
	case first == "functionCall" && second == "args", first == "functionResponse" && second == "response":
		p.free = len(p.rest) > 2
	}
}

func skipIndex(path jsonx.Path) jsonx.Path {
	if len(path) > 0 && path[0].Index >= 0 {
		return path[1:]
	}
	return path
}

// is reports whether the rest of the path is these names.
func (p *place) is(names ...string) bool {
	if len(p.rest) != len(names) {
		return false
	}
	for i, name := range names {
		if camel(p.rest.Key(i)) != name {
			return false
		}
	}
	return true
}
