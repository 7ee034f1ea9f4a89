package cache

import (
	"bytes"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// question is what one exchange asks, as the cache sees it.
type question struct {
	workspace Digest
	key       Digest            // of the exact tier; names the answer
	targets   []*gateway.Target // that may answer first
	maxAge    time.Duration
	threshold float64
	tiers     bool // beyond the exact one

	alias  Digest
	part   Partition
	text   string    // of the last user message
	code   bool      // which looks like code: no semantic tier
	vector []float32 // once embedded
	sketch Sketch    // of it, once looked for
	room   *room     // that holds it, nil if it is memory of its own
	alone  bool      // its partition was empty, so it was not
}

// The labels of digests.
const (
	labelWorkspace = 'w'
	labelNamespace = 'n'
	labelScope     = 's'
	labelBody      = 'b'
	labelKey       = 'k'
	labelContext   = 'c'
	labelAlias     = 'a'
	labelPart      = 'p'
)

// Bounds of a text that the semantic tiers look at.
const maxText = 8 << 10

// question makes the keys of ex. fact learns the namespace.
func (s *Service) question(ex *gateway.Exchange, targets []*gateway.Target, fact *gateway.CacheFact) (question, error) {
	m := s.macs.get()
	defer s.macs.put(m)
	policy := &ex.Plan.Cache
	q := question{maxAge: maxAge(policy.MaxAge), targets: targets}
	scope := s.scopes.of(ex, m)
	q.workspace, fact.Namespace = scope.workspace, scope.namespace
	semantic := policy.Mode == gateway.CacheSemantic && ex.Request.Op == gateway.OpChat
	exact, context, err := m.bodies(ex, semantic, &q)
	if err != nil {
		return q, err
	}
	m.buf = append(append(m.buf[:0], scope.digest[:]...), exact...)
	q.key = m.digest(labelKey, m.buf)
	if q.text == "" {
		return q, nil
	}
	q.tiers, q.threshold = true, threshold(policy.Threshold)
	m.buf = append(append(m.buf[:0], scope.digest[:]...), context...)
	folded := m.lits.read(q.text)
	q.text, q.code = m.lits.text, m.lits.code
	m.buf = m.lits.append(m.buf)
	if s.Embedder != nil {
		m.buf = field(m.buf, s.model)
	}
	at := m.digest(labelPart, m.buf)
	q.part = NewPartition(q.workspace, at)
	m.buf = append(append(m.buf[:0], at[:]...), folded...)
	q.alias = m.digest(labelAlias, m.buf)
	return q, nil
}

// bodies gives what stands for the targets that may answer first: with the whole body
// and, when semantic, with the last user text left out. Both live in the scratch.
func (m *scratch) bodies(ex *gateway.Exchange, semantic bool, q *question) (exact, context []byte, err error) {
	if len(q.targets) == 1 {
		exact, rest, _, err := m.target(ex, q.targets[0], semantic, q)
		m.near = append(m.near[:0], rest[:]...)
		return exact, m.near, err
	}
	var wholes, rests []Digest
	for _, t := range q.targets {
		e, rest, open, err := m.target(ex, t, semantic, q)
		if err != nil {
			return nil, nil, err
		}
		whole := m.digest(labelBody, e)
		if !open {
			rest = whole
		}
		wholes, rests = append(wholes, whole), append(rests, rest)
	}
	m.more, m.near = join(m.more, wholes), join(m.near, rests)
	return m.more, m.near, nil
}

// join makes one text of a set.
func join(dst []byte, set []Digest) []byte {
	slices.SortFunc(set, func(a, b Digest) int { return bytes.Compare(a[:], b[:]) })
	dst = dst[:0]
	for _, d := range slices.Compact(set) {
		dst = append(dst, d[:]...)
	}
	return dst
}

// target gives what stands for one target's request: rest leaves the last user text out,
// exact is made of that and the text, so the body is walked and hashed once. open: the
// semantic tiers may leave the text out.
func (m *scratch) target(ex *gateway.Exchange, t *gateway.Target, semantic bool, q *question) (exact []byte, rest Digest, open bool, err error) {
	raw := ex.Request.Raw
	at, ok, plain := lastText(raw)
	if !m.change(t, ex.Request.Model()) || len(m.json.sets) > 0 && !plain {
		req, err := t.Apply(ex.Request)
		if err != nil {
			return nil, rest, false, err
		}
		raw, m.json.sets = req.Raw, m.json.sets[:0]
		at, ok, _ = lastText(raw)
	}
	b := field(m.more[:0], t.Provider)
	b = field(b, t.BaseURL)
	b = appendGuards(append(b, 'i'), t.Input)
	b = appendGuards(append(b, 'o'), t.Output)
	if !ok {
		at = span{}
	}
	c := &m.json
	*c = canonical{cursor: cursor{raw: raw}, dst: b, swap: c.swap, stack: c.stack[:0], sets: c.sets, hole: at}
	c.body()
	rest = m.digest(labelContext, c.dst)
	c.dst = appendString(append(c.dst[:0], rest[:]...), raw[at.start:at.end])
	m.more = c.dst
	if !semantic || !ok || at.end-at.start > maxText {
		return m.more, rest, false, nil
	}
	text, ok := decode(raw[at.start:at.end])
	if ok && q.text == "" {
		q.text = text
	}
	return m.more, rest, ok && q.text == text, nil // a config may override the messages of one target
}
