package cache

import (
	"cmp"
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/gateway"
)

// Config configures a Service. Index, Embedder and Store belong to the caller, who closes
// them after the Service.
type Config struct {
	Key      gateway.Secret // the installation's key, at least 32 bytes; digests and encryption depend on it
	Index    VectorIndex    // nil: no semantic tier
	Embedder Embedder       // nil: no semantic tier
	Store    exact.Store    // nil: an exact.Memory of MaxBytes

	MaxBytes       int64   // of answers in memory; 0 = 256 MiB
	CallerShare    float64 // of MaxBytes, that one caller's answers may fill at the expense of others; 0 = DefaultCallerShare
	InsertsPerHour int     // answers that one caller stores; 0 = no bound

	MaxAnswer int           // length of the longest answer that is stored; 0 = 1 MiB
	File      string        // snapshot; "" = nothing outlives the process
	Every     time.Duration // between snapshots; 0 = 5 minutes

	// Bodies keep the answers above BodiesOver bytes for an index that is an Archive, which then has
	// the rest of their entries. nil: the Archive has all.
	Bodies      Bodies
	BodiesOver  int           // 0 = DefaultBodiesOver
	BodyTimeout time.Duration // of one lookup's reading of a body; 0 = 250 ms

	// Personal reports whether the choices of an answer, as JSON, hold values of these
	// entities. If the plan redacts, such an answer is not stored: the model made it up or put
	// it together, it may be a person's, and the next caller is somebody else. nil: no check.
	Personal func(entities []string, choices []byte) bool

	Checks      Checks  // calls that tell whether stored answers are right; nil: none are made
	ShadowShare float64 // of the answers served to near questions, that of those which are checked by a shadow call

	// Broadcast tells the other processes with this cache's key what was removed, for their ApplyRemoval. nil:
	// there are none.
	Broadcast func(ctx context.Context, message []byte) error

	// Jitter is the longest of the random pauses before stored answers, so that the time of
	// an answer tells less about what others have asked. 0: there is none.
	Jitter time.Duration

	// Compat is the gateway that callers take this one for, unless their principal names another.
	// Portkey's callers get its lifetimes of answers.
	Compat gateway.Compat

	IndexTimeout time.Duration // of one lookup; 0 = 50 ms
	EmbedTimeout time.Duration // of one lookup's embedding; 0 = 1 s
	Threshold    float64       // least cosine of a hit in the mode fixed where the plan has none; 0 = DefaultThreshold
	Queue        int           // of writes to an Archive; 0 = 1024

	Now func() time.Time // nil = time.Now
	Log *slog.Logger     // nil: nothing is logged
}

// The lifetimes of an entry: without a max_age, and at most.
const (
	DefaultMaxAge = 24 * time.Hour
	maxMaxAge     = 90 * 24 * time.Hour
)

// What Portkey does: an answer is kept for 7 days if max_age is missing, or shorter than a minute.
const (
	portkeyMaxAge      = 7 * 24 * time.Hour
	portkeyLeastMaxAge = time.Minute
)

// DefaultBodiesOver is the length in bytes above which an answer is kept in Bodies.
const DefaultBodiesOver = 64 << 10

// DefaultCallerShare is the share of the memory that one caller may fill at the expense of others.
const DefaultCallerShare = .5

// DefaultThreshold is the least cosine of a semantic hit, unless the plan or the embedder has
// another one.
const DefaultThreshold = .95

// complete checks the Config and fills in the defaults.
func (c *Config) complete() error {
	const op = "cache.New"
	if len(c.Key.Reveal()) < 32 {
		return gateway.InvalidField(op, "key", "The cache needs the installation's key of at least 32 bytes.")
	}
	if (c.Index == nil) != (c.Embedder == nil) {
		return gateway.InvalidField(op, "cache.semantic", "A semantic cache needs both an index and an embedder.")
	}
	for _, n := range []struct {
		name  string
		value int64
	}{{"max_bytes", c.MaxBytes}, {"max_answer", int64(c.MaxAnswer)}, {"queue", int64(c.Queue)}, {"inserts_per_hour", int64(c.InsertsPerHour)},
		{"every", int64(c.Every)}, {"jitter", int64(c.Jitter)}, {"index_timeout", int64(c.IndexTimeout)}, {"embed_timeout", int64(c.EmbedTimeout)},
		{"answers.over", int64(c.BodiesOver)}, {"answers.timeout", int64(c.BodyTimeout)}} {
		if n.value < 0 {
			return gateway.InvalidField(op, "cache."+n.name, "cache."+n.name+" must not be negative: "+strconv.FormatInt(n.value, 10)+".")
		}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.MaxBytes = cmp.Or(c.MaxBytes, 256<<20)
	c.MaxAnswer = cmp.Or(c.MaxAnswer, 1<<20)
	c.Queue = cmp.Or(c.Queue, 1024)
	c.BodiesOver = cmp.Or(c.BodiesOver, DefaultBodiesOver)
	c.BodyTimeout = cmp.Or(c.BodyTimeout, 250*time.Millisecond)
	c.Every = cmp.Or(c.Every, 5*time.Minute)
	c.IndexTimeout = cmp.Or(c.IndexTimeout, 50*time.Millisecond)
	c.EmbedTimeout = cmp.Or(c.EmbedTimeout, time.Second)
	if !(c.CallerShare > 0 && c.CallerShare <= 1) {
		c.CallerShare = DefaultCallerShare
	}
	if !(c.Threshold > 0 && c.Threshold <= 1) {
		c.Threshold = DefaultThreshold
	}
	return nil
}

// lifetime returns how old an answer may be for a caller of compat, and whether that is a default:
// nobody said so.
func (c *Config) lifetime(maxAge time.Duration, compat gateway.Compat) (time.Duration, bool) {
	switch {
	case cmp.Or(compat, c.Compat) == gateway.CompatPortkey && maxAge < portkeyLeastMaxAge:
		return portkeyMaxAge, true
	case maxAge <= 0:
		return DefaultMaxAge, true
	}
	return min(maxAge, maxMaxAge), false
}

// threshold returns the least cosine for a plan's setting.
func (c *Config) threshold(t float64) float64 {
	if !(t > 0 && t <= 1) {
		return c.Threshold
	}
	return t
}
