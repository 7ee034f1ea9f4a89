package testcase

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// TestJudge reads testdata/judge.json, which the console's judge is tested with, too.
func TestJudge(t *testing.T) {
	raw, err := os.ReadFile("testdata/judge.json")
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range gjson.ParseBytes(raw).Array() {
		cases := Parse(gjson.Parse(`[{"name":"n","expect":`+c.Get("expect").Raw+`}]`), "test_cases", func(path, message string) {
			t.Errorf("%d: %s: %s", i, path, message)
		})
		var want []Failure
		if err := json.Unmarshal([]byte(c.Get("failed").Raw), &want); err != nil {
			t.Fatal(err)
		}
		if got := cases[0].Expect.Judge(c.Get("answer").String(), c.Get("tokens").Int()); !slices.Equal(got, want) {
			t.Errorf("%d: %v, want %v", i, got, want)
		}
	}
}

func TestParseNamesProblems(t *testing.T) {
	expect := `"expect":{"equals":"x"}`
	for _, c := range []struct{ in, want string }{
		{`{}`, "test_cases: must be a list of test cases"},
		{`[` + strings.Repeat(`{},`, MaxCases) + `{}]`, "test_cases: has more than 50 test cases"},
		{`[7]`, "test_cases[0]: must be an object: {name, variables, expect}"},
		{`[{"name":"` + strings.Repeat("x", maxSize) + `"}]`, "test_cases[0]: is larger than 64 KiB"},
		{`[{}]`, "test_cases[0].name: is missing; test_cases[0].expect: is missing"},
		{`[{"name":" ",` + expect + `}]`, "test_cases[0].name: must be a text of 1 to 100 characters"},
		{`[{"name":"a",` + expect + `},{"name":"a",` + expect + `}]`, "test_cases[1].name: 'a' is the name of another test case"},
		{`[{"name":"a","name":"b",` + expect + `}]`, "test_cases[0].name: given twice"},
		{`[{"name":"a","variables":[],` + expect + `}]`, "test_cases[0].variables: must be an object"},
		{`[{"name":"a","expected":1,` + expect + `}]`, "test_cases[0].expected: unknown field"},
		{`[{"name":"a","expect":{}}]`, "test_cases[0].expect: must be an object with contains, not_contains, equals or max_output_tokens"},
		{`[{"name":"a","expect":{"matches":"x"}}]`, "test_cases[0].expect.matches: unknown field"},
		{`[{"name":"a","expect":{"contains":"x"}}]`, "test_cases[0].expect.contains: must be a list of 1 to 20 texts"},
		{`[{"name":"a","expect":{"not_contains":[]}}]`, "test_cases[0].expect.not_contains: must be a list of 1 to 20 texts"},
		{`[{"name":"a","expect":{"contains":["x",""]}}]`, "test_cases[0].expect.contains[1]: must be a text that is not empty"},
		{`[{"name":"a","expect":{"equals":7}}]`, "test_cases[0].expect.equals: must be a text"},
		{`[{"name":"a","expect":{"max_output_tokens":0}}]`, "test_cases[0].expect.max_output_tokens: must be a whole number from 1 to 1000000"},
		{`[{"name":"a","expect":{"max_output_tokens":1.5}}]`, "test_cases[0].expect.max_output_tokens: must be a whole number from 1 to 1000000"},
		{`[{"name":"a","expect":{"max_output_tokens":1e300}}]`, "test_cases[0].expect.max_output_tokens: must be a whole number from 1 to 1000000"},
	} {
		var got []string
		Parse(gjson.Parse(c.in), "test_cases", func(path, message string) { got = append(got, path+": "+message) })
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%.80s\ngot  %s\nwant %s", c.in, strings.Join(got, "; "), c.want)
		}
	}
}
