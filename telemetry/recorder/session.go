package recorder

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
)

// session records the session that the caller named, else the trace that the caller began.
func (b *builder) session(r *telemetry.Record, ex *gateway.Exchange) {
	id, source := ex.Session()
	switch {
	case source == gateway.SessionTrace, id == "" && !ex.Trace.Parent.IsZero():
		r.Session, r.SessionSource = r.Trace.Ref, gateway.SessionTrace // cleansed as the trace is
	case id != "":
		r.Session, r.SessionSource = b.cleanser.pseudonymise(id), source
	}
}

// Bounds of the tools that a record names.
const (
	maxTools    = 64
	maxToolName = 128 // bytes
)

// tools records which tools the answer calls.
func (b *builder) tools(r *telemetry.Record, answer *gateway.Response) {
	if answer == nil {
		return
	}
	for i := range answer.Choices {
		for _, call := range answer.Choices[i].Tools {
			name := call.Name
			if len(name) > maxToolName {
				name = strings.ToValidUTF8(name[:maxToolName], "")
			}
			name = b.cleanser.text(name)
			at := slices.IndexFunc(r.Tools, func(t telemetry.ToolUse) bool { return t.Name == name })
			switch {
			case at >= 0:
				r.Tools[at].Calls++
			case name != "" && len(r.Tools) < maxTools:
				r.Tools = append(r.Tools, telemetry.ToolUse{Name: name, Calls: 1})
			}
		}
	}
	slices.SortFunc(r.Tools, func(a, b telemetry.ToolUse) int { return cmp.Compare(a.Name, b.Name) })
}
