package openai

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// WriteRequest implements dialect.Format. Dropped are cache points, unless the target takes them
// (other vendors of this format cache by themselves), signed reasoning, top_k, and fields of m.Extra, which belong to
// another format. A vendor's own tools and parts are refused by name.
func (d Dialect) WriteRequest(m *message.Request) ([]byte, error) {
	out := wireRequest{points: d.CachePoints, Model: m.Model, Stop: m.Stop, Temperature: m.Temperature, TopP: m.TopP,
		MaxTokens: m.MaxTokens, Seed: m.Seed, PresencePenalty: m.PresencePenalty, FrequencyPenalty: m.FrequencyPenalty,
		Logprobs: m.Logprobs, TopLogprobs: m.TopLogprobs, ParallelTools: m.ParallelTools, User: m.User, ServiceTier: m.ServiceTier, Stream: m.Stream,
		Effort: effortOf(m.Reasoning)}
	if m.N > 1 {
		out.N = m.N
	}
	if m.Stream && m.WantsUsage {
		out.StreamOptions = &streamOptions{true}
	}
	messages := message.KeepWholeTails(m.Messages, func(p *message.Part) bool { return p.Sign == (message.Signature{}) })
	for i := range messages {
		if err := out.message(&messages[i]); err != nil {
			return nil, err
		}
	}
	for i := range m.Tools {
		if err := out.tool(&m.Tools[i]); err != nil {
			return nil, err
		}
	}
	out.attach()
	out.choice(m)
	out.format(m.Format)
	m.SentEffort(out.Effort)
	return json.Marshal(out)
}

type wireRequest struct {
	points           bool            // cache points are written
	Model            string          `json:"model"`
	Messages         []turn          `json:"messages"`
	Tools            []requestTool   `json:"tools,omitempty"`
	ToolChoice       any             `json:"tool_choice,omitempty"`
	ParallelTools    *bool           `json:"parallel_tool_calls,omitempty"`
	MaxTokens        *int64          `json:"max_completion_tokens,omitempty"`
	N                int64           `json:"n,omitempty"`
	Stop             []string        `json:"stop,omitempty"`
	Temperature      json.Number     `json:"temperature,omitempty"`
	TopP             json.Number     `json:"top_p,omitempty"`
	Seed             json.Number     `json:"seed,omitempty"`
	Format           *responseFormat `json:"response_format,omitempty"`
	Effort           string          `json:"reasoning_effort,omitempty"`
	User             string          `json:"user,omitempty"`
	ServiceTier      string          `json:"service_tier,omitempty"`
	PresencePenalty  json.Number     `json:"presence_penalty,omitempty"`
	FrequencyPenalty json.Number     `json:"frequency_penalty,omitempty"`
	Logprobs         bool            `json:"logprobs,omitempty"`
	TopLogprobs      int64           `json:"top_logprobs,omitempty"`
	Search           *struct{}       `json:"web_search_options,omitempty"`
	Stream           bool            `json:"stream,omitempty"`
	StreamOptions    *streamOptions  `json:"stream_options,omitempty"`

	attached []part // to results of tools, for a message of the user's behind them
}

type streamOptions struct {
	IncludeUsage bool `json:"include_usage"`
}

// turn is one message of a request.
type turn struct {
	Role      message.Role `json:"role"`
	Content   any          `json:"content"` // a string, a list of parts, or null
	Name      string       `json:"name,omitempty"`
	Refusal   string       `json:"refusal,omitempty"`
	Reasoning string       `json:"reasoning_content,omitempty"`
	CallID    string       `json:"tool_call_id,omitempty"`
	Calls     []wireTool   `json:"tool_calls,omitempty"`
}

type requestTool struct {
	Type     string          `json:"type"`
	Function requestFunction `json:"function"`
	Cache    json.RawMessage `json:"cache_control,omitempty"`
}

type requestFunction struct {
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Parameters  json.RawMessage `json:"parameters,omitempty"`
	Strict      bool            `json:"strict,omitempty"`
}

type responseFormat struct {
	Type   message.FormatType `json:"type"`
	Schema *formatSchema      `json:"json_schema,omitempty"`
}

type formatSchema struct {
	Name   string          `json:"name"`
	Schema json.RawMessage `json:"schema"`
	Strict bool            `json:"strict,omitempty"`
}

// effortOf is the effort that a target of this format takes: it has none above xhigh.
func effortOf(r message.Reasoning) string {
	effort := r.Word()
	if effort == "max" {
		return "xhigh"
	}
	return effort
}

// message writes one turn. Tool results stand in messages of their own, before what else
// the caller said in the same turn. What they have beside texts follows all of them.
func (w *wireRequest) message(m *message.Message) error {
	t := turn{Role: m.Role, Name: m.Name}
	var parts []part
	var refusal, reasoning strings.Builder
	for i := range m.Parts {
		p := &m.Parts[i]
		switch p.Kind {
		case message.KindToolResult:
			if err := w.toolResult(p); err != nil {
				return err
			}
			w.mark(nil, p.Cache)
		case message.KindToolCall:
			args := p.Call.Args
			if args == "" {
				args = "{}"
			}
			t.Calls = append(t.Calls, toolOf(p.Call.ID, p.Call.Name, args, false))
			w.mark(parts, p.Cache)
		case message.KindRefusal:
			refusal.WriteString(p.Text)
			w.mark(parts, p.Cache)
		case message.KindReasoning:
			if p.Sign == (message.Signature{}) {
				reasoning.WriteString(p.Text) // DeepSeek and its kin want it back
			}
			w.mark(parts, p.Cache)
		default:
			written, err := w.part(p)
			if err != nil {
				return err
			}
			parts = append(parts, written)
		}
	}
	t.Content, t.Refusal, t.Reasoning = content(parts), refusal.String(), reasoning.String()
	if t.Content == nil && t.Calls == nil && t.Refusal == "" {
		if len(m.Parts) > 0 {
			return nil // only tool results, or reasoning that cannot be handed on
		}
		t.Content = ""
	}
	w.attach()
	w.Messages = append(w.Messages, t)
	return nil
}

