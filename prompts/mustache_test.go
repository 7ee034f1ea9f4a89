package prompts

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/cbroglie/mustache"
	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// renderText renders one text as an arm would.
func renderText(t *testing.T, src, variables string, partials map[string]string) (string, []string, error) {
	t.Helper()
	nodes, err := parseText(src)
	if err != nil {
		return "", nil, err
	}
	budget := maxNodes
	nodes, err = expandPartials(nodes, func(ref string) (string, error) { return partials[ref], nil }, nil, &budget)
	if err != nil {
		return "", nil, err
	}
	vs, err := readVariables([]byte(variables))
	if err != nil {
		return "", nil, err
	}
	s := renderScope{variables: vs}
	text := jsonx.Text(append(s.appendNodes([]byte{'"'}, nodes), '"'))
	return text, s.missing, nil
}

func TestLanguage(t *testing.T) {
	partials := map[string]string{"greet": "Hello {{name}}\n!", "list": "{{#items}}<{{.}}>{{/items}}", "nested": "[{{>greet}}]"}
	for _, c := range []struct{ name, src, vars, want string }{
		{"variable", "a {{x}} b", `{"x":"y"}`, "a y b"},
		{"no html escaping", "{{x}}{{{x}}}{{&x}}", `{"x":"<&\">"}`, `<&"><&"><&">`},
		{"a value is not read again", "{{x}}", `{"x":"{{y}} {{#z}}"}`, "{{y}} {{#z}}"},
		{"numbers keep their spelling", "{{a}} {{b}} {{c}}", `{"a":1.10,"b":12345678901234567890,"c":1e3}`, "1.10 12345678901234567890 1e3"},
		{"object as JSON", "{{o}} {{l}} {{t}}", `{"o":{"a": 1},"l":[1, "x"],"t":true}`, `{"a": 1} [1, "x"] true`},
		{"dotted", "{{a.b.c}}", `{"a":{"b":{"c":"deep"}}}`, "deep"},
		{"section over a list", "{{#l}}{{n}},{{/l}}", `{"l":[{"n":1},{"n":2}]}`, "1,2,"},
		{"dot", "{{#l}}({{.}}){{/l}}", `{"l":["a","b"]}`, "(a)(b)"},
		{"outer name in a section", "{{#l}}{{x}}{{.}} {{/l}}", `{"l":["a","b"],"x":"="}`, "=a =b "},
		{"truthy string", "{{#s}}has {{s}}{{/s}}{{^s}}none{{/s}}", `{"s":"it"}`, "has it"},
		{"falsy", "{{#a}}A{{/a}}{{#b}}B{{/b}}{{#c}}C{{/c}}{{#d}}D{{/d}}{{#e}}E{{/e}}{{#f}}F{{/f}}-", `{"a":false,"b":null,"c":"","d":0,"e":[]}`, "-"},
		{"inverted", "{{^a}}A{{/a}}{{^b}}B{{/b}}", `{"a":[],"b":1}`, "A"},
		{"comment", "a{{! what }}b", `{}`, "ab"},
		{"standalone lines go", "a\n  {{#s}}\nb\n  {{/s}}\n{{! c }}\nd\n", `{"s":true}`, "a\nb\nd\n"},
		{"standalone with crlf", "a\r\n{{#s}}\r\nb\r\n{{/s}}\r\nc", `{"s":true}`, "a\r\nb\r\nc"},
		{"delimiters", "{{=<% %>=}}{{x}} <%x%> <%={{ }}=%>{{x}}", `{"x":"y"}`, "{{x}} y y"},
		{"partial", "a {{>greet}} b", `{"name":"N"}`, "a Hello N\n! b"},
		{"standalone partial is indented", "a\n  {{>greet}}\nb", `{"name":"N"}`, "a\n  Hello N\n  !b"},
		{"partial in a partial", "{{>nested}}", `{"name":"N"}`, "[Hello N\n!]"},
		{"spaces in tags", "{{ x }} {{# s }}y{{/ s }}", `{"x":1,"s":1}`, "1 y"},
		{"unicode", "{{ключ}}", `{"ключ":"значение"}`, "значение"},
		{"null is nothing", "[{{x}}]", `{"x":null}`, "[]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, missing, err := renderText(t, c.src, c.vars, partials)
			if err != nil || len(missing) > 0 || got != c.want {
				t.Errorf("got %q (missing %v, error %v), want %q", got, missing, err, c.want)
			}
		})
	}
}

func TestMissing(t *testing.T) {
	for _, c := range []struct {
		src, vars string
		want      []string
	}{
		{"{{a}}{{b.c}}{{a}}", `{}`, []string{"variables.a", "variables.b.c"}},
		{"{{b.c}}", `{"b":{"d":1}}`, []string{"variables.b.c"}},
		{"{{#l}}{{n}}{{/l}}", `{"l":[{"n":1},{"m":2}]}`, []string{"variables.l[1].n"}},
		{"{{#on}}{{n}}{{/on}}", `{"on":true}`, []string{"variables.n"}},
		{"{{#on}}{{n}}{{/on}}{{^on}}{{m}}{{/on}}", `{}`, []string{"variables.m"}},
		{"{{x.y}}", `{"x":"text"}`, []string{"variables.x.y"}},
	} {
		_, missing, err := renderText(t, c.src, c.vars, nil)
		if err != nil || !cmp.Equal(missing, c.want) {
			t.Errorf("%s with %s lacks %v (%v), want %v", c.src, c.vars, missing, err, c.want)
		}
	}
}

