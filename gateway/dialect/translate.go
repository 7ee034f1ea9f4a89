package dialect

import (
	"cmp"
	"io"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// Translation is one exchange between a caller and a target of different formats.
type Translation struct {
	from    answerFormat
	to      TargetFormat
	request *message.Request
	vectors *message.Embeddings // of a client whose format has names of answers; nil for others

	// whole translates the answer to a request that is no chat, and its usage.
	whole func(*gateway.Chunk) (body []byte, usage *gateway.Usage, err error)
}

// answerFormat writes answers to requests in its format.
type answerFormat interface {
	WriteAnswer(m *message.Request) message.AnswerWriter
}

// Translate reads a caller's request, whose format is from, for a target whose format is
// to, and returns it in the target's format.
func Translate(from Format, to TargetFormat, req *gateway.Request) (*Translation, *gateway.Request, error) {
	if req.Op == gateway.OpEmbeddings {
		return translateEmbeddings(from, to, req)
	}
	m, err := from.ReadRequest(req.Raw)
	if err != nil {
		return nil, nil, err
	}
	raw, err := to.WriteRequest(m)
	if err != nil {
		return nil, nil, err
	}
	out, err := written(to, req, raw)
	if err != nil {
		return nil, nil, err
	}
	if req.Op == gateway.OpCountTokens {
		t, err := countTranslation(from, to)
		return t, out, err
	}
	return &Translation{from: from, to: to, request: m}, out, nil
}

// written is a request whose body was written in the target's format.
func written(to TargetFormat, req *gateway.Request, raw []byte) (*gateway.Request, error) {
	if d, ok := to.(gateway.Dialect); ok {
		return gateway.NewRequest(d, req.Op, raw)
	}
	return req.Written(raw), nil
}

// SetAnswerID gives the answer an id that no other answer has, in formats whose callers refer to
// answers later: not every target tells its own apart.
func (t *Translation) SetAnswerID(id string) {
	if t.request != nil {
		t.request.AnswerID = id
	}
	if t.vectors != nil {
		t.vectors.AnswerID = id
	}
}

// maxDropped bounds how many dropped fields are told.
const maxDropped = 32

// Dropped lists the caller's fields that are hints and that only the caller's format has.
func (t *Translation) Dropped() []string {
	switch {
	case t.request == nil:
		return nil
	case len(t.request.Dropped) <= maxDropped:
		return t.request.Dropped
	}
	return append(t.request.Dropped[:maxDropped:maxDropped], "and more")
}

// Answer turns the target's answer into the caller's format. It owns s, closes it on an
// error, and returns a stream that is primed.
func (t *Translation) Answer(s gateway.Stream) (gateway.Stream, error) {
	if t.whole != nil {
		return t.answerWhole(s)
	}
	return gateway.Prime(&translated{Stream: s, request: t.request, reader: t.to.ReadAnswer(), writer: t.from.WriteAnswer(t.request)})
}

// translated is an answer on its way from the target's format to the caller's.
type translated struct {
	gateway.Stream
	request *message.Request
	reader  message.AnswerReader
	writer  message.AnswerWriter

	ended bool               // the target's answer is over, and EventEnd was written
	early *gateway.Usage     // of the target's last chunk, until a chunk takes it on
	cost  *gateway.ExtraCost // like early
	usage *gateway.Usage     // as the target told it last: the caller's format may not have a field for all of it

	mu    sync.Mutex // Close may be called while Next runs
	queue []gateway.Chunk
}

func (t *translated) Next() (gateway.Chunk, error) {
	for {
		if c, ok := t.take(); ok {
			return c, nil
		}
		c, err := t.Stream.Next()
		switch {
		case err == io.EOF && !t.ended:
			t.ended = true
			err = t.end()
		case err == nil:
			err = t.translate(&c)
		default:
			return gateway.Chunk{}, err
		}
		if err != nil {
			return gateway.Chunk{}, broken(err)
		}
	}
}

func (t *translated) take() (gateway.Chunk, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) == 0 {
		return gateway.Chunk{}, false
	}
	c := t.queue[0]
	t.queue = t.queue[1:]
	return c, true
}

func (t *translated) translate(c *gateway.Chunk) error {
	if c.Early != nil {
		t.early = c.Early
	}
	if c.Cost != nil {
		t.cost = c.Cost
	}
	events, err := t.reader.Read(c)
	if err != nil {
		return err
	}
	for i := range events {
		if events[i].Usage != nil {
			t.usage = events[i].Usage
		}
	}
	nameAnswer(t.request, events)
	if c.Form == gateway.FormBody {
		t.ended = true // a body is complete as it is
		body, err := t.writer.Body(events)
		t.put([]gateway.Chunk{body})
		return err
	}
	out, err := t.writer.Events(events)
	t.put(out)
	return err
}

// nameAnswer gives the answer of a format without names the request's model and id.
func nameAnswer(m *message.Request, events []message.Event) {
	for i := range events {
		if e := &events[i]; e.Kind == message.EventStart {
			e.ID, e.Model = cmp.Or(e.ID, m.AnswerID), cmp.Or(e.Model, m.Model)
		}
	}
}

// end writes what closes the answer in the caller's format.
func (t *translated) end() error {
	out, err := t.writer.Events([]message.Event{{Kind: message.EventEnd}})
	t.put(out)
	return err
}

func (t *translated) put(chunks []gateway.Chunk) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range chunks {
		if chunks[i].Usage != nil && t.usage != nil {
			chunks[i].Usage = t.usage
		}
	}
	t.queue = chunks
	if len(chunks) > 0 {
		chunks[0].Early, t.early = t.early, nil
		chunks[0].Cost, t.cost = t.cost, nil
	}
}

func (t *translated) Close() error {
	t.mu.Lock()
	t.queue = nil
	t.mu.Unlock()
	return t.Stream.Close()
}

func broken(err error) error {
	if err == nil {
		return nil
	}
	if e := gateway.AsError(err); e.Kind != gateway.Internal {
		return e
	}
	return &gateway.Error{Op: "dialect.Answer", Kind: gateway.BadUpstream, Public: "The provider's answer cannot be translated.", Err: err}
}

// Rewrite writes a request body of one format in another, unchanged where they are the same.
func Rewrite(from Format, to gateway.Dialect, raw []byte) ([]byte, error) {
	if from.Name() == to.Name() {
		return raw, nil
	}
	f, ok := to.(Format)
	if !ok {
		return nil, &gateway.Error{Op: "dialect.Rewrite", Kind: gateway.Internal, Public: "The format '" + to.Name() + "' cannot be translated."}
	}
	m, err := from.ReadRequest(raw)
	if err != nil {
		return nil, err
	}
	return f.WriteRequest(m)
}
