package recorder

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/telemetry/audit"
)

// openChain finds the chain that this node continues, with its head. If there is none, or if the
// store does not have all of it, a new one begins rather than refuse to serve: its first event,
// begin, names the chain before it.
func openChain(ctx context.Context, cfg Config) (chain string, head audit.Head, begin *audit.Event) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	chain = cfg.Node
	var signed audit.Head
	var forged string
	if cfg.Heads != nil {
		chain = cfg.Heads.Latest(cfg.Node)
		signed, forged = cfg.Heads.Known()[chain], cfg.Heads.Forged()[chain]
	}
	head, err := cfg.Writer.Head(ctx, chain)
	switch {
	case err != nil && cfg.Heads != nil && signed.Seq == 0 && forged == "":
		return chain, audit.Head{}, nil // this node has never written: the store need not be asked
	case err != nil:
		cfg.Log.Warn("the audit chain cannot be continued, a new one begins", "chain", chain, "error", err.Error())
	case forged != "":
		cfg.Log.Error("the audit chain cannot be trusted, a new one begins", "chain", chain, "reason", forged)
	case head.Seq == 0 && cfg.AuditRetention > 0 && signed.Seq > 0 && time.Since(signed.Time) > cfg.AuditRetention:
		return chain, signed, nil // retention deleted all of it
	case head.Seq < signed.Seq:
		cfg.Log.Error("the audit chain lost its end, a new one begins", "chain", chain, "rows", head.Seq, "signed_head", signed.Seq)
	case head.Seq > 0:
		return chain, head, nil
	default:
		return chain, head, follow(ctx, cfg)
	}
	before := signed
	if before.Seq == 0 {
		before = head
	}
	e := audit.Begin(chain, before)
	return cfg.Node + "." + ulid.Make().String(), audit.Head{}, &e
}

// follow returns the first event of a node's first chain; nil if no chain is before it.
func follow(ctx context.Context, cfg Config) *audit.Event {
	if cfg.Predecessor == nil {
		return nil
	}
	chain, head, err := cfg.Predecessor(ctx)
	if err != nil {
		cfg.Log.Warn("the audit chain cannot name the one before it", "error", err.Error())
		return nil
	}
	if head.Seq == 0 {
		return nil
	}
	e := audit.Begin(chain, head)
	return &e
}

// headLogEvery is how often the head is logged: whoever keeps the log can compare with it.
const headLogEvery = 10 * time.Minute

// noteHead keeps the signed head of what is written outside the store.
func (r *Recorder) noteHead() {
	if r.cfg.Heads == nil {
		return
	}
	signature, err := r.cfg.Heads.Save(r.chain, r.head)
	if err != nil {
		r.cfg.Log.Error("the head of the audit chain cannot be saved", "error", err.Error())
	}
	if time.Since(r.headLogged) < headLogEvery {
		return
	}
	r.headLogged = time.Now()
	r.logHead(signature)
}

func (r *Recorder) logHead(signature string) {
	r.cfg.Log.Info("audit head", "chain", r.chain, "seq", r.head.Seq, "hash", hex.EncodeToString(r.head.Hash[:]), "signature", signature)
}
