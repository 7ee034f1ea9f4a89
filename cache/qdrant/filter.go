package qdrant

import (
	"encoding/hex"
	"time"

	"github.com/qdrant/go-client/qdrant"

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

// digest reads a digest in hexadecimal.
func digest(s string) (d key.Digest, ok bool) {
	n, err := hex.Decode(d[:], []byte(s[:min(len(s), 2*len(d))]))
	return d, err == nil && n == len(d)
}
