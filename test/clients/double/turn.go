package double

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// Turn is what the double needs to know about a request, whatever its format.
type Turn struct {
	Serial    int64 // of the request: gateways make ids of calls from the id of an answer
	Model     string
	Stream    bool
	Texts     []string // what the user wrote, in order
	Results   []string // results of tools, in order
	Files     []string // pictures and documents: "image/png of 70 bytes"
	Tools     []Tool
	Forced    string       // the tool that must be called
	NoTools   bool         // tools are declared but must not be called
	Schema    gjson.Result // of a structured answer; does not exist if none is asked for
	Reasoning bool         // the caller asks for the model's thoughts

	pending []pendingCall // calls of the model that have no result yet
}

// pendingCall is a call without a result. Google's calls are known by their name.
type pendingCall struct{ id, name string }

// Tool is a function that the caller offers.
type Tool struct {
	Name   string
	Schema gjson.Result
	Kind   string // of a tool in the responses format: function or custom
	Space  string // the namespace of a tool in the responses format
}

var scenarioName = regexp.MustCompile(`scenario-([a-z]+)`)

// Scenario is the last one that the user named, "" if none.
func (t *Turn) Scenario() string {
	name := ""
	for _, text := range t.Texts {
		for _, m := range scenarioName.FindAllStringSubmatch(text, -1) {
			name = m[1]
		}
	}
	return name
}

// asking is the last text that names a scenario.
func (t *Turn) asking() string {
	for i := len(t.Texts) - 1; i >= 0; i-- {
		if scenarioName.MatchString(t.Texts[i]) {
			return t.Texts[i]
		}
	}
	return ""
}

func (t *Turn) tool(names ...string) (Tool, bool) {
	for _, name := range names {
		for _, tool := range t.Tools {
			if tool.Name == name {
				return tool, true
			}
		}
	}
	return Tool{}, false
}

// called notes a call of the model that stands in the conversation.
func (t *Turn) called(id, name string) {
	t.pending = append(t.pending, pendingCall{id, name})
}

// answered notes the result of a call.
func (t *Turn) answered(id, text string) error {
	i := slices.IndexFunc(t.pending, func(c pendingCall) bool { return c.id == id })
	if i < 0 {
		return fmt.Errorf("the tool result %q has no call before it", id)
	}
	t.pending = slices.Delete(t.pending, i, i+1)
	t.Results = append(t.Results, text)
	return nil
}

// settled reports an error if calls have no result.
func (t *Turn) settled() error {
	if len(t.pending) > 0 {
		return fmt.Errorf("the tool call %q (%s) has no result after it", t.pending[0].id, t.pending[0].name)
	}
	return nil
}

// file notes a picture or a document in base64.
func (t *Turn) file(mediaType, data string) error {
	raw, err := base64.StdEncoding.DecodeString(data)
	if err != nil || len(raw) == 0 {
		return fmt.Errorf("the file is not base64")
	}
	t.Files = append(t.Files, fmt.Sprintf("%s of %d bytes", mediaType, len(raw)))
	return nil
}

// fileURL notes a picture or a document that is named by a data URL or an https URL.
func (t *Turn) fileURL(url string) error {
	rest, ok := strings.CutPrefix(url, "data:")
	if !ok {
		t.Files = append(t.Files, url)
		return nil
	}
	mediaType, data, ok := strings.Cut(rest, ";base64,")
	if !ok {
		return fmt.Errorf("the data URL of the file is not base64")
	}
	return t.file(mediaType, data)
}

// known refuses members of an object that the vendor does not know.
func known(o gjson.Result, names string) error {
	var unknown error
	o.ForEach(func(k, _ gjson.Result) bool {
		if !strings.Contains(" "+names+" ", " "+k.String()+" ") {
			unknown = fmt.Errorf("%s: unknown field", k.String())
		}
		return unknown == nil
	})
	return unknown
}

// each calls f for every element until it fails.
func each(list gjson.Result, f func(gjson.Result) error) error {
	var err error
	list.ForEach(func(_, v gjson.Result) bool {
		err = f(v)
		return err == nil
	})
	return err
}

// system notes the instructions: their schema, for models that are only told one.
func (t *Turn) system(content gjson.Result) { t.toldSchema(plainText(content)) }

func (t *Turn) toldSchema(text string) {
	i := strings.LastIndex(strings.ToLower(text), "json schema")
	if i < 0 {
		return
	}
	j := strings.IndexByte(text[i:], '{')
	if j < 0 {
		return
	}
	if schema := gjson.Parse(text[i+j:]); schema.Get("properties").Exists() {
		t.Schema = schema
	}
}
