package dialect

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// ClientFormat is a format that clients speak and stages do not read. Its requests are written in a
// [Format] before the first stage, and answers are written in it after the last one.
type ClientFormat interface {
	Name() string
	// ReadRequest reads a chat. Extra of the result has what only a target of this format takes, under
	// the names by which the Format's ReadRequest takes it.
	ReadRequest(raw []byte) (*message.Request, error)
	WriteAnswer(m *message.Request) message.AnswerWriter
}

// ClientEmbeddings is a ClientFormat that has embeddings.
type ClientEmbeddings interface {
	// ReadEmbeddings returns fields for targets of this format in extra.
	ReadEmbeddings(raw []byte) (m *message.Embeddings, extra map[string]json.RawMessage, err error)
	WriteVectors(m *message.Embeddings, v *message.Vectors) ([]byte, error)
}

// FromClient writes the body of a client's request in the format as. The Translation turns the
// answer, which is in that format, into the client's.
func FromClient(client ClientFormat, as EmbeddingFormat, op gateway.Op, raw []byte) (*Translation, []byte, error) {
	if op == gateway.OpEmbeddings {
		return embeddingsFromClient(client, as, raw)
	}
	m, err := client.ReadRequest(raw)
	if err != nil {
		return nil, nil, err
	}
	m.WantsUsage = m.Stream // clients of these formats always get it
	body, err := as.WriteRequest(m)
	return &Translation{from: client, to: as, request: m}, withMembers(body, m.Extra), err
}

func embeddingsFromClient(client ClientFormat, as EmbeddingFormat, raw []byte) (*Translation, []byte, error) {
	with, ok := client.(ClientEmbeddings)
	if !ok {
		return nil, nil, &gateway.Error{Op: "dialect.FromClient", Kind: gateway.Internal, Public: "This format has no embeddings."}
	}
	m, extra, err := with.ReadEmbeddings(raw)
	if err != nil {
		return nil, nil, err
	}
	body, err := as.WriteEmbeddings(m)
	return &Translation{from: client, to: as, vectors: m, whole: func(c *gateway.Chunk) ([]byte, *gateway.Usage, error) {
		v, err := as.ReadVectors(c.Raw)
		if err != nil {
			return nil, nil, err
		}
		v.Model = cmp.Or(v.Model, m.Model)
		answer, err := with.WriteVectors(m, v)
		return answer, v.Usage, err
	}}, withMembers(body, extra), err
}

func withMembers(body []byte, extra map[string]json.RawMessage) []byte {
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		body = jsonx.Update(body, jsonx.Change{Name: name, Value: extra[name], IfAbsent: true})
	}
	return body
}

// Body translates an answer that is one body.
func (t *Translation) Body(body []byte) ([]byte, error) {
	c := gateway.Chunk{Raw: body, Form: gateway.FormBody}
	if t.whole != nil {
		out, _, err := t.whole(&c)
		return out, broken(err)
	}
	c.Dialect, _ = t.to.(gateway.Dialect)
	c.Read()
	events, err := t.to.ReadAnswer().Read(&c)
	if err != nil {
		return nil, broken(err)
	}
	nameAnswer(t.request, events)
	out, err := t.from.WriteAnswer(t.request).Body(events)
	return out.Raw, broken(err)
}
