package cache_test

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// TestVariety holds that calls which want another answer each time neither read nor write near
// questions, and that the same call is still a hit.
func TestVariety(t *testing.T) {
	low := .2
	for _, c := range []struct {
		fields string
		most   *float64
		near   bool
	}{
		{``, nil, true},
		{`"temperature":1,`, nil, true},
		{`"temperature":1.1,`, nil, false},
		{`"temperature":0.2,`, &low, true},
		{`"temperature":0.3,`, &low, false},
		{``, &low, true},
		{`"n":2,`, nil, false},
		{`"n":1,`, nil, true},
		{`"seed":7,`, nil, true},
	} {
		r := newRig(t, nil)
		r.plan.Cache.MaxTemperature = c.most
		with := func(text, fields string) string { return strings.Replace(chat(text), "{", "{"+fields, 1) }
		r.ask(with(question, c.fields))
		f, _ := r.ask(with(rewording, c.fields))
		if f.Cache.Status.Hit() != c.near || !c.near && !strings.Contains(f.Cache.Reason, "only the same request") {
			t.Errorf("%s: %+v", c.fields, f.Cache)
		}
		if f, _ := r.ask(with(question, c.fields)); outcome(f) != "HIT exact" {
			t.Errorf("%s: %+v", c.fields, f.Cache)
		}
	}
	r := newRig(t, nil)
	r.ask(chat(question))
	if f, _ := r.ask(strings.Replace(chat(rewording), "{", `{"seed":8,`, 1)); f.Cache.Status.Hit() {
		t.Errorf("another seed: %+v", f.Cache)
	}
}

// TestTemperatureIsBounded holds that a caller may lower max_temperature, and not raise it.
func TestTemperatureIsBounded(t *testing.T) {
	low, high := .5, 2.0
	for _, c := range []struct{ own, bound, want *float64 }{{nil, &low, &low}, {&high, &low, &low}, {&low, &high, &low}, {&high, nil, nil}, {nil, &high, nil}} {
		p := gateway.CachePolicy{Mode: gateway.CacheGuarded, MaxError: .01, MaxTemperature: c.own}
		got := p.Within(gateway.CachePolicy{Mode: gateway.CacheGuarded, MaxError: .01, MaxTemperature: c.bound}).MaxTemperature
		if (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
