package message

import (
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Embeddings is one request for embeddings.
type Embeddings struct {
	Model  string
	Inputs []string // one vector each
	// Mixed are inputs of texts and images, raw, in Cohere's form; Inputs is empty then.
	Mixed      []json.RawMessage
	Dimensions int64    // 0 = the model's
	Base64     bool     // the caller wants vectors as little-endian float32 in base64
	Batch      bool     // the caller asked for a list, in formats where one text is another call
	Task       string   // Google's taskType; "" = unset
	Title      string   // of a document, for Google
	Numbers    string   // kind of the numbers, as "int8" or "binary"; "" = float
	Kinds      []string // several kinds of them, of which each input has a vector; Numbers is "" then
	User       string   // who the end user is
	AnswerID   string   // a unique id for the answer, in formats that have one

	// Extra holds top-level fields that only some targets know, raw.
	Extra map[string]json.RawMessage
}

// TaskImage is the Task of embeddings of images, which Google's words do not have.
const TaskImage = "IMAGE"

// Vectors is the answer to Embeddings.
type Vectors struct {
	Model string            // "" = not told
	List  []json.RawMessage // JSON arrays of numbers, in the order of the inputs
	Kinds []string          // of the numbers: List has the vectors of all inputs in one kind, then those in the next; nil = one kind
	Usage *gateway.Usage    // nil = not told
}

// Dimensions returns how many numbers a vector in an answer has, or the bytes of one that is not an array.
func Dimensions(vector jsonx.Node) int {
	if vector.Kind != jsonx.KindArray {
		return len(vector.Raw())
	}
	count := 0
	for range jsonx.Elements(vector.Raw()) {
		count++
	}
	return count
}

// Count is the answer to a request to count tokens.
type Count struct {
	Tokens    int64
	Estimated bool // Sluice counted, with the vocabulary of another vendor
}
