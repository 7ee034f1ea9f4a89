// Package batchfile reads the files of batches while they are passed on to a vendor: JSON lines with
// one call each. It tells the most that the calls can use, so that a batch can be held to a budget and
// to the models that a key may use. [Format] lists the formats.
//
// An [Upload] also lets redaction and guardrails read each line before any byte of it goes upstream:
//
//	body ─► form.Reader ─► parts ─► lines ─► filters ─► form written anew ─► vendor
//
// Nothing but one line is held. A form or a line that cannot be read, or could mean something else to the
// vendor, is refused then; the vendor never gets the end of its form. Without filters the form passes
// unchanged. What was judged, and by which policies, is kept with the file ([vendorobject.Batch]): a batch
// may begin only where the policies that apply to its call have read the file.
package batchfile

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
	"github.com/sluicegate/sluice/gateway/bodyfield"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/gateway/vendorobject/form"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// MaxLine bounds one call of a batch, in bytes. A file with a longer one is passed on, but nobody
// knows what it may cost.
const MaxLine = form.MaxLine

// maxModels bounds the models of one file, maxObjects what its calls name of what the vendor keeps.
const (
	maxModels  = 20
	maxObjects = 500
)

// Counter is the writer that a file is copied to. It never fails. The zero value reads OpenAI's format.
type Counter struct {
	Format Format

	line  []byte // that has not ended
	lines int
	batch vendorobject.Batch
	part  string // what a call is a part of, as fmt.Sprintf takes its number; "" = a line of a file
}

// Write implements io.Writer.
func (c *Counter) Write(p []byte) (int, error) {
	n := len(p)
	for c.batch.Unbounded == "" && len(p) > 0 {
		part, rest, ended := bytes.Cut(p, []byte{'\n'})
		if len(c.line)+len(part) > MaxLine {
			c.lines++
			c.refuse(fmt.Sprintf("is longer than %d bytes", MaxLine))
			break
		}
		c.line = append(c.line, part...)
		if ended {
			c.endLine()
		}
		p = rest
	}
	return n, nil
}

// Batch is what was read. A file without calls is no batch.
func (c *Counter) Batch() vendorobject.Batch {
	if c.batch.Unbounded == "" && len(c.line) > 0 {
		c.endLine()
	}
	if c.batch.Unbounded == "" && len(c.batch.Calls) == 0 {
		c.batch.Unbounded = "The file of the batch has no calls that Sluice could read."
	}
	return c.batch
}

// refuse ends the count at the current line.
func (c *Counter) refuse(why string) {
	part := c.part
	if part == "" {
		part = "line %d of its file"
	}
	c.batch = vendorobject.Batch{Unbounded: fmt.Sprintf("Nobody can tell beforehand what the batch costs: "+part+" %s.", c.lines, why)}
	c.line = nil
}

func (c *Counter) endLine() {
	line := bytes.TrimSpace(c.line)
	c.line = c.line[:0]
	c.lines++
	if len(line) == 0 {
		return
	}
	if err := gateway.CheckBody("batchfile.Counter", line); err != nil {
		c.refuse("is no JSON object that every vendor reads alike")
		return
	}
	c.call(line)
}

// call adds what a line, or an element of a body, asks.
func (c *Counter) call(line []byte) {
	req, why := c.Format.request(line)
	if why != "" {
		c.refuse(why)
		return
	}
	c.add(req)
}

// add adds one call.
func (c *Counter) add(req *gateway.Request) {
	if field := bodyfield.Misread(req.Raw); field != "" {
		c.refuse("has the field '" + gateway.Shorten(field) + "', which may be read as one that bounds its cost")
		return
	}
	for _, field := range []string{"previous_response_id", "conversation", "prompt"} {
		if v := jsonx.Get(req.Raw, field); len(v) > 0 && v[0] != 'n' && (field != "prompt" || v[0] == '{') { // not null; a prompt of words is no reference
			c.refuse("continues from '" + field + "', which the vendor keeps")
			return
		}
	}
	names, readable := req.Dialect.Models(req.Raw)
	p := req.Parameters()
	if names = c.Format.models(names); c.Format != OpenAI {
		names = append(names, JobModel)
	}
	switch {
	case !readable || len(names) == 0:
		c.refuse("names no model")
		return
	case p.BadChoices != "":
		c.refuse("has no positive number as '" + p.BadChoices + "'")
		return
	}
	if !c.addObjects(req.Raw) {
		c.refuse(fmt.Sprintf("is the first to name more than %d objects that the vendor keeps", maxObjects))
		return
	}
	for _, model := range names {
		of := c.of(model)
		if of == nil {
			c.refuse(fmt.Sprintf("names more models than %d", maxModels))
			return
		}
		addCall(of, req, p)
	}
}

// addCall adds a call to those of its model.
func addCall(of *gateway.CallsOf, req *gateway.Request, p gateway.Parameters) {
	of.Input += billing.InputBound(req)
	of.Special = of.Special || bytes.Contains(bytes.ToLower(req.Raw), []byte("audio"))
	if !req.Op.GeneratesText() {
		return
	}
	of.Hosted += int64(req.Dialect.Attachments(req.Raw).Hosted)
	if choices := min(p.Choices, maxChoices); p.Bounded {
		of.Output += min(p.MaxOutput, maxOutput) * choices
	} else {
		of.Open += choices
	}
}

// More choices and tokens than any vendor writes, so that sums stay small.
const (
	maxChoices = 10_000
	maxOutput  = 10_000_000
)

// of is what was counted of a model, nil if there are too many.
func (c *Counter) of(model string) *gateway.CallsOf {
	i := slices.IndexFunc(c.batch.Calls, func(of gateway.CallsOf) bool { return of.Model == model })
	if i < 0 {
		if len(c.batch.Calls) == maxModels || len(model) > maxModelName {
			return nil
		}
		i = len(c.batch.Calls)
		c.batch.Calls = append(c.batch.Calls, gateway.CallsOf{Model: model})
	}
	return &c.batch.Calls[i]
}

const maxModelName = 256 // bytes

// addObjects notes what a call names of what the vendor keeps. It is false if that is too much.
func (c *Counter) addObjects(raw []byte) bool {
	if c.Format != OpenAI { // whose ids look like any text
		for _, r := range vendorobject.Named(raw) {
			if !slices.Contains(c.batch.Objects, r.ID) {
				c.batch.Objects = append(c.batch.Objects, r.ID)
			}
		}
		return len(c.batch.Objects) <= maxObjects
	}
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action { // raw was checked
		if n.Kind == jsonx.KindString && n.End()-n.Start <= vendorobject.MaxID+2 && len(c.batch.Objects) <= maxObjects {
			if id := n.Text(); vendorobject.IsID(id) && !slices.Contains(c.batch.Objects, id) {
				c.batch.Objects = append(c.batch.Objects, id)
			}
		}
		return jsonx.Descend
	})
	return len(c.batch.Objects) <= maxObjects
}
