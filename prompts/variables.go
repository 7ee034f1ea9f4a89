package prompts

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// variables are the variables of one call, with the template's defaults. There are few, so a
// list is used.
type variables struct {
	given    []variable
	defaults []variable
	size     int // bytes of the text that they were parsed from
}

type variable struct {
	name  string
	value gjson.Result
}

func (v *variables) get(name string) (gjson.Result, bool) {
	null := false
	for i := range v.given {
		if v.given[i].name == name {
			if v.given[i].value.Type != gjson.Null {
				return v.given[i].value, true
			}
			null = true
		}
	}
	for i := range v.defaults {
		if v.defaults[i].name == name {
			return v.defaults[i].value, true
		}
	}
	return gjson.Result{}, null
}

// maxVariables limits the number of names in the variables of one call, nested ones
// included, and the number of variables of a template.
const maxVariables = 1000

// readVariables parses the variables of a call. The text was validated with the body. A null
// is replaced by the default.
func readVariables(raw []byte) (*variables, error) {
	const op = "prompts.variables"
	vs := &variables{}
	if len(raw) == 0 {
		return vs, nil
	}
	vs.size = len(raw)
	root := bytes.TrimLeft(raw, " \t\r\n")
	if bytes.HasPrefix(root, []byte("null")) {
		return vs, nil
	}
	if !bytes.HasPrefix(root, []byte("{")) {
		return vs, gateway.InvalidField(op, "variables", "The field 'variables' must be an object.")
	}
	if tooManyNames(raw) {
		return vs, gateway.InvalidField(op, "variables", fmt.Sprintf("The field 'variables' has more than %d names.", maxVariables))
	}
	seen := map[string]bool{}
	for m := range jsonx.Members(raw) {
		if seen[m.Key] {
			return vs, gateway.InvalidField(op, "variables."+m.Key, "The variable '"+m.Key+"' is given twice.")
		}
		seen[m.Key] = true
		vs.given = append(vs.given, variable{m.Key, gjson.ParseBytes(m.Value)})
	}
	return vs, nil
}

// tooManyNames reports whether a JSON text has more than maxVariables names, nested ones
// included. A colon follows each of them, so a text with few colons needs no walk.
func tooManyNames(raw []byte) bool {
	if bytes.Count(raw, []byte(":")) <= maxVariables {
		return false
	}
	names := 0
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action { // raw was checked
		if n.Kind == jsonx.KindKey {
			names++
		}
		if names > maxVariables {
			return jsonx.Stop
		}
		return jsonx.Descend
	})
	return names > maxVariables
}

// check compares the call's variables with those that the arm declares and requires. It
// reports all problems in one error, unknown variables last.
func (a *arm) check(vs *variables, redacted bool, elsewhere func(string) bool) error {
	vs.defaults = a.defaults
	var bad []string
	param := ""
	note := func(name, text string) {
		if param == "" {
			param = "variables." + name
		}
		bad = append(bad, text)
	}
	for i := range a.declared {
		d := &a.declared[i]
		v, ok := vs.get(d.name)
		switch {
		case !ok || v.Type == gjson.Null:
			if d.Required {
				note(d.name, "variable '"+d.name+"' is missing")
			}
		case !d.matchesType(v, redacted):
			note(d.name, "variable '"+d.name+"' must be "+typeName(d.Type)+", not "+jsonType(v))
		}
	}
	for i := range vs.given {
		if name := vs.given[i].name; !a.declares(name) && (elsewhere == nil || !elsewhere(name)) {
			note(name, "variable '"+name+"' is not known to this prompt")
		}
	}
	return variablesError(param, bad)
}

// variablesError combines several problems of variables in one error.
func variablesError(param string, bad []string) error {
	if len(bad) == 0 {
		return nil
	}
	const most = 20
	if len(bad) > most {
		bad = append(bad[:most:most], "and more")
	}
	text := strings.Join(bad, "; ")
	return gateway.InvalidField("prompts.variables", param, "The prompt cannot be rendered: "+text+".")
}

func (a *arm) declares(name string) bool {
	for i := range a.declared {
		if a.declared[i].name == name {
			return true
		}
	}
	return false
}
