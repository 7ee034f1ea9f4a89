package guardrails

import (
	"bytes"
	"slices"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/pii"
)

// pass is the redaction of one request: all that the caller wrote, with one vault.
type pass struct {
	service  *Service
	scanner  *pii.Scanner
	held     *held
	vault    *vault
	typed    [2][]byte               // JSON that may hold lookalikes of placeholders
	made     func(value string) bool // not nil: only values of which it says so are replaced
	reserved bool
	room     [8]pii.Span
	text     []byte // of the latest edit
}

// passes keeps the room of passes that are over. Nothing of a request is left in it.
var passes = sync.Pool{New: func() any { return new(pass) }}

// pass begins one. Whoever begins it ends it, in the same function.
func (s *Service) pass(sc *pii.Scanner, v *vault) *pass {
	p := passes.Get().(*pass)
	p.service, p.scanner, p.held, p.vault = s, sc, s.held(), v
	return p
}

const keepText = 16 << 10 // more room for a text is not kept

// end wipes the pass and gives it back.
func (p *pass) end() {
	text := p.text[:0]
	if cap(text) > keepText {
		text = nil
	}
	clear(text[:cap(text)])
	*p = pass{text: text}
	passes.Put(p)
}

// body redacts a JSON object that goes upstream: a request's body, or parameters that a
// config adds to one. Strings, keys and numbers at any depth are texts. Fields that say who
// asks get a pseudonym. A model's name cannot be replaced: the request is refused.
func (p *pass) body(raw []byte) ([]byte, error) {
	suspect := p.held.suspects(p.scanner, raw)
	var out []byte
	at := 0
	splice := func(where span, text []byte) {
		out = append(append(out, raw[at:where.start]...), text...)
		at = where.end
	}
	var refused error
	text := view(raw)
	fields(text, func(key, value span) {
		name := text[key.start:key.end]
		edit := p.edit
		switch name {
		case `"user"`, `"safety_identifier"`, `"prompt_cache_key"`, `"metadata"`:
			edit = p.identify
		case `"model"`, `"models"`:
			if suspect && refused == nil {
				refused = p.model(name, text[value.start:value.end])
			}
			return
		default:
			if !suspect {
				return
			}
			if text, ok := p.plain("", decode(name)); ok {
				splice(key, gateway.AppendQuoted(nil, text))
			}
			if name == `"seed"` && raw[value.start] != '"' { // any number may be one
				return
			}
		}
		if text := rewrite(text[value.start:value.end], outermost, edit); text != nil {
			splice(value, text)
		}
	})
	if out == nil || refused != nil {
		return raw, refused
	}
	return append(out, raw[at:]...), nil
}

// worthwhile reports whether the variables of a prompt must be gone through. They are a few
// long texts: where they have no escapes, going through them costs no more than suspecting
// them, and is not done twice.
func (p *pass) worthwhile(variables []byte) bool {
	return bytes.IndexByte(variables, '\\') < 0 || p.held.suspects(p.scanner, variables)
}

func (p *pass) model(name, value string) error {
	found := false
	rewrite(value, outermost, func(_, text string, _ bool) (string, bool) {
		found = found || len(p.held.find(p.room[:0], p.scanner, "", text)) > 0
		return "", false
	})
	if !found {
		return nil
	}
	param := decode(name)
	return gateway.InvalidField(opRedact, param, "The field '"+param+"' holds personal data or a credential, which cannot be replaced there.")
}

// edit redacts one string or number.
func (p *pass) edit(label, value string, _ bool) (string, bool) { return p.plain(label, value) }

// identify gives the pseudonym of what identifies.
func (p *pass) identify(_, value string, _ bool) (string, bool) {
	stand := p.service.Pseudonym(value)
	return stand, stand != value
}

// plain gives value with placeholders; the text lives until the next call.
func (p *pass) plain(label, value string) (string, bool) {
	if opaque(value) {
		return value, false
	}
	spans := p.held.find(p.room[:0], p.scanner, label, value)
	if p.made != nil {
		spans = slices.DeleteFunc(spans, func(sp pii.Span) bool { return !p.made(value[sp.Start:sp.End]) })
	}
	if len(spans) == 0 {
		return value, false
	}
	p.reserve()
	b, at := slices.Grow(p.text[:0], len(value)+16), 0
	for _, sp := range spans {
		b = append(b, value[at:sp.Start]...)
		b = p.vault.hide(b, sp.Entity, value[sp.Start:sp.End])
		at = sp.End
	}
	p.text = append(b, value[at:]...)
	return view(p.text), true
}

// reserve notes, before the first placeholder is given out, those the caller typed.
func (p *pass) reserve() {
	if p.reserved {
		return
	}
	p.reserved = true
	for _, raw := range p.typed {
		p.vault.reserve(view(raw))
		if bytes.IndexByte(raw, '\\') >= 0 {
			rewrite(view(raw), 0, func(_, text string, _ bool) (string, bool) {
				p.vault.reserve(text)
				return "", false
			})
		}
	}
}

// opaque reports a data: URL in base64: an image or a file, not a text.
func opaque(s string) bool {
	if len(s) < 13 || s[:5] != "data:" {
		return false
	}
	const mark = ";base64,"
	head := s[:min(len(s), 256)]
	i := 5
	for ; i < len(head) && head[i] != ','; i++ {
	}
	if i == len(head) || i+1-len(mark) < 5 || s[i+1-len(mark):i+1] != mark {
		return false
	}
	for _, c := range []byte(s[i+1:]) {
		if !(c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '=' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}
