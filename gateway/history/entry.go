package history

import (
	"encoding/json"
	"time"
)

// Entry is one response with the conversation that led to it.
type Entry struct {
	ID         string
	Workspace  string // id
	APIKey     string // id of the key that asked
	VirtualKey string // of the target that answered; "" = the caller's own credential
	// Native is true if the target has the Responses API and knows the response by the same id.
	Native bool
	// Redacted is true if the target saw placeholders, which mean nothing in another exchange.
	Redacted bool
	Created  time.Time
	Input    json.RawMessage // list of items, as the caller wrote them
	Response json.RawMessage // as the caller got it
}

// Row is the stored form of an entry.
type Row struct {
	ID, Workspace, APIKey, VirtualKey string
	Native                            bool
	Sealed                            []byte
	Created, Expires                  time.Time
}

// content is what is sealed.
type content struct {
	Redacted bool            `json:"redacted,omitempty"`
	Input    json.RawMessage `json:"input"`
	Response json.RawMessage `json:"response"`
}

// The place that entries are sealed for, beside workspace and id.
const (
	table  = "responses"
	column = "content"
)

func place(workspace, id string) string { return workspace + "/" + id }
