package condition_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/route/condition"
)

func call(t *testing.T) (*gateway.Envelope, *gateway.Request) {
	t.Helper()
	env := &gateway.Envelope{Path: "/v1/chat/completions", Metadata: map[string]string{"plan": "paid", "seats": "12", "empty": ""}}
	req, err := gateway.NewRequest(openai.Dialect{}, gateway.OpChat, []byte(`{"model":"gpt-5","n":2,"temperature":0.50,"stream":true,"user":"a\u0062c","stop":null,"prompt_cache_key":"`+strings.Repeat("a", 2000)+`","tools":[{"type":"function"}],"messages":[{"role":"user","content":"hi"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return env, req
}

func TestTerm(t *testing.T) {
	env, req := call(t)
	for _, c := range []struct {
		source condition.Source
		name   string
		op     condition.Operator
		values []string
		want   bool
	}{
		{condition.Metadata, "plan", condition.Eq, []string{"paid"}, true},
		{condition.Metadata, "plan", condition.Eq, []string{"Paid"}, false},
		{condition.Metadata, "plan", condition.Ne, []string{"free"}, true},
		{condition.Metadata, "seats", condition.Gt, []string{"9"}, true}, // as numbers
		{condition.Metadata, "seats", condition.Lte, []string{"12.0"}, true},
		{condition.Metadata, "seats", condition.Lt, []string{"12"}, false},
		{condition.Metadata, "plan", condition.Gte, []string{"0"}, false}, // no number
		{condition.Metadata, "empty", condition.Eq, []string{""}, true},
		{condition.Metadata, "absent", condition.Eq, []string{""}, false},
		{condition.Metadata, "absent", condition.Ne, []string{"x"}, true},
		{condition.Metadata, "absent", condition.Nin, []string{"x"}, true},
		{condition.Metadata, "absent", condition.Gt, []string{"-1"}, false},
		{condition.Metadata, "plan", condition.In, []string{"trial", "paid"}, true},
		{condition.Metadata, "plan", condition.Nin, []string{"trial", "paid"}, false},
		{condition.Metadata, "plan", condition.In, nil, false},
		{condition.Metadata, "plan", condition.Regex, []string{"^pa"}, true},
		{condition.Metadata, "absent", condition.Regex, []string{".*"}, false},
		{condition.Params, "model", condition.Eq, []string{"gpt-5"}, true},
		{condition.Params, "temperature", condition.Eq, []string{"0.5"}, true},
		{condition.Params, "n", condition.Gte, []string{"2"}, true},
		{condition.Params, "stream", condition.Eq, []string{"true"}, true},
		{condition.Params, "user", condition.Eq, []string{"abc"}, true},
		{condition.Params, "stop", condition.Ne, []string{"null"}, true},              // null is no value
		{condition.Params, "prompt_cache_key", condition.Regex, []string{"a"}, false}, // too long
		{condition.Params, "tools", condition.Regex, []string{"."}, false},
		{condition.URL, "pathname", condition.Regex, []string{"^/v1/chat"}, true},
		{condition.URL, "pathname", condition.Eq, []string{"/v1/responses"}, false},
	} {
		term := condition.Term{Source: c.source, Name: c.name, Operator: c.op, Values: c.values}
		if c.op == condition.Regex {
			term.Pattern = regexp.MustCompile(c.values[0])
		}
		q := condition.Query{Term: &term}
		if got := q.Holds(env, req); got != c.want {
			t.Errorf("%s.%s %s %q: %t, want %t", c.source, c.name, c.op, c.values, got, c.want)
		}
	}
}

// All parts of a query must hold, whatever stands beside a group.
func TestQuery(t *testing.T) {
	env, req := call(t)
	is := func(value string) condition.Query {
		return condition.Query{Term: &condition.Term{Source: condition.Metadata, Name: "plan", Operator: condition.Eq, Values: []string{value}}}
	}
	yes, no := is("paid"), is("free")
	for name, c := range map[string]struct {
		query condition.Query
		want  bool
	}{
		"nothing":                {condition.Query{}, true},
		"all":                    {condition.Query{And: []condition.Query{yes, yes}}, true},
		"not all":                {condition.Query{And: []condition.Query{yes, no}}, false},
		"one of":                 {condition.Query{Or: []condition.Query{no, yes}}, true},
		"none of":                {condition.Query{Or: []condition.Query{no, no}}, false},
		"of no list":             {condition.Query{Or: []condition.Query{}}, false},
		"a group and a term":     {condition.Query{Or: []condition.Query{yes}, And: []condition.Query{no}}, false},
		"groups in groups":       {condition.Query{Or: []condition.Query{no, {And: []condition.Query{yes, {Or: []condition.Query{no, yes}}}}}}, true},
		"a term beside its list": {condition.Query{Term: no.Term, Or: []condition.Query{yes}}, false},
	} {
		if got := c.query.Holds(env, req); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestChooser(t *testing.T) {
	env, req := call(t)
	paid := condition.Query{Term: &condition.Term{Source: condition.Metadata, Name: "plan", Operator: condition.Eq, Values: []string{"paid"}}}
	free := condition.Query{Term: &condition.Term{Source: condition.Metadata, Name: "plan", Operator: condition.Eq, Values: []string{"free"}}}
	c := condition.Chooser{Conditions: []condition.Condition{{free, 0}, {paid, 2}, {paid, 1}}, Default: -1}
	if at, ok := c.Choose(env, req); !ok || at != 2 {
		t.Error(at, ok, "the first condition that holds wins")
	}
	c.Conditions = c.Conditions[:1]
	if _, ok := c.Choose(env, req); ok {
		t.Error("no condition holds")
	}
	c.Default = 1
	if at, ok := c.Choose(env, req); !ok || at != 1 {
		t.Error(at, ok)
	}
}
