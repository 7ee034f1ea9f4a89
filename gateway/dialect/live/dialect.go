package live

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/bodyfield"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/session"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Dialect implements gateway.Dialect for the messages of a session, and for the request that opens
// one: the object of "setup" with the plain name of the model.
type Dialect struct{ session.Dialect }

// Name implements gateway.RequestFormat: that of Google's API, whose models a plain name means.
func (Dialect) Name() string { return gemini.Dialect{}.Name() }

// Models implements gateway.RequestFormat. Only the setup names a model.
func (Dialect) Models(raw []byte) (names []string, readable bool) { return bodyfield.ModelNames(raw) }

// Read implements gateway.AnswerFormat: what the message adds to the session's answer. All turns of a
// session are one text, each ended by a line break.
func (Dialect) Read(c *gateway.Chunk) {
	c.Head, c.Deltas, c.Usage = nil, nil, gemini.Usage(jsonx.Get(c.Raw, "usageMetadata"))
	content := jsonx.Get(c.Raw, "serverContent")
	var d gateway.Delta
	for part := range jsonx.Elements(jsonx.Get(content, "modelTurn", "parts")) {
		text := jsonx.String(jsonx.Get(part.Value, "text"))
		if string(jsonx.Get(part.Value, "thought")) == "true" {
			d.Reasoning += text
		} else {
			d.Text += text
		}
	}
	d.Text += jsonx.String(jsonx.Get(content, "outputTranscription", "text"))
	for call := range jsonx.Elements(jsonx.Get(c.Raw, "toolCall", "functionCalls")) {
		id := jsonx.String(jsonx.Get(call.Value, "id"))
		d.Tools = append(d.Tools, gateway.ToolDelta{Index: session.CallNumber(id), ID: id,
			Name: jsonx.String(jsonx.Get(call.Value, "name")), Args: string(jsonx.Get(call.Value, "args"))})
	}
	switch {
	case isTrue(content, "interrupted"):
		d.Text, d.Finish = d.Text+"\n", "cancelled"
	case isTrue(content, "turnComplete"):
		d.Text, d.Finish = d.Text+"\n", "stop"
	}
	if d.Text != "" || d.Reasoning != "" || d.Tools != nil {
		c.Deltas = []gateway.Delta{d}
	}
}

func isTrue(content []byte, name string) bool { return string(jsonx.Get(content, name)) == "true" }

// Assemble implements gateway.AnswerFormat. A session is recorded as an object with the text of all
// turns and the calls of tools.
func (Dialect) Assemble() gateway.Assembler { return assembler{} }

type assembler struct{}

func (assembler) Add(*gateway.Chunk) {}

func (assembler) Head() gateway.AnswerHead { return gateway.AnswerHead{} }

func (assembler) Body(r *gateway.Response) []byte {
	var o jsonx.Object
	session.Record(&o, r, session.Names{Text: "text", Calls: "functionCalls", CallID: "id", Args: "args"}, func(call *jsonx.Object, name, text string) {
		if jsonx.Valid([]byte(text)) {
			call.Raw(name, []byte(text))
		}
	})
	return o.JSON()
}

// Request makes the request of a session from its first message. token is the caller's ephemeral token;
// nil: it has none.
func Request(message []byte, token *Token) (*gateway.Request, error) {
	const op = "live.Request"
	if err := gateway.CheckBody(op, message); err != nil {
		return nil, err
	}
	setup := jsonx.Get(message, "setup")
	for m := range jsonx.Members(message) {
		if m.Key != "setup" {
			return nil, gateway.InvalidField(op, m.Key, "The first message must have the field 'setup' and no other one.")
		}
	}
	if len(setup) == 0 || setup[0] != '{' {
		return nil, gateway.InvalidField(op, "setup", "The first message must have the field 'setup', an object.")
	}
	if token != nil {
		var err error
		if setup, err = token.setup(setup); err != nil {
			return nil, err
		}
	}
	model := jsonx.Get(setup, "model")
	if len(model) == 0 || model[0] != '"' {
		return nil, gateway.InvalidField(op, "setup.model", "The field 'setup.model' must name a model.")
	}
	setup = jsonx.Update(setup, jsonx.Change{Name: "model", Value: jsonx.Quote(plainName(jsonx.String(model)))})
	return gateway.NewRequest(Dialect{}, gateway.OpRealtime, setup, "model")
}

// plainName takes off what Google's clients write before the name of a model: "models/…", or at Vertex
// AI "publishers/google/models/…" and "projects/…/locations/…/publishers/google/models/…".
func plainName(model string) string {
	if strings.HasPrefix(model, "publishers/") || strings.HasPrefix(model, "projects/") {
		if _, name, ok := strings.Cut(model, "/models/"); ok {
			return name
		}
	}
	return strings.TrimPrefix(model, "models/")
}

// Cancel is the message that cancels a turn which is being written: content of the caller's interrupts it,
// and this holds none (https://ai.google.dev/api/live#bidigeneratecontentclientcontent). The vendor then
// tells that the turn was interrupted, that it has ended, and what it has used.
var Cancel = []byte(`{"clientContent":{"turnComplete":false}}`)

// Setup is the first message of a session at the vendor. model is the name by which the vendor knows it.
func Setup(request []byte, model string) []byte {
	var o jsonx.Object
	o.Raw("setup", jsonx.Update(request, jsonx.Change{Name: "model", Value: jsonx.Quote(model)}))
	return o.JSON()
}