// attach writes what the tool results before have beside texts.
func (w *wireRequest) attach() {
	if len(w.attached) > 0 {
		w.Messages = append(w.Messages, turn{Role: message.RoleUser, Content: w.attached})
		w.attached = nil
	}
}

// content is the shortest spelling of parts: null, a string, or a list.
func content(parts []part) any {
	switch {
	case len(parts) == 0:
		return nil
	case len(parts) == 1 && parts[0].Type == "text" && parts[0].Cache == nil:
		return parts[0].Text
	}
	return parts
}

// toolResult writes a result. OpenAI takes nothing but texts there, so images and files are attached
// to the next message.
func (w *wireRequest) toolResult(p *message.Part) error {
	t := turn{Role: message.RoleTool, CallID: p.Reply.CallID}
	var texts, others []part
	for i := range p.Reply.Parts {
		written, err := w.part(&p.Reply.Parts[i])
		if err != nil {
			return err
		}
		if written.Type == "text" {
			texts = append(texts, written)
		} else {
			others = append(others, written)
		}
	}
	t.Content = content(texts)
	if t.Content == nil {
		t.Content = ""
		if len(others) > 0 {
			t.Content = "The result is attached to the next message of the user."
		}
	}
	if len(others) > 0 {
		w.attached = append(append(w.attached, part{Type: "text", Text: "Attached to the result of the tool call " + p.Reply.CallID + ":"}), others...)
	}
	w.Messages = append(w.Messages, t)
	return nil
}

func (w *wireRequest) tool(t *message.Tool) error {
	if t.WebSearch {
		w.Search = &struct{}{}
		return nil
	}
	if t.Native != nil {
		return cannotSay(t.Path, "is a tool that only its own vendor runs")
	}
	tool := requestTool{Type: "function", Function: requestFunction{t.Name, t.Description, t.Schema, t.Strict}}
	if w.points {
		tool.Cache = t.Cache
	}
	w.Tools = append(w.Tools, tool)
	return nil
}

func (w *wireRequest) choice(m *message.Request) {
	if len(w.Tools) == 0 && w.Search != nil {
		return // OpenAI wants tools beside a choice, and the search is none
	}
	switch m.Choice.Mode {
	case message.ChoiceDefault:
	case message.ChoiceNamed:
		w.ToolChoice = struct {
			Type     string       `json:"type"`
			Function functionName `json:"function"`
		}{"function", functionName{m.Choice.Name}}
	default:
		w.ToolChoice = string(m.Choice.Mode)
	}
}

type functionName struct {
	Name string `json:"name"`
}

func (w *wireRequest) format(f message.Format) {
	switch f.Type {
	case message.FormatText:
	case message.FormatSchema:
		name := f.Name
		if name == "" {
			name = "answer"
		}
		w.Format = &responseFormat{Type: f.Type, Schema: &formatSchema{name, f.Schema, f.Strict}}
	default:
		w.Format = &responseFormat{Type: f.Type}
	}
}

func cannotSay(path, what string) error {
	return gateway.InvalidField("openai.WriteRequest", path, "The field '"+path+"' "+what+", and this target's format cannot carry it.")
}

// part is one part of a content.
type part struct {
	Type  string     `json:"type"`
	Text  string     `json:"text,omitempty"`
	Image *imagePart `json:"image_url,omitempty"`
	Audio *audioPart `json:"input_audio,omitempty"`
	File  *filePart  `json:"file,omitempty"`

	Cache json.RawMessage `json:"cache_control,omitempty"`
}

type imagePart struct {
	URL    string `json:"url"`
	Detail string `json:"detail,omitempty"`
}

type audioPart struct {
	Data   string `json:"data"`
	Format string `json:"format"`
}

type filePart struct {
	Name string `json:"filename,omitempty"`
	Data string `json:"file_data,omitempty"`
	ID   string `json:"file_id,omitempty"`
}

func writePart(p *message.Part) (part, error) {
	media := &p.Media
	switch p.Kind {
	case message.KindText, message.KindRefusal:
		return part{Type: "text", Text: p.Text}, nil
	case message.KindImage:
		if media.URL == "" && media.Data == "" {
			return part{}, cannotSay(p.Path, "is an image named by the id of an upload")
		}
		return part{Type: "image_url", Image: &imagePart{media.Address(), media.Detail}}, nil
	case message.KindAudio:
		return part{Type: "input_audio", Audio: &audioPart{media.Data, media.Format}}, nil
	case message.KindFile:
		if strings.HasPrefix(media.Type, "text/") { // a document in plain text
			if text, err := base64.StdEncoding.DecodeString(media.Data); err == nil && len(text) > 0 {
				return part{Type: "text", Text: string(text)}, nil
			}
		}
		if media.URL != "" {
			return part{}, cannotSay(p.Path, "is a file given by its address")
		}
		f := &filePart{Name: media.Name, ID: media.FileID}
		if media.Data != "" {
			f.Data = media.Address()
			if f.Name == "" {
				f.Name = "document" // OpenAI wants a name
			}
		}
		return part{Type: "file", File: f}, nil
	}
	return part{}, cannotSay(p.Path, "is a kind of part that only its own format knows")
}
