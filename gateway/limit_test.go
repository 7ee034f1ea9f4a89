package gateway_test

import (
	"slices"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func TestReadCount(t *testing.T) {
	for raw, want := range map[string]int64{"1": 1, "500": 500, "1e3": 1000, "5.0": 5, "1e300": 1_000_000_000, "1e400": 1_000_000_000,
		"0": 0, "-1": 0, "0.5": 0, "1.5": 0, "null": 0, `"50"`: 0, "true": 0, "[1]": 0, "{}": 0, "-1e400": 0, "": 0} {
		if n, ok := gateway.ReadCount([]byte(raw)); n != want || ok != (want > 0) {
			t.Errorf("%s: %d, %v, want %d", raw, n, ok, want)
		}
	}
}

func TestModelNames(t *testing.T) {
	for body, want := range map[string][]string{
		`{"model":"a","messages":[{"model":"no"}]}`: {"a"},
		`{"model":null}`: nil,
		`{"MODEL":"a","Models":["b",{"model":"c"}],"engine":"d"}`: {"a", "b", "c", "d"},
		`{"fallbacks":[{"a":["b"]}],"extra_body":{"model":"c"}}`:  {"a", "b", "c"},
		`{"mod\u0065l":"a"}`: {"a"},
	} {
		if names, readable := gateway.ModelNames([]byte(body)); !slices.Equal(names, want) || !readable {
			t.Errorf("%s: %q, %v", body, names, readable)
		}
	}
	if _, readable := gateway.ModelNames([]byte(`{"model":"a","models":[1]}`)); readable {
		t.Error("a number is a name")
	}
}

// The models of tools that the vendor runs count; the schema of a function has fields of any name.
func TestToolModels(t *testing.T) {
	for body, want := range map[string][]string{
		`{"model":"a","tools":[{"type":"advisor_20260301","name":"advisor","model":"b"},{"type":"x:advisor","parameters":{"Model":"c"}}]}`:     {"a", "b", "c"},
		`{"model":"a","tools":[{"type":"function","parameters":{"model":"no"}},{"type":"function","function":{"parameters":{"model":"no"}}}]}`: {"a"},
		`{"model":"a","tools":[{"name":"own","input_schema":{"model":"no"}},null,"x"],"Tools":[{"model":"b"}]}`:                                {"a", "b"},
		`{"model":"a","tools":null}`: {"a"}, `{"model":"a","tools":{"model":"no"}}`: {"a"},
	} {
		if names, readable := gateway.AllModels([]byte(body)); !slices.Equal(names, want) || !readable {
			t.Errorf("%s: %q, %v", body, names, readable)
		}
	}
	if _, readable := gateway.AllModels([]byte(`{"model":"a","tools":[{"model":1}]}`)); readable {
		t.Error("a number is a name")
	}
}

// The estimate of texts that come in pieces is that of the whole.
func TestTokenCount(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "a": 1, "abcd": 1, "abcde": 2, "你好": 2, "hi 你好": 3, "\xff": 1} {
		var whole, pieces gateway.TokenCount
		whole.Add(text)
		for _, r := range text {
			pieces.Add(string(r))
		}
		if whole.Tokens() != want || text != "\xff" && pieces != whole {
			t.Errorf("%q: %d and %d tokens, want %d", text, whole.Tokens(), pieces.Tokens(), want)
		}
	}
}
