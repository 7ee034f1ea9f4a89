package audit

import (
	"context"
	"fmt"
	"slices"
)

// ChainReader reads the audit trail in the order in which it was written.
type ChainReader interface {
	// Chains lists the ids of all chains, sorted.
	Chains(ctx context.Context) ([]string, error)
	// Chain returns up to limit rows of one chain with a sequence number above after, ascending.
	Chain(ctx context.Context, chain string, after uint64, limit int) ([]Row, error)
}

// Verdict is the result of verifying one chain.
type Verdict struct {
	Chain  string `json:"chain"`
	Rows   uint64 `json:"rows"`             // rows that were read and hold
	First  uint64 `json:"first"`            // sequence number of the first row read
	Last   uint64 `json:"last"`             // sequence number of the last row that holds
	Bad    uint64 `json:"bad,omitempty"`    // first sequence number at fault, 0 if the chain holds
	Reason string `json:"reason,omitempty"` // why Bad is at fault
}

// VerifyOptions says what Verify accepts and expects.
type VerifyOptions struct {
	Pruned bool            // a retention may have deleted rows at the beginning of a chain
	Heads  map[string]Head // heads known from elsewhere, by chain: they reveal a cut tail; may be nil
}

// Verify recomputes every chain of store. The error tells of a failure to read; what is wrong
// with a chain is in its Verdict.
func Verify(ctx context.Context, store ChainReader, opt VerifyOptions) ([]Verdict, error) {
	ids, err := store.Chains(ctx)
	if err != nil {
		return nil, err
	}
	var out []Verdict
	for _, id := range ids {
		v, err := verifyChain(ctx, store, id, opt.Pruned, opt.Heads[id])
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	for id, head := range opt.Heads {
		if head.Seq > 0 && !slices.Contains(ids, id) {
			out = append(out, Verdict{Chain: id, Bad: 1, Reason: "the whole chain is missing"})
		}
	}
	return out, nil
}

const verifyPage = 1000 // rows read at once

func verifyChain(ctx context.Context, store ChainReader, chain string, pruned bool, want Head) (Verdict, error) {
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
			if v.Bad, v.Reason = r.fault(head); v.Bad != 0 {
				return v, nil
			}
			head = r.Head()
			v.Rows++
			v.Last = r.Seq
			if r.Seq == want.Seq && r.Hash != want.Hash {
				v.Bad, v.Reason = r.Seq, "the chain was rewritten"
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

// fault checks r as the successor of head. It returns the first sequence number at fault and
// why, or 0 and "".
func (r *Row) fault(head Head) (uint64, string) {
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
	v, err := r.decode()
	if err != nil {
		return r.Seq, "the row's content cannot be read"
	}
	if v.Workspace != r.Workspace || v.TimeUS != r.Time.UnixMicro() || v.Chain != r.Chain || v.Seq != r.Seq {
		return r.Seq, "the row's columns differ from its content"
	}
	return 0, ""
}
