package openai

import (
	"encoding/json"
	"slices"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// part writes one part with its cache point.
func (w *wireRequest) part(p *message.Part) (part, error) {
	written, err := writePart(p)
	if w.points {
		written.Cache = p.Cache
	}
	return written, err
}

// mark sets the cache point of something that cannot carry one, such as a tool call, behind what
// stands before it: the last of parts, else the last part of the turns that are written. Where a
// point stands there already, it is the same one.
func (w *wireRequest) mark(parts []part, cache json.RawMessage) {
	if !w.points || cache == nil || markLast(parts, cache) {
		return
	}
	for i := range slices.Backward(w.Messages) {
		switch t := &w.Messages[i]; content := t.Content.(type) {
		case []part:
			if markLast(content, cache) {
				return
			}
		case string:
			if content != "" {
				t.Content = []part{{Type: "text", Text: content, Cache: cache}}
				return
			}
		}
	}
}

func markLast(parts []part, cache json.RawMessage) bool {
	if len(parts) == 0 {
		return false
	}
	if last := &parts[len(parts)-1]; last.Cache == nil {
		last.Cache = cache
	}
	return true
}
