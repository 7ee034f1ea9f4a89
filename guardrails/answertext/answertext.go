// Package answertext lists every text that an answer shows its caller.
//
// [gateway.Response] folds what stages read: text, reasoning, refusals, arguments of functions. An answer
// shows more: names and inputs of tools, transcripts, sources, what a vendor's tools found, fields that
// only one vendor knows. An output guardrail must not be passed by in any of them.
package answertext

import (
	"hash/maphash"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/internal/sniff"
)

// List finds the texts of one answer. Pieces that stand at the same place of several events are one
// text. The zero value is empty.
//
// Most of an answer is in the texts that a Response folds, so Add keeps a hash of each text and no copy. Besides
// reads the answer again, for those that are no folded ones.
type List struct {
	// TooMany is true once there were more texts than are kept.
	TooMany bool

	index map[uint64]int // in texts, by place
	texts []placedText

	wanted map[uint64]*[]byte // while Besides reads: the texts to keep, by place
}

type placedText struct {
	path  string
	place uint64
	hash  maphash.Hash // of all pieces
}

const (
	maxTexts      = 100_000
	maxPlaceDepth = 16  // what is deeper is one place
	maxPlacePath  = 256 // bytes of a path that are kept
)

// place is where a text stands in an answer.
type place struct {
	path  string
	hash  uint64 // of the names and numbers that lead here
	depth int
	// chosen: inside the input of a tool, where the model chose names and numbers, too.
	chosen bool
}

var placeSeed = maphash.MakeSeed()

// in is the place that a step leads to; name tells it apart from others.
func (p place) in(step, name string) place {
	if p.depth++; p.depth > maxPlaceDepth {
		return p
	}
	if p.hash = maphash.String(placeSeed, strconv.FormatUint(p.hash, 36)+name); len(p.path) < maxPlacePath {
		p.path += step[:min(len(step), maxPlacePath)]
	}
	return p
}

// Add adds the texts of a chunk. It keeps nothing of Raw.
func (a *List) Add(c *gateway.Chunk) {
	if c.Form == gateway.FormBytes || len(c.Raw) == 0 || c.Raw[0] != '{' {
		return
	}
	if a.index == nil {
		a.index = map[uint64]int{}
	}
	a.answer(c.Raw, place{})
}

// Besides lists the texts that are none of r's, in the order in which they began, but for words of the
// format d. chunks are all that were added.
func (a *List) Besides(r *gateway.Response, d gateway.Dialect, chunks []gateway.Chunk) []gateway.Text {
	kept := a.others(r)
	if len(kept) == 0 {
		return nil
	}
	a.wanted = make(map[uint64]*[]byte, len(kept))
	values := make([][]byte, len(kept))
	for i, t := range kept {
		a.wanted[t.place] = &values[i]
	}
	for i := range chunks {
		a.Add(&chunks[i])
	}
	a.wanted = nil
	var out []gateway.Text
	for i, t := range kept {
		if v := string(values[i]); (d == nil || !d.IsWord(v)) && !sniff.IsBinary(values[i]) {
			out = append(out, gateway.Text{Path: strings.TrimPrefix(t.path, "."), Value: v, Bare: true})
		}
	}
	return out
}

// others returns the texts that are none of r's, each once.
func (a *List) others(r *gateway.Response) (kept []*placedText) {
	hash := func(text string) uint64 { return maphash.String(placeSeed, text) }
	seen := map[uint64]bool{hash(""): true}
	for i := range r.Choices {
		c := &r.Choices[i]
		seen[hash(c.Text())], seen[hash(c.Reasoning())], seen[hash(c.Refusal())] = true, true, true
		for k := range c.Tools {
			seen[hash(c.Tools[k].Args())] = true
		}
	}
	for i := range a.texts {
		if h := a.texts[i].hash.Sum64(); !seen[h] {
			seen[h] = true
			kept = append(kept, &a.texts[i])
		}
	}
	return kept
}

