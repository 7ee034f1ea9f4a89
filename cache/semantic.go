package cache

import (
	"context"
	"errors"
	"strconv"

	"github.com/sluicegate/sluice/cache/breaker"
	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/cache/match"
	"github.com/sluicegate/sluice/cache/seal"
	"github.com/sluicegate/sluice/gateway"
)

// incomparable returns why the semantic tier does not apply to a question, "" if it does.
func (s *Service) incomparable(l *lookup) string {
	q := l.Question()
	switch {
	case !l.HasQuestion() || q.LooksLikeCode || !match.HasLetters(q.Text):
		return "the text has no words to compare"
	case q.TimeDependent:
		return "the answer depends on the time"
	case !s.fits(q.Text):
		return "the text is too long for the embedder"
	}
	return ""
}

// fits reports whether the embedder takes a text.
func (s *Service) fits(text string) bool {
	limited, ok := s.cfg.Embedder.(Limited)
	return !ok || limited.Fits(text)
}

// embedQuestion sets the vector of a lookup's question.
func (s *Service) embedQuestion(ctx context.Context, l *lookup) (err error) {
	if l.vector == nil {
		l.vector, err = s.embed(ctx, l.Question().Text)
	}
	return err
}

// fetch returns those entries that the archive has. Without an archive there are none.
func (s *Service) fetch(ctx context.Context, l *lookup, ids []key.Digest, fact *gateway.CacheFact) map[key.Digest]*entry {
	if s.archive == nil || len(ids) == 0 {
		return nil
	}
	partition := l.Question().Partition
	ctx, cancel := within(ctx, s.indexLimit)
	defer cancel()
	sealed, err := s.archive.Fetch(ctx, partition, ids)
	if err != nil {
		fact.Reason = "index: " + publicCause(err)
		return nil
	}
	entries := map[key.Digest]*entry{}
	for id, b := range sealed {
		record, err := s.seal.Open(nil, b, seal.PlaceInArchive(partition, id))
		if err != nil {
			fact.Reason = "index: " + err.Error()
			continue
		}
		if e, err := readEntry(record); err == nil && e.id == id {
			entries[id] = e
		}
	}
	return entries
}

// removePoints removes the points of answers that are no longer stored. In an index of this
// process they would be compared with every question and hide other near ones.
func (s *Service) removePoints(ctx context.Context, part key.Partition, ids []key.Digest) {
	var gone []key.Digest
	for _, id := range ids {
		if record, err := s.store.Get(ctx, id); err == nil && record == nil {
			gone = append(gone, id)
		}
	}
	if len(gone) == 0 {
		return
	}
	ctx, cancel := within(context.WithoutCancel(ctx), s.indexLimit)
	defer cancel()
	if err := s.cfg.Index.Delete(ctx, Selection{IDs: gone, Partition: part}); err != nil {
		s.failed.Add(1)
	}
}

// removed removes the point of an answer that the memory evicted or a purge selected. An archive
// keeps the point, because it has the answer too.
func (s *Service) removed(a exact.Answer) {
	if s.cfg.Index == nil || s.archive != nil || a.Alias.IsZero() {
		return
	}
	if partition, err := readPartition(a.Record); err == nil {
		s.removePoints(context.Background(), partition, []key.Digest{a.ID})
	}
}

func (s *Service) embed(ctx context.Context, text string) ([]float32, error) {
	if !s.embedding.Allow(s.cfg.Now) {
		return nil, breaker.ErrOpen
	}
	call, cancel := within(ctx, s.embedLimit)
	defer cancel()
	vectors, err := s.embedTexts(call, []string{text})
	if ctx.Err() == nil { // a caller who left says nothing about the embedder
		s.embedding.Note(s.cfg.Now, err)
	}
	if err != nil {
		return nil, err
	}
	return vectors[0], nil
}

// embedTexts embeds and checks the vectors.
func (s *Service) embedTexts(ctx context.Context, texts []string) ([][]float32, error) {
	const op = "cache.embed"
	vectors, err := s.cfg.Embedder.Embed(ctx, texts)
	if err != nil {
		return nil, err
	}
	if len(vectors) != len(texts) {
		return nil, &gateway.Error{Op: op, Kind: gateway.BadUpstream, Public: "The embedder gave " + strconv.Itoa(len(vectors)) + " vectors for " + strconv.Itoa(len(texts)) + " texts."}
	}
	for _, v := range vectors {
		if err := CheckVector(op, v, s.cfg.Embedder.Dim()); err != nil {
			return nil, err
		}
	}
	return vectors, nil
}

func (s *Service) search(ctx context.Context, l *lookup) ([]Match, error) {
	if !s.searching.Allow(s.cfg.Now) {
		return nil, breaker.ErrOpen
	}
	call, cancel := within(ctx, s.indexLimit)
	defer cancel()
	matches, err := s.cfg.Index.Search(call, l.Question().Partition, l.vector, decide.Neighbours, float32(s.floor(l)))
	if ctx.Err() == nil {
		s.searching.Note(s.cfg.Now, err)
	}
	return matches, err
}

// searchMargin is how far below a fixed threshold the index searches, so that a trace shows how
// close a miss was.
const searchMargin = .05

// floor is the least similarity that the index searches for.
func (s *Service) floor(l *lookup) float64 {
	if l.policy.Mode == gateway.CacheFixed {
		return l.threshold - searchMargin
	}
	return s.calibration.Load().Floor()
}

// publicCause returns a short text about an error for the trace. It never shows an inner
// error, which may hold addresses.
func publicCause(err error) string {
	var e *gateway.Error
	switch {
	case errors.Is(err, breaker.ErrOpen), errors.Is(err, seal.ErrSealed), errors.Is(err, errRecord):
		return err.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &e):
		return e.Public
	}
	return "failed"
}
