package litellm

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// Status says what becomes of a part of the file.
type Status string

// The statuses.
const (
	Note        Status = "note"        // it has its effect, in another way than an operator may expect
	Ignored     Status = "ignored"     // it has no effect that would be missed
	Unsupported Status = "unsupported" // something will be different from LiteLLM
	Missing     Status = "missing"     // a variable is not set
)

// Finding is one part of the file that does not have the effect that it has with LiteLLM.
type Finding struct {
	yamltree.Problem
	Status Status
}

func (f Finding) String() string {
	p := f.Problem
	p.Message = string(f.Status) + ": " + p.Message
	return p.String()
}

// Findings are those of one file, in its order.
type Findings []Finding

// Strict reports the findings that a strict start refuses.
func (fs Findings) Strict() Findings {
	return slices.DeleteFunc(slices.Clone(fs), func(f Finding) bool { return f.Status == Ignored || f.Status == Note })
}

// With reports the findings of one status.
func (fs Findings) With(status Status) Findings {
	return slices.DeleteFunc(slices.Clone(fs), func(f Finding) bool { return f.Status != status })
}

// note adds a finding at the place of a field.
func (r *reader) note(at place, status Status, format string, args ...any) {
	r.findings = append(r.findings, Finding{Status: status,
		Problem: yamltree.Problem{File: cmp.Or(at.file, r.file), Line: at.line, Column: at.column, Path: at.path, Message: fmt.Sprintf(format, args...)}})
}

// place is where something stands in the file.
type place struct {
	file         string // "" = the file that was asked for
	line, column int
	path         string
}

func placeOf(n *yamltree.Node) place { return place{n.File, n.Line, n.Column, n.Path} }

func placeOfField(f yamltree.Field) place {
	return place{f.Value.File, f.Line, f.Column, f.Value.Path}
}
