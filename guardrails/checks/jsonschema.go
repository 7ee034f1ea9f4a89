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

// Bounds of one validation, which cannot be interrupted.
const (
	maxWork        = 1 << 28 // estimated steps
	maxPatternWork = 1 << 24 // instructions of the schema's patterns, times the bytes that they may read
)

// jsonSchema passes if the content holds JSON that a schema accepts. The draft is 2020-12
// unless the schema names another. The model's reasoning is not searched.
type jsonSchema struct {
	Schema json.RawMessage `json:"schema"`
	Not    bool            `json:"not"`

	compiled     *jsonschema.Schema
	size         schemaSize
	instructions int // of its patterns
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
	err := c.compile(text)
	switch {
	case errors.Is(err, errSchemaTooBig), errors.Is(err, errPatternTooBig):
		return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: param, Err: err,
			Public: "The field 'parameters.schema' is too big: " + reason(err) + "."}
	case err != nil:
		return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: param, Err: err,
			Public: "The field 'parameters.schema' is no valid JSON schema, or refers to another one."}
	}
	return c, nil
}

// compile reads the schema and measures it before anything is validated. Compiling takes time
// linear in the text; only expanding its references need not.
func (c *jsonSchema) compile(text string) error {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(local{})
	patterns := patternBudget{}
	compiler.UseRegexpEngine(patterns.compile)
	if err := compiler.AddResource("schema.json", doc); err != nil {
		return err
	}
	c.compiled, err = compiler.Compile("schema.json")
	switch {
	case patterns.spent > maxProgram:
		return errPatternTooBig
	case err != nil:
		return err
	}
	if c.size, err = sizeOf(c.compiled); err != nil {
		return err
	}
	c.instructions = patterns.spent
	return nil
}

// patternBudget compiles the patterns of one schema, which together have at most maxProgram
// instructions.
type patternBudget struct {
	seen  map[string]*pattern
	spent int
}

func (b *patternBudget) compile(rule string) (jsonschema.Regexp, error) {
	if p := b.seen[rule]; p != nil {
		return p, nil
	}
	p, err := compilePattern(rule)
	if errors.Is(err, errPatternTooBig) {
		b.spent = maxProgram + 1
	}
	if err != nil {
		return nil, err
	}
	if b.spent += p.instructions; b.spent > maxProgram {
		return nil, errPatternTooBig
	}
	if b.seen == nil {
		b.seen = map[string]*pattern{}
	}
	b.seen[rule] = p
	return p, nil
}

func (c *jsonSchema) Name() string { return "default.jsonSchema" }

// Requires implements Requirer.
func (c *jsonSchema) Requires() bool { return !c.Not }

func (c *jsonSchema) Inspect(ctx context.Context, in Content) (Result, error) {
	if in.Added && c.Requires() {
		return notAsked, nil
	}
	found := 0
	for _, p := range in.Parts {
		if p.Decoded || p.Bare && (!c.Not || !strings.ContainsAny(p.Text, "{[")) || p.Path == "reasoning" && in.Output {
			continue
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
			depth, ok := measure(doc)
			if !ok || c.size.work(len(candidate), depth) > maxWork || c.instructions*len(candidate) > maxPatternWork {
				return Result{}, &gateway.Error{Op: "checks.jsonSchema", Kind: gateway.TooLarge, Public: "A JSON value is too big for its schema to be judged."}
			}
			if c.compiled.Validate(doc) == nil {
				return outcome(true, c.Not, "JSON that the schema accepts is there; asked for: "+negated(c.Not)+"to be there."), nil
			}
		}
	}
	return outcome(false, c.Not, fmt.Sprintf("The schema accepts none of %d JSON values found; asked for: %sto accept one.", found, negated(c.Not))), nil
}

// measure returns the depth of a document. It returns false if a number has an exponent of
// more than three digits: comparing it would write the number out.
func measure(doc any) (depth int, ok bool) {
	ok = true
	inside := func(v any) {
		d, fine := measure(v)
		depth, ok = max(depth, d+1), ok && fine
	}
	switch doc := doc.(type) {
	case json.Number:
		at := strings.IndexAny(string(doc), "eE")
		return 0, at < 0 || len(strings.TrimLeft(string(doc[at+1:]), "+-0")) <= 3
	case map[string]any:
		for _, v := range doc {
			inside(v)
		}
	case []any:
		for _, v := range doc {
			inside(v)
		}
	}
	return depth, ok
}
