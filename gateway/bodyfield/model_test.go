package bodyfield

import (
	"slices"
	"testing"
)

func TestModelNames(t *testing.T) {
	for body, want := range map[string][]string{
		`{"model":"a","messages":[{"model":"no"}]}`: {"a"},
		`{"model":null}`: nil,
		`{"MODEL":"a","Models":["b",{"model":"c"}],"engine":"d"}`: {"a", "b", "c", "d"},
		`{"fallbacks":[{"a":["b"]}],"extra_body":{"model":"c"}}`:  {"a", "b", "c"},
		`{"mod\u0065l":"a"}`: {"a"},
	} {
		if names, readable := ModelNames([]byte(body)); !slices.Equal(names, want) || !readable {
			t.Errorf("%s: %q, %v", body, names, readable)
		}
	}
	if _, readable := ModelNames([]byte(`{"model":"a","models":[1]}`)); readable {
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
		if names, readable := AllModels([]byte(body)); !slices.Equal(names, want) || !readable {
			t.Errorf("%s: %q, %v", body, names, readable)
		}
	}
	if _, readable := AllModels([]byte(`{"model":"a","tools":[{"model":1}]}`)); readable {
		t.Error("a number is a name")
	}
}
