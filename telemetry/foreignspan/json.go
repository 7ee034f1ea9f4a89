package foreignspan

import (
	"encoding/json"
	"time"

	"go.opentelemetry.io/otel/codes"
)

// JSON encodes the span as GET /v1/logs/{id} shows it, beside the exchanges of its trace.
func (s *Span) JSON() json.RawMessage {
	g := s.Generation()
	v := spanJSON{Trace: s.Trace.String(), ID: s.ID.String(), Workspace: s.Workspace, Member: s.Member, APIKey: s.APIKey, Service: s.Service,
		Name: s.Name, Kind: s.Kind.String(), Time: s.Start.UTC().Format(timeFormat), Duration: s.Duration.Microseconds(),
		Status: "unset", Message: s.Message, Attributes: objectOr(s.Attributes), Resource: objectOr(s.Resource),
		Scope: scopeJSON{s.ScopeName, s.ScopeVersion, s.Scope}, Events: s.Events, Links: s.Links,
		State: s.State, Dropped: s.Dropped, Received: s.Received.UTC().Format(time.RFC3339Nano)}
	if !s.Parent.IsZero() {
		v.Parent = s.Parent.String()
	}
	switch s.Status {
	case codes.Error:
		v.Status = "error"
	case codes.Ok:
		v.Status = "ok"
	}
	if g != (Generation{}) {
		v.Generation = &generationJSON{g.Model, g.Provider, g.Operation, g.InputTokens, g.OutputTokens, g.Input, g.Output}
	}
	b, err := json.Marshal(v)
	if err != nil { // an attribute that is no JSON: never written by this program
		v.Attributes, v.Resource, v.Scope, v.Events, v.Links = objectOr(nil), objectOr(nil), scopeJSON{}, nil, nil
		b, _ = json.Marshal(v)
	}
	return b
}

// timeFormat is that of exchanges.
const timeFormat = "2006-01-02T15:04:05.000000Z"

func objectOr(object []byte) json.RawMessage {
	if len(object) == 0 {
		return json.RawMessage("{}")
	}
	return object
}

type spanJSON struct {
	Trace      string          `json:"trace_id"`
	ID         string          `json:"id"`
	Parent     string          `json:"parent,omitempty"`
	Workspace  string          `json:"workspace"`
	Member     string          `json:"member"`
	APIKey     string          `json:"api_key"`
	Service    string          `json:"service"`
	Name       string          `json:"name"`
	Kind       string          `json:"kind"`
	Time       string          `json:"time"` // of the start
	Duration   int64           `json:"duration_us"`
	Status     string          `json:"status"`
	Message    string          `json:"message,omitempty"`
	Generation *generationJSON `json:"generation,omitempty"`
	Attributes json.RawMessage `json:"attributes"`
	Resource   json.RawMessage `json:"resource"`
	Scope      scopeJSON       `json:"scope"`
	Events     json.RawMessage `json:"events,omitempty"`
	Links      json.RawMessage `json:"links,omitempty"`
	State      string          `json:"trace_state,omitempty"`
	Dropped    int             `json:"dropped,omitempty"` // attributes, events and links
	Received   string          `json:"received"`
}

type scopeJSON struct {
	Name       string          `json:"name"`
	Version    string          `json:"version,omitempty"`
	Attributes json.RawMessage `json:"attributes,omitempty"`
}

type generationJSON struct {
	Model        string `json:"model,omitempty"`
	Provider     string `json:"provider,omitempty"`
	Operation    string `json:"operation,omitempty"`
	InputTokens  *int64 `json:"input_tokens,omitempty"`
	OutputTokens *int64 `json:"output_tokens,omitempty"`
	Input        string `json:"input,omitempty"`
	Output       string `json:"output,omitempty"`
}
