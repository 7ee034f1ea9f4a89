package recorder

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// Config of a Recorder. Writer and Cleanse are required; the zero value of any other field means
// its default.
type Config struct {
	Writer    telemetry.Writer
	Exporters []telemetry.Exporter
	Cleanse   func(string) string // replaces personal data in a text; must be pure
	// Pseudonym replaces a metadata value, a user value or an address that contains personal
	// data. It must be the one that upstream requests use, if they do. Default: Pseudonyms with
	// a random key.
	Pseudonym func(string) string
	Content   Content // default ContentRedacted
	BodyMax   int     // bytes; larger bodies are left out; default 1 MiB

	Node  string       // names this instance and its audit chain; default "sluice"
	Heads *audit.Heads // where the chain's head is noted, signed; nil: nowhere
	// Predecessor returns the chain that was written last, before this node began its own; a
	// zero Head if there is none. nil: there is none.
	Predecessor func(ctx context.Context) (chain string, head audit.Head, err error)

	Flush time.Duration // how long rows gather before they are written; default 150 ms
	Rows  int           // rows of one batch; default 1000

	QueueRows  int           // default 32768
	QueueBytes int           // bytes of bodies; default 64 MiB
	Wait       time.Duration // how long a request waits for a place in the queue; default 1 s

	Pruner         telemetry.Pruner // nil: nothing is deleted
	Retention      time.Duration    // of exchanges; 0: for ever
	AuditRetention time.Duration    // of audit rows; 0: for ever
	PruneEvery     time.Duration    // default 1 h

	Log *slog.Logger // default: discards
}

// Content says how much of the bodies is recorded.
type Content string

// The contents.
const (
	ContentNone     Content = "none"
	ContentRedacted Content = "redacted" // personal data replaced
	ContentFull     Content = "full"     // as the redact stage left them
)

func (c Content) bodyState() telemetry.BodyState {
	switch c {
	case ContentNone:
		return telemetry.BodyNone
	case ContentFull:
		return telemetry.BodyFull
	default:
		return telemetry.BodyRedacted
	}
}

// withDefaults checks c and returns it with its defaults filled in.
func (c Config) withDefaults() (Config, error) {
	const op = "recorder.New"
	if c.Writer == nil || c.Cleanse == nil {
		return c, &gateway.Error{Op: op, Kind: gateway.Internal, Public: "Telemetry needs a store and a detector."}
	}
	c.Content = cmp.Or(c.Content, ContentRedacted)
	switch c.Content {
	case ContentNone, ContentRedacted, ContentFull:
	default:
		return c, gateway.InvalidField(op, "telemetry.content", "'telemetry.content' must be none, redacted or full.")
	}
	c.BodyMax = cmp.Or(c.BodyMax, 1<<20)
	c.Node = cmp.Or(c.Node, "sluice")
	c.Flush = cmp.Or(c.Flush, 150*time.Millisecond)
	c.Rows = cmp.Or(c.Rows, 1000)
	c.QueueRows = cmp.Or(c.QueueRows, 32768)
	c.QueueBytes = cmp.Or(c.QueueBytes, 64<<20)
	c.Wait = cmp.Or(c.Wait, time.Second)
	c.PruneEvery = cmp.Or(c.PruneEvery, time.Hour)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Pseudonym == nil {
		key := make([]byte, 32)
		_, _ = rand.Read(key) // never fails, by contract
		c.Pseudonym = Pseudonyms(key)
	}
	return c, nil
}
