package checks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sluicegate/sluice/gateway"
)

// maxJSON is the size of the largest text that is searched for JSON, in bytes.
const maxJSON = 8 << 20

// jsonSchema passes if the content holds JSON that a schema accepts. The draft is 2020-12
// unless the schema names another. The model's reasoning is not searched.
type jsonSchema struct {
	Schema json.RawMessage `json:"schema"`
	Not    bool            `json:"not"`

	compiled *jsonschema.Schema
}

// local refuses references to other schemas: compiling a check must not make calls.
type local struct{}

func (local) Load(string) (any, error) {
	return nil, errors.New("a schema may refer to itself only")
}

func newJSONSchema(params json.RawMessage) (Check, error) {
	const op, param = "checks.jsonSchema", "parameters.schema"
	c := &jsonSchema{}
	if err := strict(op, params, c); err != nil {
		return nil, err
	}
	text := string(c.Schema)
	if strings.HasPrefix(text, `"`) { // written as a string, as some consoles send it
		if err := json.Unmarshal(c.Schema, &text); err != nil {
			return nil, gateway.InvalidField(op, param, "The field 'parameters.schema' must be a JSON schema.")
		}
	}
	if text == "" || text == "null" {
		return nil, gateway.InvalidField(op, param, "The field 'parameters.schema' is missing.")
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err == nil {
		compiler := jsonschema.NewCompiler()
		compiler.UseLoader(local{})
		if err = compiler.AddResource("schema.json", doc); err == nil {
			c.compiled, err = compiler.Compile("schema.json")
		}
	}
	if err != nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: param, Err: err,
			Public: "The field 'parameters.schema' is no valid JSON schema, or refers to another one."}
	}
	return c, nil
}

func (c *jsonSchema) Name() string { return "default.jsonSchema" }

func (c *jsonSchema) Inspect(ctx context.Context, in Content) (Result, error) {
	found := 0
	for _, p := range in.Parts {
		if p.Decoded || p.Path == "reasoning" && in.Output {
			continue
		}
		if len(p.Text) > maxJSON {
			return Result{}, &gateway.Error{Op: "checks.jsonSchema", Kind: gateway.TooLarge, Public: "A text is longer than 8 MiB."}
		}
		for _, candidate := range candidates(p.Text) {
			if ctx.Err() != nil {
				return Result{}, ctx.Err()
			}
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader(candidate))
			if err != nil {
				continue
			}
			found++
			if c.compiled.Validate(doc) == nil {
				return outcome(true, c.Not, "JSON that the schema accepts is there; asked for: "+negated(c.Not)+"to be there."), nil
			}
		}
	}
	return outcome(false, c.Not, fmt.Sprintf("The schema accepts none of %d JSON values found; asked for: %sto accept one.", found, negated(c.Not))), nil
}
