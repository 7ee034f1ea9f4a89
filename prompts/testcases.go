package prompts

import (
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/prompts/testcase"
)

// checkTestCases reports variables of test cases that a call with the template would be
// refused for. Every arm declares the same names, but each has types of its own. It runs when
// a version is saved, and not for calls: a changed partial must not make them fail.
func checkTestCases(cases []testcase.Case, arms []arm, ps *problems) {
	if len(cases) == 0 || len(arms) == 0 {
		return
	}
	known := map[string]bool{}
	for i := range arms[0].declared {
		known[arms[0].declared[i].name] = true
	}
	for i, c := range cases {
		at := "test_cases[" + strconv.Itoa(i) + "]"
		vs, err := readVariables(c.Variables)
		if err != nil {
			ps.add(at+"."+gateway.AsError(err).Param, publicMessage(err))
			continue
		}
		given := map[string]gjson.Result{}
		for _, v := range vs.given {
			if !known[v.name] {
				ps.add(at+".variables."+v.name, "is not known to this prompt")
			}
			given[v.name] = v.value
		}
		for j := range arms {
			arms[j].checkTestCase(given, at+".variables.", ps)
		}
	}
}

func (a *arm) checkTestCase(given map[string]gjson.Result, path string, ps *problems) {
	for i := range a.declared {
		d := &a.declared[i]
		v := given[d.name]
		switch {
		case v.Type == gjson.Null: // not given, too
			if d.Required && d.Default == nil {
				ps.add(path+d.name, "is missing")
			}
		case !d.matchesType(v, false):
			ps.add(path+d.name, "must be "+typeName(d.Type)+", not "+jsonType(v))
		}
	}
}
