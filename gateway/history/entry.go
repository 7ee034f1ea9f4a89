package history

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// Entry is one response with the conversation that led to it.
type Entry struct {
	ID         string
	Workspace  string // id
	APIKey     string // id of the key that asked
	VirtualKey string // of the target that answered; "" = the caller's own credential
	Credential string // of that virtual key; "" = it had no choice
	// Native is true if the target has the Responses API and knows the response by the same id.
	Native bool
	// Redacted is true if the target saw placeholders, which mean nothing in another exchange.
	Redacted bool
	Created  time.Time
	Input    json.RawMessage // list of items, as the caller wrote them
	Response json.RawMessage // as the caller got it
	// Unfinished is what is needed to ask for the rest of a response that its vendor still writes;
	// nil = it is complete.
	Unfinished json.RawMessage
}

// Row is the stored form of an entry.
type Row struct {
	ID, Workspace, APIKey, VirtualKey string
	Native                            bool
	// Items are the ids of the response's items, each once. A store finds the row by them, and does
	// not return them.
	Items            []string
	Sealed           []byte
	Created, Expires time.Time
}

// content is what is sealed.
type content struct {
	Redacted   bool            `json:"redacted,omitempty"`
	Credential string          `json:"credential,omitempty"`
	Input      json.RawMessage `json:"input"`
	Response   json.RawMessage `json:"response"`
	Unfinished json.RawMessage `json:"unfinished,omitempty"`
}

// The place that entries are sealed for, beside workspace and id.
const (
	table  = "responses"
	column = "content"
)

// What is indexed of one response: an item beyond it is not found by its id.
const (
	maxItems  = 1000
	maxItemID = 512 // bytes
)

// itemIDs lists the ids of a response's items.
func itemIDs(response []byte) []string {
	var ids []string
	for item := range jsonx.Elements(jsonx.Get(response, "output")) {
		if id := jsonx.String(jsonx.Get(item.Value, "id")); id != "" && len(id) <= maxItemID && len(ids) < maxItems && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func place(workspace, id string) string { return workspace + "/" + id }
