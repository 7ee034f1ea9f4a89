package audit

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
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
	Head   uint64 `json:"head,omitempty"`   // sequence number of the signed head that it was compared with, 0 without one
	Bad    uint64 `json:"bad,omitempty"`    // first sequence number at fault, 0 if the chain holds
	Reason string `json:"reason,omitempty"` // why Bad is at fault
}

// VerifyOptions says what Verify accepts and expects.
type VerifyOptions struct {
	Pruned       bool              // a retention may have deleted rows at the beginning of a chain
	PrunedBefore time.Time         // and whole chains that ended before this time
	Heads        map[string]Head   // signed heads, by chain: they reveal a cut tail; may be nil
	Forged       map[string]string // heads that cannot be trusted, by chain, and why
	Anchors      []Anchor          // heads that were exported; may be nil
}

// Verify recomputes every chain of store, and compares it with its signed head and with what
// chains that followed it know of it. The error tells of a failure to read; what is wrong with a
// chain is in its Verdict.
func Verify(ctx context.Context, store ChainReader, opt VerifyOptions) ([]Verdict, error) {
	ids, err := store.Chains(ctx)
	if err != nil {
		return nil, err
	}
	expected := map[string][]Head{}
	for id, head := range opt.Heads {
		expected[id] = append(expected[id], head)
	}
	for _, a := range opt.Anchors {
		for id, head := range a.Heads {
			expected[id] = append(expected[id], head)
		}
	}
	for _, id := range ids {
		first, err := store.Chain(ctx, id, 0, 1)
		if err != nil {
			return nil, err
		}
		if len(first) == 1 {
			if before, head, ok := first[0].predecessor(); ok {
				expected[before] = append(expected[before], head)
			}
		}
	}
	var out []Verdict
	for _, id := range ids {
		v, err := verifyChain(ctx, store, id, opt.Pruned, expected[id])
		if err != nil {
			return nil, err
		}
		v.Head = opt.Heads[id].Seq
		if why := opt.Forged[id]; why != "" && v.Bad == 0 {
			v.Bad, v.Reason = v.Last+1, why
		}
		out = append(out, v)
	}
	for _, id := range slices.Sorted(maps.Keys(expected)) {
		if last := newest(expected[id]); last.Seq > 0 && !slices.Contains(ids, id) && !last.Time.Before(opt.PrunedBefore) {
			out = append(out, Verdict{Chain: id, Bad: 1, Reason: "the whole chain is missing"})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(opt.Forged)) {
		if !slices.Contains(ids, id) {
			out = append(out, Verdict{Chain: id, Bad: 1, Reason: opt.Forged[id]})
		}
	}
	return out, nil
}

func newest(heads []Head) Head {
	return slices.MaxFunc(heads, func(a, b Head) int { return cmp.Compare(a.Seq, b.Seq) })
}

const verifyPage = 1000 // rows read at once

func verifyChain(ctx context.Context, store ChainReader, chain string, pruned bool, expected []Head) (Verdict, error) {
	v := Verdict{Chain: chain}
	var head Head
	bySeq := map[uint64][]Head{}
	for _, want := range expected {
		bySeq[want.Seq] = append(bySeq[want.Seq], want)
	}
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
			for _, want := range bySeq[r.Seq] {
				if r.Hash != want.Hash {
					v.Bad, v.Reason = r.Seq, "the chain was rewritten"
					return v, nil
				}
			}
		}
		if len(rows) < verifyPage {
			break
		}
	}
	for _, want := range expected {
		if want.Seq > v.Last && v.Bad == 0 {
			last := newest(expected)
			v.Bad, v.Reason = v.Last+1, fmt.Sprintf("rows %d to %d are missing at the end", v.Last+1, last.Seq)
		}
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
