package dialect

import (
	"io"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// EmbeddingFormat is a format that has embeddings.
type EmbeddingFormat interface {
	Format
	EmbeddingTarget
	ReadEmbeddings(raw []byte) (*message.Embeddings, error)
	// WriteVectors writes the answer to m.
	WriteVectors(m *message.Embeddings, v *message.Vectors) ([]byte, error)
}

// EmbeddingTarget is what a target needs of a format that has embeddings.
type EmbeddingTarget interface {
	WriteEmbeddings(m *message.Embeddings) ([]byte, error)
	ReadVectors(body []byte) (*message.Vectors, error)
}

// CountFormat is a format that counts tokens.
type CountFormat interface {
	Format
	ReadCount(body []byte) (message.Count, error)
	WriteCount(c message.Count) []byte
}

// translateEmbeddings is Translate for a request for embeddings.
func translateEmbeddings(from Format, to TargetFormat, req *gateway.Request) (*Translation, *gateway.Request, error) {
	caller, ok := from.(EmbeddingFormat)
	target, both := to.(EmbeddingTarget)
	if !ok || !both {
		return nil, nil, &gateway.Error{Op: "dialect.Translate", Kind: gateway.Invalid, Param: "model", Public: "This target has no embeddings."}
	}
	m, err := caller.ReadEmbeddings(req.Raw)
	if err != nil {
		return nil, nil, err
	}
	raw, err := target.WriteEmbeddings(m)
	if err != nil {
		return nil, nil, err
	}
	out, err := written(to, req, raw)
	return &Translation{from: from, to: to, whole: func(c *gateway.Chunk) ([]byte, *gateway.Usage, error) {
		v, err := target.ReadVectors(c.Raw)
		if err != nil {
			return nil, nil, err
		}
		if v.Model == "" {
			v.Model = m.Model
		}
		if v.Usage == nil { // a header of the answer may tell it
			v.Usage = c.Usage
		}
		body, err := caller.WriteVectors(m, v)
		return body, v.Usage, err
	}}, out, err
}

// countTranslation translates the answer to a request to count tokens.
func countTranslation(from Format, to TargetFormat) (*Translation, error) {
	caller, ok := from.(CountFormat)
	target, both := to.(CountFormat)
	if !ok || !both {
		return nil, &gateway.Error{Op: "dialect.Translate", Kind: gateway.Internal, Public: "The tokens cannot be counted."}
	}
	return &Translation{from: from, to: to, whole: func(c *gateway.Chunk) ([]byte, *gateway.Usage, error) {
		count, err := target.ReadCount(c.Raw)
		if err != nil {
			return nil, nil, err
		}
		return caller.WriteCount(count), nil, nil
	}}, nil
}

// answerWhole translates an answer that is one body. It owns s.
func (t *Translation) answerWhole(s gateway.Stream) (gateway.Stream, error) {
	defer s.Close()
	c, err := s.Next()
	if err != nil {
		return nil, broken(err)
	}
	body, usage, err := t.whole(&c)
	if err != nil {
		return nil, broken(err)
	}
	if usage == nil {
		usage = c.Usage
	}
	for {
		if _, err := s.Next(); err == io.EOF {
			out := gateway.Chunk{Raw: body, Form: gateway.FormBody}
			out.Dialect, _ = t.from.(gateway.Dialect)
			out.Read()
			out.Usage = usage
			return gateway.Chunks(out), nil
		} else if err != nil {
			return nil, broken(err)
		}
	}
}
