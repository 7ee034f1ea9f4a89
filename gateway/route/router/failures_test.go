package router_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// TestFailures: what a fallback and a balanced group do after each kind of failure.
func TestFailures(t *testing.T) {
	coded := func(code string) reply {
		return reply{err: &gateway.Error{Op: "test", Kind: gateway.Upstream, Status: 400, Code: code, Public: "no"}}
	}
	on := func(n *gateway.Node, codes ...string) *gateway.Node {
		c := *n
		c.OnErrors = codes
		return &c
	}
	chain := fallback(nil, leaf("a", none), on(leaf("long", none), gateway.CodeContextWindow), on(leaf("lax", none), gateway.CodeContentPolicy), on(leaf("b", none), gateway.ErrorOther))
	spread := &gateway.Node{Path: "config", Mode: gateway.ModeLoadbalance, Failover: true, Nodes: []*gateway.Node{leaf("a", none), leaf("b", none), leaf("c", none)}}
	kept := *spread
	kept.Ordered, kept.Nodes = true, []*gateway.Node{spread.Nodes[0], spread.Nodes[2], {Path: "never", Target: &gateway.Target{Path: "never", Provider: "openai", VirtualKey: "never"}}, spread.Nodes[1]}
	alone := kept
	alone.Failover = false
	for _, c := range []struct {
		name  string
		root  *gateway.Node
		fails reply
		calls string
		want  string
	}{
		{"the context is full", chain, coded(gateway.CodeContextWindow), "a long", "ok"},
		{"a policy refuses", chain, coded(gateway.CodeContentPolicy), "a lax", "ok"},
		{"another refusal", chain, coded("bad_value"), "a b", "ok"},
		{"down", chain, down, "a b", "ok"},
		{"the next one of a group", spread, down, "a b", "ok"},
		{"the next one of a user's order", &kept, down, "a c", "ok"},
		{"a user's target without failover", &alone, status(503), "a", "503"},
		{"a key that is refused", spread, status(401), "a b", "ok"},
		{"a bad request is bad everywhere", spread, status(400), "a", "400"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, map[string][]reply{"a": {c.fails}, "b": {text("ok")}, "long": {text("ok")}, "lax": {text("ok")}, "c": {text("ok")}})
			got, err := r.run(t.Context(), exchange(t, c.root))
			var e *gateway.Error
			if errors.As(err, &e) {
				got = fmt.Sprint(e.HTTPStatus())
			}
			if calls := strings.Join(r.up.calls, " "); calls != c.calls || got != c.want {
				t.Errorf("%s: %s, want %s: %s", calls, got, c.calls, c.want)
			}
		})
	}
	r := newRig(t, map[string][]reply{"a": {status(503)}, "b": {status(503)}, "c": {status(503)}})
	if _, err := r.run(t.Context(), exchange(t, spread)); err == nil || len(r.up.calls) != 3 {
		t.Errorf("%v after %v", err, r.up.calls)
	}
}
