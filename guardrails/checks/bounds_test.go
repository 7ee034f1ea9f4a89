package checks

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// soon fails the test unless fn returns within two seconds.
func soon(t *testing.T, fn func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); fn() }()
	select {
	case <-done:
	case <-time.After(2 * time.Second):
		t.Fatal("it takes too long")
	}
}

func tooLarge(err error) bool {
	var e *gateway.Error
	return errors.As(err, &e) && e.Kind == gateway.TooLarge
}

// A schema that applies itself twice to the same place takes 2^depth steps.
func TestSchemaThatBranchesPerLevelIsRefused(t *testing.T) {
	for name, schema := range map[string]string{
		"same member":      `{"anyOf":[{"properties":{"a":{"$ref":"#"},"op":{"const":1}},"required":["op"]},{"properties":{"a":{"$ref":"#"}},"required":["op"]}]}`,
		"member and all":   `{"allOf":[{"properties":{"a":{"$ref":"#"}}},{"patternProperties":{"^a":{"$ref":"#"}}}]}`,
		"different levels": `{"properties":{"a":{"anyOf":[{"properties":{"a":{"$ref":"#"}},"required":["x"]},{"$ref":"#"}]}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			soon(t, func() {
				c, err := newJSONSchema(json.RawMessage(`{"schema":` + schema + `}`))
				if err != nil {
					t.Error(err)
					return
				}
				doc := strings.Repeat(`{"a":`, 60) + `1` + strings.Repeat(`}`, 60)
				if _, err := c.Inspect(context.Background(), Content{Parts: []Part{{Text: doc}}}); !tooLarge(err) {
					t.Errorf("%v", err)
				}
				if _, err := c.Inspect(context.Background(), Content{Parts: []Part{{Text: `{"a":{"a":{"a":1}}}`}}}); err != nil {
					t.Errorf("a flat document: %v", err)
				}
			})
		})
	}
}

func TestNumberWithAHugeExponentIsNotWrittenOut(t *testing.T) {
	soon(t, func() {
		c, err := newJSONSchema(json.RawMessage(`{"schema":{"items":{"minimum":1}}}`))
		if err != nil {
			t.Error(err)
			return
		}
		doc := "[" + strings.Repeat("1e999999,", 10_000) + "1]"
		if _, err := c.Inspect(context.Background(), Content{Parts: []Part{{Text: doc}}}); !tooLarge(err) {
			t.Error(err)
		}
	})
}

func TestPatternStopsWithItsContext(t *testing.T) {
	c, err := newRegexMatch(json.RawMessage(`{"rule":"((a{0,30}){0,30})b"}`))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	soon(t, func() {
		if _, err := c.Inspect(ctx, Content{Parts: []Part{{Text: strings.Repeat("a", MaxText)}}}); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

// The patterns of a schema cannot be interrupted, so that their work is bounded before.
func TestPatternsOfASchemaAreBounded(t *testing.T) {
	const big = `(\\pL{1,900})+x(\\pL{1,900})+y`
	for name, schema := range map[string]string{
		"pattern": `{"items":{"pattern":"` + big + `"}}`, "key": `{"items":{"patternProperties":{"` + big + `":{}}}}`,
		"many": `{"items":{"allOf":[` + strings.TrimSuffix(strings.Repeat(`{"pattern":"(a{0,25}){0,9}b"},{"pattern":"(a{0,26}){0,9}b"},`, 10), ",") + `]}}`,
	} {
		soon(t, func() {
			c, err := newJSONSchema(json.RawMessage(`{"schema":` + schema + `}`))
			if err != nil {
				t.Error(err)
				return
			}
			for _, doc := range []string{`["` + strings.Repeat("a", 70_000) + `"]`, `[{"` + strings.Repeat("a", 70_000) + `":1}]`} {
				if _, err := c.Inspect(context.Background(), Content{Parts: []Part{{Text: doc}}}); !tooLarge(err) {
					t.Errorf("%s: %v", name, err)
				}
			}
			if r, err := c.Inspect(context.Background(), Content{Parts: []Part{{Text: `[{"a":"b"}]`}}}); err != nil || r.Explanation == "" {
				t.Errorf("%s: a short document: %v", name, err)
			}
		})
	}
}

// What a pattern finds does not depend on how it is read.
func TestPatternReadsLongTextsAlike(t *testing.T) {
	p, err := compilePattern(`x{1,500}é+y`)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("aé", 20_000) + "xxéy" + strings.Repeat("b", 10)
	at, err := p.find(context.Background(), text)
	want := p.FindStringIndex(text)
	if err != nil || p.instructions*len(text) <= maxUninterrupted || len(at) != 2 || at[0] != want[0] || at[1] != want[1] {
		t.Fatal(at, want, err, p.instructions*len(text))
	}
}

func TestWordsAreBounded(t *testing.T) {
	words, _ := json.Marshal(map[string]any{"words": strings.Split(strings.Repeat("a ", maxWords), " ")[:maxWords]})
	if _, err := newContains(words); err != nil {
		t.Error(err)
	}
	words, _ = json.Marshal(map[string]any{"words": strings.Split(strings.Repeat("a ", maxWords+1), " ")[:maxWords+1]})
	if _, err := newContains(words); err == nil || gateway.AsError(err).Param != "parameters.words" {
		t.Error(err)
	}
}

// Parameters that a config adds cannot satisfy a check, and cannot fail for what they lack.
func TestAddedParametersAreJudgedForWhatIsForbidden(t *testing.T) {
	for _, c := range []struct {
		id, params, text string
		pass             bool
	}{
		{"contains", `{"words":["a"]}`, "x", true},
		{"contains", `{"words":["a"],"operator":"all"}`, "x", true},
		{"contains", `{"words":["a"],"operator":"none"}`, "a", false},
		{"contains", `{"words":["a"],"not":true}`, "a", false},
		{"contains", `{"words":["a"],"operator":"none","not":true}`, "x", true},
		{"regexMatch", `{"rule":"a"}`, "x", true},
		{"regexMatch", `{"rule":"a","not":true}`, "a", false},
		{"jsonSchema", `{"schema":{}}`, "x", true},
		{"jsonSchema", `{"schema":{},"not":true}`, "{}", false},
		{"pii", `{}`, "a@example.com", false},
		{"pii", `{"not":true}`, "x", true},
	} {
		e, _ := Find(Table, c.id)
		check, err := e.New(json.RawMessage(c.params))
		if err != nil {
			t.Fatal(err)
		}
		r, err := check.Inspect(context.Background(), Content{Added: true, Parts: []Part{{Text: c.text}}})
		if err != nil || r.Pass != c.pass {
			t.Errorf("%s %s on %q: %v %v", c.id, c.params, c.text, r, err)
		}
	}
}
