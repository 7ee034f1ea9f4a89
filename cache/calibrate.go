package cache

import (
	"context"
	"errors"
	"time"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/learnt"
)

// calibration is the model that decides about near questions.
type calibration struct {
	*decide.Model
	shipped bool // its weights were made for the embedder
	ready   bool // its probabilities mean something: it is shipped, or was measured
}

// unmeasured is why a promise serves no near question before there is a calibration.
const unmeasured = "it is not measured yet what the embedder's similarities mean"

// calibrateEvery is how long the cache waits after a measurement that failed.
const calibrateEvery = time.Minute

// calibrate measures what the similarities mean of an embedder for which no weights are shipped.
// Until then a promise serves no near question. It runs on the goroutine.
func (s *Service) calibrate() {
	if s.cfg.Embedder == nil || s.calibration.Load().ready || s.cfg.Now().Before(s.measureAt) {
		return
	}
	s.measureAt = s.cfg.Now().Add(calibrateEvery)
	m, err := decide.Measure(context.Background(), measuring{s})
	if err != nil {
		s.cfg.Log.Warn("the cache's embedder could not be measured, so near questions are not served in the modes guarded and observe; it is tried again", "embedder", s.model, "error", err)
		return
	}
	s.calibration.Store(&calibration{Model: m, ready: true})
	s.changes.Add(1)
	scale := m.Scale()
	s.cfg.Log.Info("measured the cache's embedder: near questions are served from now on", "embedder", s.model, "unrelated", scale.Unrelated, "paraphrase", scale.Paraphrase)
}

// measuring embeds in small batches, because some endpoints take no more than 32 texts, and ends with
// the service.
type measuring struct{ *Service }

// Embed implements decide.Embedder.
func (m measuring) Embed(ctx context.Context, texts []string) (vectors [][]float32, err error) {
	const batch = 32
	for len(texts) > 0 && err == nil {
		select {
		case <-m.stop:
			return nil, errors.New("the cache was closed")
		default:
		}
		var part [][]float32
		n := min(batch, len(texts))
		call, cancel := within(ctx, m.writeLimit)
		part, err = m.embedTexts(call, texts[:n])
		cancel()
		texts, vectors = texts[n:], append(vectors, part...)
	}
	return vectors, err
}

// measured returns what was measured, for a snapshot.
func (s *Service) measured() (m learnt.Measured) {
	if c := s.calibration.Load(); c != nil && c.ready && !c.shipped {
		scale := c.Scale()
		m.Model, m.Scale = s.model, &scale
	}
	return m
}
