package redact

import (
	"slices"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Restorer puts the originals of one exchange back into the chunks of its answer. In a
// stream, a text that ends like the beginning of a placeholder waits for the text that
// follows; it is released before its part ends, before the choice's finish reason, before an
// error, and at the end.
type Restorer struct {
	vault   *vault
	dialect gateway.Dialect
	json    func() bool // whether contents are JSON: originals are escaped there
	pending []pendingText
}

// Restorer returns the restorer for the answer, nil if no value was replaced.
func (r *Redaction) Restorer() *Restorer {
	if r.vault.empty() {
		return nil
	}
	req := r.request
	return &Restorer{vault: r.vault, dialect: req.Dialect, json: sync.OnceValue(func() bool { return req.Parameters().JSON })}
}

// Chunk returns c for the caller, after the texts that its finish reasons release. It does
// not write to what c shares with others.
func (r *Restorer) Chunk(c gateway.Chunk) ([]gateway.Chunk, error) {
	if c.Form == gateway.FormBody {
		return []gateway.Chunk{r.body(c)}, nil
	}
	var out []gateway.Chunk
	c.Deltas = slices.Clone(c.Deltas)
	if !c.Repeats && (len(r.vault.handles) > 0 || mayHoldPlaceholder(c.Raw)) {
		if err := r.beside(&c); err != nil {
			return nil, err
		}
	}
	for i := range c.Deltas {
		d := &c.Deltas[i]
		final := d.Finish != ""
		if c.Repeats {
			if final || d.Ends {
				released, err := r.release(d, final)
				out = append(out, released...)
				if err != nil {
					return out, err
				}
			}
			continue
		}
		if err := r.delta(&c, i, final); err != nil {
			return out, err
		}
		if final || d.Ends {
			released, err := r.release(d, final)
			out = append(out, released...)
			if err != nil {
				return out, err
			}
		}
	}
	if c.Repeats {
		c = r.complete(c)
	}
	return append(out, c), nil
}

// Flush releases all texts that wait.
func (r *Restorer) Flush() ([]gateway.Chunk, error) {
	var out []gateway.Chunk
	for i := range r.pending {
		released, err := r.release(&gateway.Delta{Choice: r.pending[i].choice}, true)
		out = append(out, released...)
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// beside restores what an event holds beside the texts of its deltas: sources, the tokens that have
// probabilities, blocks of the vendor's own tools. The texts are taken out meanwhile, because a
// restored one may look like a placeholder, and part of one may have to wait.
func (r *Restorer) beside(c *gateway.Chunk) error {
	bare := *c
	if err := setTexts(&bare, c.Deltas, func(string) string { return "" }); err != nil {
		return err
	}
	raw := r.strings(bare.Raw)
	if raw == nil {
		return nil
	}
	bare.Raw = raw
	if err := setTexts(&bare, c.Deltas, func(text string) string { return text }); err != nil {
		return err
	}
	c.Raw = bare.Raw
	return nil
}

// setTexts sets each text that the deltas have to what of makes of it; "" stands for arguments as an
// empty object.
func setTexts(c *gateway.Chunk, deltas []gateway.Delta, of func(string) string) error {
	for i := range deltas {
		d := &deltas[i]
		for _, t := range []struct {
			text string
			set  func(*gateway.Chunk, int, string) error
		}{{d.Text, (*gateway.Chunk).SetText}, {d.Reasoning, (*gateway.Chunk).SetReasoning}, {d.Refusal, (*gateway.Chunk).SetRefusal}} {
			if t.text == "" {
				continue
			}
			if err := t.set(c, i, of(t.text)); err != nil {
				return err
			}
		}
		for tool := range d.Tools {
			args := d.Tools[tool].Args
			if args == "" {
				continue
			}
			if args = of(args); args == "" {
				args = "{}"
			}
			if err := c.SetArgs(i, tool, args); err != nil {
				return err
			}
		}
	}
	return nil
}

// delta restores the texts of one delta. final: nothing follows in this choice.
func (r *Restorer) delta(c *gateway.Chunk, i int, final bool) error {
	d := c.Deltas[i]
	texts := []struct {
		field gateway.Field
		text  string
		set   func(*gateway.Chunk, int, string) error
	}{
		{gateway.FieldText, d.Text, (*gateway.Chunk).SetText},
		{gateway.FieldReasoning, d.Reasoning, (*gateway.Chunk).SetReasoning},
		{gateway.FieldRefusal, d.Refusal, (*gateway.Chunk).SetRefusal},
	}
	for _, t := range texts {
		if text, ok := r.add(textID{choice: d.Choice, part: d.Part, field: t.field}, t.text, final, c.Raw); ok {
			if err := t.set(c, i, text); err != nil {
				return err
			}
		}
	}
	for t, tool := range d.Tools {
		if name, ok := r.vault.names[tool.Name]; ok {
			if err := c.SetName(i, t, name); err != nil {
				return err
			}
		}
		id := textID{choice: d.Choice, part: d.Part, tool: tool.Index, field: gateway.FieldArgs, freeForm: tool.FreeForm}
		if text, ok := r.add(id, tool.Args, final, c.Raw); ok {
			if err := c.SetArgs(i, t, text); err != nil {
				return err
			}
		}
	}
	return nil
}

// add restores one more piece of a text. It returns what may go out, and whether that
// differs from the piece. event is the raw event that holds it.
func (r *Restorer) add(id textID, piece string, final bool, event []byte) (string, bool) {
	if piece == "" {
		return "", false
	}
	p := r.find(id)
	all := piece
	if p != nil {
		all = p.rest + piece
	}
	form := r.form(id.field)
	if id.freeForm {
		form = proseForm
	}
	out, rest := r.vault.reveal(all, final, form)
	if rest != "" {
		if p == nil {
			r.pending = append(r.pending, pendingText{textID: id})
			p = &r.pending[len(r.pending)-1]
		}
		p.event = slices.Clone(event)
	}
	if p != nil {
		p.rest = rest
	}
	return out, out != piece
}

// form returns how a field is restored. A vendor may have signed its reasoning.
func (r *Restorer) form(f gateway.Field) textForm {
	switch {
	case f == gateway.FieldReasoning:
		return signedForm
	case f == gateway.FieldArgs, f == gateway.FieldText && r.json():
		return jsonForm
	}
	return proseForm
}

func (r *Restorer) find(id textID) *pendingText {
	for i := range r.pending {
		if r.pending[i].textID == id {
			return &r.pending[i]
		}
	}
	return nil
}

// release returns the waiting texts of the part that d ends, or of the whole choice, each in
// an event of its own.
func (r *Restorer) release(d *gateway.Delta, choice bool) ([]gateway.Chunk, error) {
	var out []gateway.Chunk
	for i := range r.pending {
		p := &r.pending[i]
		if p.rest == "" || p.choice != d.Choice || !choice && p.part != d.Part {
			continue
		}
		c, err := p.release(r.dialect)
		if err != nil {
			return out, err
		}
		out = append(out, c)
	}
	return out, nil
}

// body restores every string of a whole answer.
func (r *Restorer) body(c gateway.Chunk) gateway.Chunk {
	raw := r.strings(c.Raw)
	if raw == nil {
		return c
	}
	usage := c.Usage
	c.Raw = raw
	c.Read()
	c.Usage = usage
	return c
}

// complete restores every string of an event that holds complete texts. Its deltas have served:
// nobody reads their texts after the answer is restored.
func (r *Restorer) complete(c gateway.Chunk) gateway.Chunk {
	if raw := r.strings(c.Raw); raw != nil {
		c.Raw = raw
	}
	return c
}

// strings restores every string of a JSON text. It returns nil if nothing changes.
func (r *Restorer) strings(raw []byte) []byte {
	if len(r.vault.names)+len(r.vault.handles) == 0 && !mayHoldPlaceholder(raw) || !jsonx.Valid(raw) {
		return nil
	}
	return rewrite(raw, 0, func(label, value string, kind jsonx.Kind) (string, bool) {
		if kind == jsonx.KindNumber {
			return "", false
		}
		if name, ok := r.vault.names[value]; ok && label == "name" {
			return name, true
		}
		if id, ok := r.vault.handles[value]; ok {
			return id, true
		}
		text, _ := r.vault.reveal(value, true, r.form(r.dialect.FieldNamed(label)))
		return text, text != value
	})
}
