package cache

import (
	"context"
	"errors"
	"strconv"
	"unicode"

	"github.com/sluicegate/sluice/gateway"
)

// candidates is how many near questions are looked at: when the nearest is vetoed, the
// next one may do.
const candidates = 4

// slack is how far below the threshold the search looks, so that a trace shows how near
// a miss was.
const slack = .05

// near looks for an answer in the semantic tier. Whatever fails makes a miss.
func (s *Service) near(ctx context.Context, q *question, fact *gateway.CacheFact) *entry {
	if !wordy(q.text) {
		fact.Reason = "the text has no words to compare"
		return nil
	}
	if q.alone = s.local != nil && !s.crowded(q.part); q.alone {
		return nil
	}
	if s.rooms != nil {
		s.rooms.embed(q)
	} else {
		v, err := s.embed(ctx, q.text)
		if err != nil {
			fact.Reason = "embedder: " + cause(err)
			return nil
		}
		q.vector = v
	}
	matches, err := s.search(ctx, q)
	if err != nil {
		fact.Reason = "index: " + cause(err)
		return nil
	}
	if len(matches) == 0 {
		return nil
	}
	fact.Similarity = min(float64(matches[0].Score), 1)
	for i, m := range matches {
		if float64(m.Score) < q.threshold {
			matches = matches[:i]
			break
		}
	}
	return s.pick(ctx, q, matches, fact)
}

// crowded reports whether there is anything to compare a question of the partition
// with. Most partitions hold one question for ever: a conversation grows, an order has a
// number. So the first one is embedded when the second is asked.
func (s *Service) crowded(part Partition) bool {
	e := s.answers.alone(part)
	if e == nil {
		return s.local.Has(part)
	}
	s.write([]pending{{e: e, begun: e.stored}})
	s.answers.joined(e) // only now: who asks meanwhile must find it
	return true
}

// pick gives the first match that may answer q.
func (s *Service) pick(ctx context.Context, q *question, matches []Match, fact *gateway.CacheFact) *entry {
	now := s.Now()
	var gone []Digest
	var remote map[Digest]*entry
	for _, m := range matches {
		e := s.answers.get(m.ID, now, q.maxAge)
		if e == nil && s.archive != nil && remote == nil {
			remote = s.fetch(ctx, q, matches, fact)
		}
		if e == nil {
			e = remote[m.ID]
		}
		if e == nil {
			gone = append(gone, m.ID)
			continue
		}
		if e.part != q.part || !e.usable(now, q.maxAge) {
			continue
		}
		if why := vet(q.text, e.text, s.lexical); why != "" {
			fact.Reason = why
			s.vetoed.Add(1)
			continue
		}
		if remote[m.ID] == e {
			if kept, _ := s.answers.put(e, e.stored); kept != nil {
				s.changes.Add(1)
			}
		}
		fact.Similarity, fact.Reason = min(float64(m.Score), 1), ""
		return e
	}
	if s.archive == nil {
		s.sweep(q.part, gone)
	}
	return nil
}

// sweep removes from the index those points whose answers are not in memory: they were
// evicted or are being refreshed. What cannot be removed is found again and swept then.
func (s *Service) sweep(part Partition, ids []Digest) {
	if ids = s.answers.missing(ids); len(ids) == 0 {
		return
	}
	ctx := context.Background()
	if s.archive != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.IndexTimeout)
		defer cancel()
	}
	if err := s.Index.Delete(ctx, Selection{IDs: ids, Partition: part}); err != nil {
		s.failed.Add(1)
	}
}

// abandon removes the points of answers that had to make room. Left in an index of this
// process they would be compared with every question, and hide others that are as near.
// An archive keeps its points: it has the answers too. An answer of the exact tier has none.
func (s *Service) abandon(gone []*entry) {
	if s.archive != nil || s.Index == nil {
		return
	}
	for _, e := range gone {
		if !e.alias.IsZero() {
			s.sweep(e.part, []Digest{e.id})
		}
	}
}

// fetch gets from the archive those matches that are not in memory.
func (s *Service) fetch(ctx context.Context, q *question, matches []Match, fact *gateway.CacheFact) map[Digest]*entry {
	found := map[Digest]*entry{}
	ids := make([]Digest, 0, len(matches))
	for _, m := range matches {
		ids = append(ids, m.ID)
	}
	ids = s.answers.missing(ids)
	ctx, cancel := context.WithTimeout(ctx, s.IndexTimeout)
	defer cancel()
	sealed, err := s.archive.Fetch(ctx, q.part, ids)
	if err != nil {
		fact.Reason = "index: " + cause(err)
		return found
	}
	for id, b := range sealed {
		plain, err := s.seal.open(nil, b, place(q.part, id))
		if err != nil {
			fact.Reason = "index: " + err.Error()
			continue
		}
		if e, err := readEntry(plain); err == nil && e.id == id {
			found[id] = e
		}
	}
	return found
}

func (s *Service) embed(ctx context.Context, text string) ([]float32, error) {
	if !s.embedding.allow(s.Now) {
		return nil, errAlone
	}
	call := ctx
	if !s.lexical {
		var cancel context.CancelFunc
		call, cancel = context.WithTimeout(ctx, s.EmbedTimeout)
		defer cancel()
	}
	vs, err := s.vectors(call, []string{text})
	if ctx.Err() == nil { // a caller who left says nothing about the embedder
		s.embedding.note(s.Now, err)
	}
	if err != nil {
		return nil, err
	}
	return vs[0], nil
}

// vectors embeds and checks what came back.
func (s *Service) vectors(ctx context.Context, texts []string) ([][]float32, error) {
	const op = "cache.embed"
	vs, err := s.Embedder.Embed(ctx, texts)
	if err != nil {
		return nil, err
	}
	if len(vs) != len(texts) {
		return nil, &gateway.Error{Op: op, Kind: gateway.BadUpstream, Public: "The embedder gave " + strconv.Itoa(len(vs)) + " vectors for " + strconv.Itoa(len(texts)) + " texts."}
	}
	for _, v := range vs {
		if err := CheckVector(op, v, s.Embedder.Dim()); err != nil {
			return nil, err
		}
	}
	return vs, nil
}

func (s *Service) search(ctx context.Context, q *question) (matches []Match, err error) {
	if !s.searching.allow(s.Now) {
		return nil, errAlone
	}
	min := float32(q.threshold - slack)
	switch {
	case s.local != nil:
		matches, q.sketch, err = s.local.Look(q.part, q.vector, candidates, min)
	case s.archive == nil:
		matches, err = s.Index.Search(ctx, q.part, q.vector, candidates, min)
	default:
		call, cancel := context.WithTimeout(ctx, s.IndexTimeout)
		defer cancel()
		matches, err = s.Index.Search(call, q.part, q.vector, candidates, min)
	}
	if ctx.Err() == nil {
		s.searching.note(s.Now, err)
	}
	return matches, err
}

var errAlone = errors.New("left alone after failures in a row")

// cause is a short text for the trace: never an inner error, which may hold addresses.
func cause(err error) string {
	var e *gateway.Error
	switch {
	case errors.Is(err, errAlone):
		return errAlone.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &e):
		return e.Public
	}
	return "failed"
}

// wordy reports whether text has a letter or ideograph at all.
func wordy(text string) bool {
	for _, r := range text {
		if unicode.IsLetter(r) {
			return true
		}
	}
	return false
}