// aboutAnswer reports a member of an answer that repeats the request, or tells of the answer as a whole.
func aboutAnswer(m jsonx.Member) bool {
	switch m.Key {
	case "text", "reasoning": // of a format that has the answer elsewhere
		return m.Value[0] == '{'
	case "instructions", "prompt", "tools", "tool_choice", "metadata", "user", "conversation", "safety_identifier", "prompt_cache_key",
		"truncation", "modelVersion", "provider", "system_fingerprint", "service_tier", "usage", "usageMetadata":
		return true
	}
	return false
}

// answer reads an answer, an event, or the answer that an event repeats.
func (a *List) answer(object []byte, p place) {
	p = p.numbered(object)
	for m := range jsonx.Members(object) {
		switch {
		case m.Key == "response" && p.depth == 0:
			a.answer(m.Value, p.in(".response", m.Key))
		case !aboutAnswer(m):
			a.member(m, p)
		}
	}
}

// opaqueMember reports the name of a member that holds no text, but what a vendor made up: an id, a
// signature, a word of the format, filling, the probabilities of the tokens of a text.
func opaqueMember(name string) bool {
	switch name {
	case "id", "model", "type", "role", "object", "status", "etag", "obfuscation", "logprobs", "logprobsResult",
		"signature", "thought_signature", "thoughtSignature", "encrypted_content":
		return true
	}
	return strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "Id") || strings.HasSuffix(name, "_ids")
}

func (a *List) member(m jsonx.Member, p place) {
	if !p.chosen && opaqueMember(m.Key) {
		return
	}
	at := p.in("."+m.Key, m.Key)
	if p.chosen {
		a.add(at.in("", "name"), m.Key)
	}
	at.chosen = at.chosen || m.Key == "input" || m.Key == "args" || m.Key == "arguments"
	a.value(m.Value, at)
}

func (a *List) value(raw []byte, p place) {
	switch {
	case raw[0] == '"':
		if !sniff.IsBinary(raw) && !sniff.IsDataURL(raw) {
			a.add(p, jsonx.String(raw))
		}
	case p.depth >= maxPlaceDepth && (raw[0] == '{' || raw[0] == '['):
		a.deep(raw, p)
	case raw[0] == '{':
		p = p.numbered(raw)
		for m := range jsonx.Members(raw) {
			a.member(m, p)
		}
	case raw[0] == '[':
		for e := range jsonx.Elements(raw) {
			step := "[" + strconv.Itoa(e.Index) + "]"
			name := step
			if jsonx.Get(e.Value, "index") != nil { // its place in the whole answer, not in this event
				name = "[]"
			}
			a.value(e.Value, p.in(step, name))
		}
	case p.chosen:
		a.add(p, string(raw))
	}
}

// deep reads a value whose parts have no places of their own, in one pass.
func (a *List) deep(raw []byte, p place) {
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action {
		if n.Kind == jsonx.KindKey || n.Kind == jsonx.KindString {
			a.add(p, n.Text()+"\n")
		}
		return jsonx.Descend
	})
}

// add adds the next piece of the text at a place.
func (a *List) add(p place, piece string) {
	if a.wanted != nil {
		if text := a.wanted[p.hash]; text != nil {
			*text = append(*text, piece...)
		}
		return
	}
	i, known := a.index[p.hash]
	if !known {
		if i = len(a.texts); i == maxTexts {
			a.TooMany = true
			return
		}
		a.index[p.hash] = i
		a.texts = append(a.texts, placedText{path: p.path, place: p.hash})
		a.texts[i].hash.SetSeed(placeSeed)
	}
	_, _ = a.texts[i].hash.WriteString(piece) // never fails
}

// numbered is the place of an object by what it says of the part of the answer that it belongs to: its
// kind, and its number in each list.
func (p place) numbered(object []byte) place {
	for m := range jsonx.Members(object) {
		if m.Key == "type" || m.Key == "index" || m.Key == "item_id" || strings.HasSuffix(m.Key, "_index") {
			p.hash = maphash.String(placeSeed, strconv.FormatUint(p.hash, 36)+string(m.Value))
		}
	}
	return p
}
