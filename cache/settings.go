package cache

import (
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Settings is what New needs. Index and Embedder stay the caller's, who closes them
// after the Service.
type Settings struct {
	Key      gateway.Secret // the installation's key, at least 32 bytes: digests and seals hang on it
	Index    VectorIndex    // nil: no semantic tier
	Embedder Embedder       // nil: no semantic tier

	MaxBytes  int64         // of stored answers in memory; 0 = 256 MiB
	MaxAnswer int           // longest answer stored; 0 = 1 MiB
	File      string        // snapshot; "" = nothing outlives the process
	Every     time.Duration // between snapshots; 0 = 5 minutes

	// Personal tells whether the choices of an answer, as JSON, hold values of these entities.
	// Under a plan that redacts such an answer is not stored: what a model made up or put
	// together may be a person's, and the next to ask is somebody else. Nil: nobody looks.
	Personal func(entities []string, choices []byte) bool

	IndexTimeout time.Duration // of one lookup; 0 = 50 ms
	EmbedTimeout time.Duration // of one embedding; 0 = 1 s
	Queue        int           // waiting writes to an Archive; 0 = 1024

	Now func() time.Time // nil = time.Now
}

// The lifetimes of an entry. A max_age outside the limits counts as not given.
const (
	DefaultMaxAge = 7 * 24 * time.Hour
	minMaxAge     = time.Minute
	maxMaxAge     = 90 * 24 * time.Hour
)

// DefaultThreshold is the cosine of a semantic hit unless the config says otherwise.
const DefaultThreshold = .95

func (s *Settings) complete() error {
	const op = "cache.New"
	if len(s.Key.Reveal()) < 32 {
		return gateway.InvalidField(op, "key", "The cache needs the installation's key of at least 32 bytes.")
	}
	if (s.Index == nil) != (s.Embedder == nil) {
		return gateway.InvalidField(op, "cache.semantic", "A semantic cache needs both an index and an embedder.")
	}
	for _, n := range []struct {
		name  string
		value int64
	}{{"max_bytes", s.MaxBytes}, {"max_answer", int64(s.MaxAnswer)}, {"queue", int64(s.Queue)},
		{"every", int64(s.Every)}, {"index_timeout", int64(s.IndexTimeout)}, {"embed_timeout", int64(s.EmbedTimeout)}} {
		if n.value < 0 {
			return gateway.InvalidField(op, "cache."+n.name, "cache."+n.name+" must not be negative: "+strconv.FormatInt(n.value, 10)+".")
		}
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	s.MaxBytes = or(s.MaxBytes, 256<<20)
	s.MaxAnswer = or(s.MaxAnswer, 1<<20)
	s.Queue = or(s.Queue, 1024)
	s.Every = or(s.Every, 5*time.Minute)
	s.IndexTimeout = or(s.IndexTimeout, 50*time.Millisecond)
	s.EmbedTimeout = or(s.EmbedTimeout, time.Second)
	return nil
}

func or[T int | int64 | time.Duration](v, fallback T) T {
	if v == 0 {
		return fallback
	}
	return v
}

func maxAge(d time.Duration) time.Duration {
	if d < minMaxAge || d > maxMaxAge {
		return DefaultMaxAge
	}
	return d
}

func threshold(t float64) float64 {
	if !(t > 0 && t <= 1) {
		return DefaultThreshold
	}
	return t
}
