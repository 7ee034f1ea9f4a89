package logs

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// treeSpan is a span as a line of a tree shows it.
type treeSpan struct {
	key, parent string // id and parent's id within their workspace: nobody can put spans below another's
	name        string
	start       int64 // microseconds since 1970
	duration    gjson.Result
	self        gjson.Result // absent for a span of another program
	cost        string
	remark      string
}

// exchangeSpans are the spans of an exchange.
func exchangeSpans(ex gjson.Result) []treeSpan {
	workspace, began := ex.Get("workspace").String()+"/", micro(ex.Get("time"))
	var out []treeSpan
	for _, s := range ex.Get("spans").Array() {
		out = append(out, treeSpan{key: workspace + s.Get("id").String(), parent: workspace + s.Get("parent").String(), name: spanName(s),
			start: began + s.Get("start_us").Int(), duration: s.Get("duration_us"), self: s.Get("self_us"), cost: spanCost(s), remark: remark(s)})
	}
	return out
}

// foreignSpan is a span that another program reported.
func foreignSpan(s gjson.Result) treeSpan {
	workspace := s.Get("workspace").String() + "/"
	return treeSpan{key: workspace + s.Get("id").String(), parent: workspace + s.Get("parent").String(), name: spanName(s),
		start: micro(s.Get("time")), duration: s.Get("duration_us"), remark: foreignRemark(s)}
}

// micro reads a time in microseconds.
func micro(v gjson.Result) int64 {
	t, err := time.Parse(time.RFC3339Nano, v.String())
	if err != nil {
		return 0
	}
	return t.UnixMicro()
}

func spanName(s gjson.Result) string {
	name := api.Printable(s.Get("name").String())
	if kind := s.Get("kind").String(); strings.EqualFold(kind, "client") {
		name = strings.TrimSpace(name + " " + api.Printable(attribute(s, "server.address", "gen_ai.provider.name")))
	}
	return name
}

// foreignRemark tells who reported the span, and what it says about a call of a model.
func foreignRemark(s gjson.Result) string {
	var parts []string
	note := func(label, value string) {
		if value != "" {
			parts = append(parts, strings.TrimSpace(label+" "+api.Printable(value)))
		}
	}
	g := s.Get("generation")
	note("by", s.Get("service").String())
	note("model", g.Get("model").String())
	note("in", g.Get("input_tokens").String())
	note("out", g.Get("output_tokens").String())
	note("asked", quoted(g.Get("input").String()))
	note("answered", quoted(g.Get("output").String()))
	if s.Get("status").String() == "error" {
		note("failed", s.Get("message").String())
	}
	return strings.Join(parts, " · ")
}

// quoted is the beginning of a text in one line.
func quoted(s string) string {
	const most = 60
	if s == "" {
		return ""
	}
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return "\"" + s + "\""
}

// showSpans prints spans as trees, siblings in the order of their starts. A span whose parent is not
// among them is a root. Of spans with the same id the first counts.
func showSpans(out io.Writer, spans []treeSpan) error {
	if len(spans) == 0 {
		return nil
	}
	known := map[string]bool{}
	spans = slices.DeleteFunc(slices.Clone(spans), func(s treeSpan) bool {
		repeated := known[s.key]
		known[s.key] = true
		return repeated
	})
	first := spans[0].start
	children := map[string][]treeSpan{}
	for _, s := range spans {
		first = min(first, s.start)
		if !known[s.parent] || s.parent == s.key {
			s.parent = ""
		}
		children[s.parent] = append(children[s.parent], s)
	}
	for _, list := range children {
		slices.SortStableFunc(list, func(a, b treeSpan) int { return cmp.Compare(a.start, b.start) })
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nSPAN\tSTART\tTIME\tSELF\tCOST\t")
	t := spanTree{w: w, first: first, children: children, shown: map[string]bool{}}
	for _, root := range children[""] {
		t.show(root, "", "")
	}
	for _, s := range spans { // spans whose parents form a cycle have no root
		t.show(s, "", "")
	}
	return w.Flush()
}

// spanTree prints spans with their children below them.
type spanTree struct {
	w        io.Writer
	first    int64 // start of the first span
	children map[string][]treeSpan
	shown    map[string]bool // ends a cycle of parents
}

func (t *spanTree) show(s treeSpan, branch, below string) {
	if t.shown[s.key] {
		return
	}
	t.shown[s.key] = true
	start := time.Duration(s.start-t.first) * time.Microsecond
	fmt.Fprintf(t.w, "%s%s\t%s\t%s\t%s\t%s\t%s\n", branch, s.name, formatDuration(start), micros(s.duration), micros(s.self), s.cost, s.remark)
	list := t.children[s.key]
	for i, c := range list {
		if i == len(list)-1 {
			t.show(c, below+"└ ", below+"  ")
		} else {
			t.show(c, below+"├ ", below+"│ ")
		}
	}
}