func TestSyntax(t *testing.T) {
	for src, want := range map[string]string{
		"a\n{{x":                      "line 2 of the text: a tag is not closed",
		"{{}}":                        "line 1 of the text: a tag is empty",
		"a\n\n{{#s}}b":                "line 3 of the text: the section 's' is not closed",
		"{{/s}}":                      "line 1 of the text: the end tag 's' closes no open section",
		"{{#a}}{{#b}}{{/a}}":          "line 1 of the text: the end tag 'a' closes no open section",
		"{{a b}}":                     "line 1 of the text: 'a b' is no name of a variable",
		"{{a..b}}":                    "line 1 of the text: 'a..b' is no name of a variable",
		"{{=x=}}":                     "line 1 of the text: a set-delimiter tag is written {{=<< >>=}}",
		"{{>>v}}":                     "line 1 of the text: a partial must be named in the text, not by a variable",
		"{{>loop}}":                   "line 1 of the text: the partial 'loop' contains itself",
		"{{{x}}":                      "line 1 of the text: a tag is not closed",
		strings.Repeat("{{#a}}", 100): "line 1 of the text: sections are nested too deep",
	} {
		_, _, err := renderText(t, src, `{}`, map[string]string{"loop": "x {{>loop}}"})
		if err == nil || err.Error() != want {
			t.Errorf("%.40q: error %v, want %s", src, err, want)
		}
	}
}

// TestLikeTheLibrary compares rendering with a Mustache library, for features that both
// have.
func TestLikeTheLibrary(t *testing.T) {
	vars := `{"name":"Ann","n":3,"on":true,"off":false,"items":[{"k":"a","sub":[1,2]},{"k":"b","sub":[]}],"o":{"p":{"q":"deep"}},"words":["x","y"]}`
	var data map[string]any
	if err := json.Unmarshal([]byte(vars), &data); err != nil {
		t.Fatal(err)
	}
	for _, src := range []string{
		"Hello {{name}}, {{n}} times", "{{#on}}yes{{/on}}{{^on}}no{{/on}}{{#off}}x{{/off}}{{^off}}y{{/off}}",
		"{{#items}}\n- {{k}}: {{#sub}}{{.}} {{/sub}}{{^sub}}none{{/sub}}\n{{/items}}\nend", "{{o.p.q}} {{#o}}{{p.q}}{{/o}} {{#o.p}}{{q}}{{/o.p}}",
		"a\n  {{#on}}\n  b\n  {{/on}}\nc", "  {{! gone }}\n  x {{! stays }} y", "{{#words}}{{.}}/{{name}} {{/words}}",
		"{{=[[ ]]=}}[[name]] {{name}}", "{{#items}}{{#on}}{{k}}{{/on}}{{/items}}", "|{{#on}}|\n {{/on}} |", "{{{name}}}{{&name}}",
	} {
		want, err := mustache.RenderRaw(src, true, data)
		if err != nil {
			t.Fatal(err)
		}
		got, missing, err := renderText(t, src, vars, nil)
		if err != nil || len(missing) > 0 || got != want {
			t.Errorf("%q renders %q (missing %v, error %v), the library %q", src, got, missing, err, want)
		}
	}
}

// FuzzLanguage: no text panics, and rendered text contains no tags except those of values.
func FuzzLanguage(f *testing.F) {
	for _, s := range []string{"{{a}}", "{{#a}}{{b}}{{/a}}", "{{=<% %>=}}<%a%>", "{{{a}}}", "{{!x}}", "{{>p}}", "\n{{^a}}\r\n"} {
		f.Add(s, "v")
	}
	f.Fuzz(func(t *testing.T, src, value string) {
		quoted, _ := json.Marshal(map[string]string{"a": value})
		out, _, err := renderText(t, src, string(quoted), map[string]string{"p": "{{a}}"})
		if err != nil {
			return
		}
		body := append([]byte(`{"x":`), append([]byte(mustQuote(out)), '}')...)
		if !gjson.ValidBytes(body) {
			t.Fatalf("%q is no JSON", body)
		}
	})
}

func mustQuote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// TestRenderIsBounded: nested sections over lists multiply, and rendering stops at the
// limit.
func TestRenderIsBounded(t *testing.T) {
	list := "[" + strings.Repeat("1,", 2000) + "1]"
	for name, text := range map[string]string{"steps": "{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}", "bytes": "{{#l}}{{#l}}" + strings.Repeat("x", 1000) + "{{/l}}{{/l}}"} {
		b, ps := parseBody([]byte(`{"prompt":"` + text + `"}`))
		if len(ps) > 0 {
			t.Fatal(ps)
		}
		e, ps := compile(b, 1, references{})
		if len(ps) > 0 {
			t.Fatal(ps)
		}
		vs, err := readVariables([]byte(`{"l":` + list + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.arms[0].render(nil, vs); err == nil || !strings.Contains(err.Error(), "too large") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
