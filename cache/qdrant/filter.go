package qdrant

import (
	"encoding/hex"
	"time"

	"github.com/qdrant/go-client/qdrant"

	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/cache/key"
)

// tenant returns the partition as a keyword.
func tenant(p key.Partition) string { return p.Workspace.String() + p.Context.String() }

// within returns the filter of every search: this partition, not expired.
func within(p key.Partition, now time.Time) *qdrant.Filter {
	return &qdrant.Filter{Must: []*qdrant.Condition{
		qdrant.NewMatchKeyword(fieldPart, tenant(p)),
		qdrant.NewRange(fieldExpires, &qdrant.Range{Gt: qdrant.PtrOf(float64(now.Unix()))}),
	}}
}

// selected returns the filter of a workspace's answers that meet a condition.
func selected(workspace key.Digest, condition exact.Condition) *qdrant.Filter {
	must := []*qdrant.Condition{qdrant.NewMatchKeyword(fieldSpace, workspace.String())}
	for _, a := range condition.Attributes {
		must = append(must, qdrant.NewMatchKeyword(fieldHas, a.String()))
	}
	if !condition.Before.IsZero() {
		must = append(must, qdrant.NewRange(fieldStored, &qdrant.Range{Lte: qdrant.PtrOf(float64(condition.Before.Unix()))}))
	}
	return &qdrant.Filter{Must: must}
}

// keywords returns digests as a list of keywords.
func keywords(digests []key.Digest) *qdrant.Value {
	values := make([]*qdrant.Value, len(digests))
	for i, d := range digests {
		values[i] = qdrant.NewValueString(d.String())
	}
	return qdrant.NewValueFromList(values...)
}

// digest reads a digest in hexadecimal.
func digest(s string) (d key.Digest, ok bool) {
	n, err := hex.Decode(d[:], []byte(s[:min(len(s), 2*len(d))]))
	return d, err == nil && n == len(d)
}
