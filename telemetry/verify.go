package telemetry

import (
	"context"
	"fmt"
)

// Chains reads the audit trail as it was written.
type Chains interface {
	// Chains lists the chains' ids, sorted.
	Chains(ctx context.Context) ([]string, error)
	// Chain gives up to limit rows of one chain after a seq, in the order of seq.
	Chain(ctx context.Context, chain string, after uint64, limit int) ([]AuditRow, error)
}

// Verdict is what Verify found about one chain. Bad is the first seq at fault, 0 if the
// chain holds.
type Verdict struct {
	Chain  string `json:"chain"`
	Rows   uint64 `json:"rows"`
	First  uint64 `json:"first"`
	Last   uint64 `json:"last"`
	Bad    uint64 `json:"bad,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// VerifyAudit recomputes every chain. Rows that a retention removed are allowed to be
// missing at the start only when pruned says so; a cut tail shows against want, the heads
// that the caller knows from elsewhere (may be nil).
func VerifyAudit(ctx context.Context, store Chains, pruned bool, want map[string]Head) ([]Verdict, error) {
	ids, err := store.Chains(ctx)
	if err != nil {
		return nil, err
	}
	var out []Verdict
	for _, id := range ids {
		v, err := verify(ctx, store, id, pruned, want[id])
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	for id, h := range want {
		if h.Seq > 0 && !has(ids, id) {
			out = append(out, Verdict{Chain: id, Bad: 1, Reason: "the whole chain is missing"})
		}
	}
	return out, nil
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

const verifyPage = 1000

func verify(ctx context.Context, store Chains, chain string, pruned bool, want Head) (Verdict, error) {
	v := Verdict{Chain: chain}
	var head Head
	for {
		rows, err := store.Chain(ctx, chain, head.Seq, verifyPage)
		if err != nil {
			return v, err
		}
		for i := range rows {
			r := &rows[i]
			if v.Rows == 0 {
				v.First = r.Seq
				if r.Seq > 1 && pruned {
					head = Head{Seq: r.Seq - 1, Hash: r.Prev}
				}
			}
			if v.Bad, v.Reason = fault(r, head); v.Bad != 0 {
				return v, nil
			}
			head = Head{r.Seq, r.Hash, r.Time}
			v.Rows++
			v.Last = r.Seq
			if r.Seq == want.Seq && r.Hash != want.Hash {
				v.Bad, v.Reason = r.Seq, "the chain was written anew"
				return v, nil
			}
		}
		if len(rows) < verifyPage {
			break
		}
	}
	if want.Seq > v.Last {
		v.Bad, v.Reason = v.Last+1, fmt.Sprintf("rows %d to %d are missing at the end", v.Last+1, want.Seq)
	}
	return v, nil
}

func fault(r *AuditRow, head Head) (uint64, string) {
	switch {
	case r.Seq > head.Seq+1:
		return head.Seq + 1, fmt.Sprintf("rows %d to %d are missing", head.Seq+1, r.Seq-1)
	case r.Seq <= head.Seq:
		return r.Seq, "the row is there twice"
	case r.Prev != head.Hash:
		return r.Seq, "the row does not follow the one before it"
	case r.Time.Before(head.Time):
		return r.Seq, "the row is older than the one before it"
	case r.sum() != r.Hash:
		return r.Seq, "the row's content was changed"
	}
	e, err := r.Event()
	if err != nil {
		return r.Seq, "the row's content cannot be read"
	}
	if e.Workspace != r.Workspace || e.Time.UnixMicro() != r.Time.UnixMicro() || !r.placed() {
		return r.Seq, "the row's columns differ from its content"
	}
	return 0, ""
}
