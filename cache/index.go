package cache

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// VectorIndex finds near questions within one partition. Implementations refuse a vector that
// CheckVector refuses, skip expired points, keep no memory of the caller's, and are safe for
// concurrent use. The conformance suite is cachetest.Index.
type VectorIndex interface {
	// Search returns at most k points of the partition with a cosine of at least min, the
	// nearest first.
	Search(ctx context.Context, part key.Partition, vector []float32, k int, min float32) ([]Match, error)
	// Add inserts points. It replaces points of the same partition and ID.
	Add(ctx context.Context, points ...Point) error
	// Delete removes the selected points. It is no error if there are none.
	Delete(ctx context.Context, sel Selection) error
}

// Archive is an optional interface of a remote VectorIndex that also keeps the sealed
// entries, for other replicas. Its Add is called by the Service's writer, never while a
// request waits.
type Archive interface {
	// Fetch returns the sealed entries with these IDs, without those that are missing.
	Fetch(ctx context.Context, part key.Partition, ids []key.Digest) (map[key.Digest][]byte, error)
	// DeleteSelected removes the points of a workspace that a condition selects. It refuses the
	// zero condition.
	DeleteSelected(ctx context.Context, workspace key.Digest, condition exact.Condition) error
}

// Local is an optional interface of a VectorIndex in this process. Snapshots keep its points.
type Local interface {
	// Points yields every point. A point's vector is valid until yield returns.
	Points(yield func(Point) bool)
}

// Screen is an optional interface of a VectorIndex that knows at once whether a partition has
// points. A question without a neighbour is then embedded after its request, not before.
type Screen interface{ Has(part key.Partition) bool }

// Point is one question in an index.
type Point struct {
	Partition key.Partition
	ID        key.Digest // of the stored answer
	Vector    []float32
	Expires   time.Time
	Sealed    []byte // the encrypted entry; set only for an Archive

	Attributes []key.Digest // for Archive.DeleteSelected
	Stored     time.Time
	Body       string // name in Bodies of the answer's body, "" if Sealed has it; for an Archive, see Removing
}

// Match is a point near a question.
type Match struct {
	ID    key.Digest
	Score float32 // cosine
}

// Selection names the points to delete. Exactly one of Workspace, IDs and Expired is set.
type Selection struct {
	Workspace key.Digest   // every point of a workspace
	IDs       []key.Digest // these points of Partition
	Expired   time.Time    // every point that expired before

	Partition key.Partition // of IDs
}

// Check refuses a selection that is empty or ambiguous. Some engines take an empty one for
// "everything". op names the operation in the error.
func (s Selection) Check(op string) error {
	n := 0
	for _, set := range []bool{!s.Workspace.IsZero(), len(s.IDs) > 0, !s.Expired.IsZero()} {
		if set {
			n++
		}
	}
	if n != 1 {
		return &gateway.Error{Op: op, Kind: gateway.Internal, Param: "selection",
			Public: "A deletion from the cache must name a workspace, points or an expiry."}
	}
	if len(s.IDs) > 0 {
		return s.Partition.Check(op)
	}
	return nil
}
