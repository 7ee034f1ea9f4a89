package cache

import (
	"bytes"
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// question is what one exchange asks, as the cache sees it.
type question struct {
	workspace Digest
	key       Digest // of the exact tier; names the answer
	maxAge    time.Duration
	threshold float64
	tiers     bool // beyond the exact one

	alias  Digest
	part   Partition
	text   string    // of the last user message
	code   bool      // which looks like code: no semantic tier
	vector []float32 // once embedded
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
func (s *Service) question(ex *gateway.Exchange, fact *gateway.CacheFact) (question, error) {
	m := s.macs.get()
	defer s.macs.put(m)
	policy := &ex.Plan.Cache
	q := question{maxAge: maxAge(policy.MaxAge)}
	q.workspace = m.digest(labelWorkspace, []byte(ex.Principal.Workspace))
	scope, err := s.scope(m, ex, q.workspace, fact)
	if err != nil {
		return q, err
	}
	semantic := policy.Mode == gateway.CacheSemantic && ex.Request.Op == gateway.OpChat
	exact, context, err := m.bodies(ex, semantic, &q)
	if err != nil {
		return q, err
	}
	m.buf = append(append(m.buf[:0], scope[:]...), exact...)
	q.key = m.digest(labelKey, m.buf)
	if q.text == "" {
		return q, nil
	}
	q.tiers, q.threshold = true, threshold(policy.Threshold)
	m.buf = append(append(m.buf[:0], scope[:]...), context...)
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

// scope is the digest of everything around the body that must be equal.
func (s *Service) scope(m *scratch, ex *gateway.Exchange, workspace Digest, fact *gateway.CacheFact) (Digest, error) {
	b := append(m.buf[:0], workspace[:]...)
	if env := ex.Envelope; env != nil && env.CacheScoped {
		b = field(append(b, 'n'), env.CacheNamespace)
	} else if env != nil {
		b = appendMetadata(append(b, 'm'), env)
	}
	ns := m.digest(labelNamespace, b)
	fact.Namespace = ns.String()
	b = append(b[:0], ns[:]...)
	b = field(b, string(ex.Request.Op))
	if p := ex.Facts.Prompt; p != nil {
		b = field(b, p.ID)
		b = strconv.AppendInt(b, int64(p.Version), 10)
	}
	b = appendGuards(append(b, 'i'), ex.Plan.Input)
	b = appendGuards(append(b, 'o'), ex.Plan.Output)
	b = append(b, 'r')
	for _, entity := range ex.Plan.Redact.Input {
		b = field(b, entity)
	}
	m.buf = b
	return m.digest(labelScope, b), nil
}

// appendMetadata writes the caller's metadata, sorted. The body's "user" is no part of
// the key, so neither is the "_user" that was made of it.
func appendMetadata(b []byte, env *gateway.Envelope) []byte {
	if len(env.Metadata) == 0 {
		return b
	}
	var room [16]string
	keys := room[:0]
	for k, v := range env.Metadata {
		if k == "_user" && v == env.User {
			continue
		}
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		b = field(field(b, k), env.Metadata[k])
	}
	return b
}

func appendGuards(b []byte, specs []gateway.GuardrailSpec) []byte {
	for i := range specs {
		b = field(field(b, specs[i].ID), specs[i].Version)
	}
	return b
}

// bodies gives what stands for the targets that may answer first: with the whole body
// and, when semantic, with the last user text left out.
func (m *scratch) bodies(ex *gateway.Exchange, semantic bool, q *question) (exact, context []byte, err error) {
	targets := ex.Plan.Root.Primary()
	if len(targets) == 1 {
		return m.target(ex, targets[0], semantic, q)
	}
	var exacts, contexts [][]byte
	for _, t := range targets {
		e, c, err := m.target(ex, t, semantic, q)
		if err != nil {
			return nil, nil, err
		}
		exacts, contexts = append(exacts, e), append(contexts, c)
	}
	return join(exacts), join(contexts), nil
}

// join makes one text of a set.
func join(set [][]byte) []byte {
	sort.Slice(set, func(i, j int) bool { return bytes.Compare(set[i], set[j]) < 0 })
	return bytes.Join(slices.CompactFunc(set, bytes.Equal), nil)
}

// target gives the digests of one target's request: context leaves the last user text
// out, exact is made of that and the text, so the body is walked and hashed once.
func (m *scratch) target(ex *gateway.Exchange, t *gateway.Target, semantic bool, q *question) (exact, context []byte, err error) {
	req, model := ex.Request, []byte(nil)
	switch {
	case len(t.Default) > 0 || len(t.Override) > 0 || len(t.Drop) > 0:
		if req, err = t.Apply(req); err != nil {
			return nil, nil, err
		}
	case t.Model != "" && t.Model != req.Model():
		model = gateway.AppendQuoted(nil, t.Model)
	}
	b := field(m.more[:0], t.Provider)
	b = field(b, t.BaseURL)
	b = appendGuards(append(b, 'i'), t.Input)
	b = appendGuards(append(b, 'o'), t.Output)
	at, ok := lastText(req.Raw)
	if !ok {
		at = span{}
	}
	c := &m.json
	*c = canonical{cursor: cursor{raw: req.Raw}, dst: b, swap: c.swap, model: model, hole: at}
	c.body()
	rest := m.digest(labelContext, c.dst)
	c.dst = appendString(append(c.dst[:0], rest[:]...), req.Raw[at.start:at.end])
	whole := m.digest(labelBody, c.dst)
	m.more = c.dst
	if !semantic || !ok || at.end-at.start > maxText {
		return whole[:], whole[:], nil
	}
	switch text, ok := decode(req.Raw[at.start:at.end]); {
	case ok && q.text == "":
		q.text = text
	case !ok || q.text != text: // a config may override the messages of one target
		return whole[:], whole[:], nil
	}
	return whole[:], rest[:], nil
}
