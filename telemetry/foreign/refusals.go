package foreign

import (
	"fmt"
	"strings"
)

// refusals collects what a request lost, by reason, with the place of the first span of each.
type refusals struct {
	spans   []refusal // refused
	dropped []refusal // kept without attributes, events or links
}

type refusal struct {
	reason string
	count  int
	first  place
}

func note(list *[]refusal, reason string, at place) {
	for i := range *list {
		if (*list)[i].reason == reason {
			(*list)[i].count++
			return
		}
	}
	*list = append(*list, refusal{reason, 1, at})
}

func (r *refusals) refuse(reason string, at place) { note(&r.spans, reason, at) }
func (r *refusals) drop(what string, at place)     { note(&r.dropped, what, at) }

// count is the number of refused spans.
func (r *refusals) count() (n int) {
	for _, s := range r.spans {
		n += s.count
	}
	return n
}

// message tells everything; "" if nothing was lost.
func (r *refusals) message() string {
	var parts []string
	for _, s := range r.spans {
		parts = append(parts, fmt.Sprintf("%s refused: %s (first: %s)", spans(s.count), s.reason, s.first))
	}
	for _, d := range r.dropped {
		parts = append(parts, fmt.Sprintf("%s dropped from %s (first: %s)", d.reason, spans(d.count), d.first))
	}
	return strings.Join(parts, "; ")
}

func spans(n int) string {
	if n == 1 {
		return "1 span"
	}
	return fmt.Sprintf("%d spans", n)
}
