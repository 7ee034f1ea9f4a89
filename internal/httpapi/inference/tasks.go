package inference

import (
	"mime"
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/task"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/inference/input"
	"github.com/sluicegate/sluice/internal/httpapi/inference/output"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// taskRoute is an operation of OpenAI's besides chat and embeddings.
type taskRoute struct {
	path     string
	op       gateway.Op
	required []string
	file     string // field of a form that must hold a file; "" = the body is JSON
	orJSON   bool   // the body may be JSON nevertheless
	model    string // that vendors take if the body names none
	summary  string
	body     any // for the OpenAPI document
	types    []string
}

type (
	completionsBody struct {
		Model  string `json:"model,omitempty"`
		Prompt any    `json:"prompt"` // a string or a list
		Stream bool   `json:"stream,omitempty"`
	}
	rerankBody struct {
		Model           string `json:"model,omitempty"`
		Query           string `json:"query"`
		Documents       []any  `json:"documents"` // strings, or objects with a text
		TopN            int    `json:"top_n,omitempty"`
		ReturnDocuments bool   `json:"return_documents,omitempty"`
	}
	moderationBody struct {
		Model string `json:"model,omitempty"` // absent: omni-moderation-latest
		Input any    `json:"input"`           // a string, or a list of strings or parts
	}
	imageBody struct {
		Model  string `json:"model,omitempty"`
		Prompt string `json:"prompt"`
		Stream bool   `json:"stream,omitempty"`
	}
	imageForm struct {
		Model  string `json:"model,omitempty"`
		Image  string `json:"image"` // a file
		Prompt string `json:"prompt,omitempty"`
	}
	speechBody struct {
		Model string `json:"model,omitempty"`
		Input string `json:"input"` // the text to be spoken
		Voice any    `json:"voice,omitempty"`
	}
	audioForm struct {
		Model  string `json:"model,omitempty"`
		File   string `json:"file"` // a recording
		Prompt string `json:"prompt,omitempty"`
		Format string `json:"response_format,omitempty"`
		Stream string `json:"stream,omitempty"`
	}
)

var taskRoutes = []taskRoute{
	{path: "/v1/completions", op: gateway.OpCompletions, required: []string{"prompt"}, body: completionsBody{}, types: orStreamed, summary: "Completes a text, in OpenAI's first format"},
	{path: "/v1/rerank", op: gateway.OpRerank, required: []string{"query", "documents"}, body: rerankBody{}, summary: "Orders documents by how well they answer a query, in the format of Cohere and Jina"},
	{path: "/v2/rerank", op: gateway.OpRerank, required: []string{"query", "documents"}, body: rerankBody{}, summary: "Orders documents, where Cohere's clients ask"},
	{path: "/v1/moderations", op: gateway.OpModeration, required: []string{"input"}, model: "omni-moderation-latest", body: moderationBody{}, summary: "Classifies texts and images as harmful or not"},
	{path: "/v1/images/generations", op: gateway.OpImage, required: []string{"prompt"}, body: imageBody{}, types: orStreamed, summary: "Makes images"},
	{path: "/v1/images/edits", op: gateway.OpImageEdit, required: []string{"prompt"}, file: "image", orJSON: true, body: imageForm{}, types: orStreamed, summary: "Edits images"},
	{path: "/v1/images/variations", op: gateway.OpImageVariation, file: "image", model: "dall-e-2", body: imageForm{}, summary: "Makes variations of an image"},
	{path: "/v1/audio/speech", op: gateway.OpSpeech, required: []string{"input"}, body: speechBody{}, types: []string{"audio/mpeg", "audio/wav", "application/octet-stream", "text/event-stream"}, summary: "Speaks a text"},
	{path: "/v1/audio/transcriptions", op: gateway.OpTranscription, file: "file", body: audioForm{}, types: []string{"application/json", "text/plain", "text/event-stream"}, summary: "Writes down a recording"},
	{path: "/v1/audio/translations", op: gateway.OpAudioTranslation, file: "file", body: audioForm{}, types: []string{"application/json", "text/plain"}, summary: "Writes down a recording in English"},
}

// taskRoutes are the routes of these operations.
func (s *surfaces) taskRoutes() []httpapi.Route {
	routes := make([]httpapi.Route, len(taskRoutes))
	for i := range taskRoutes {
		t := &taskRoutes[i]
		about := httpapi.Description{Summary: t.summary, Body: t.body, Form: t.file != "", Types: t.types, Vendor: openAIReference + strings.TrimPrefix(t.path, "/v1/")}
		if t.op == gateway.OpRerank {
			about.Vendor = "https://docs.cohere.com/reference/rerank"
		}
		routes[i] = httpapi.Route{Method: http.MethodPost, Path: t.path, Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied(string(t.op)),
			Handle: func(c *httpapi.Call) error { return s.task(c, t) }, Bare: strings.HasPrefix(t.path, "/v1/"), About: about}
	}
	return routes
}

// task answers one operation.
func (s *surfaces) task(c *httpapi.Call, t *taskRoute) error {
	c.Open(t.op)
	d := task.Dialect{Op: t.op}
	input.With(c, func() (*gateway.Request, error) {
		req, err := t.read(c, d)
		if err == nil && t.model != "" && req.Model() == "" {
			return req.WithFields(jsonx.Change{Name: "model", Value: jsonx.Quote(t.model)})
		}
		return req, err
	})
	switch {
	case c.Exchange.Request != nil && c.Exchange.Request.Stream():
		return s.output.Stream(c, output.Task(t.op))
	case t.op == gateway.OpSpeech:
		return s.output.Sound(c)
	}
	return s.output.Unary(c, output.Task(t.op))
}

// read reads the body.
func (t *taskRoute) read(c *httpapi.Call, d task.Dialect) (*gateway.Request, error) {
	const op = "inference.task"
	kind, parameters, err := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
	isForm := err == nil && kind == "multipart/form-data"
	if _, refused := c.Authenticated(); refused != nil {
		return nil, refused
	}
	switch {
	case t.file == "" || t.orJSON && !isForm:
		raw, err := c.Body()
		if err != nil {
			return nil, err
		}
		return gateway.NewRequest(d, t.op, raw, t.required...)
	case !isForm:
		return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: "content-type", Public: "The header content-type must be multipart/form-data with a boundary: this operation takes a file in the field '" + t.file + "'."}
	}
	fields, files, err := input.Form(c, parameters["boundary"])
	if err != nil {
		return nil, err
	}
	req, err := gateway.NewRequest(d, t.op, fields, t.required...)
	if err != nil {
		return nil, err
	}
	req.Files = files
	for i := range files {
		if name := files[i].Field; name == t.file || name == t.file+"[]" {
			return req, nil
		}
	}
	return nil, gateway.InvalidField(op, t.file, "The field '"+t.file+"' is missing, or is no file.")
}
