package cache

import (
	"context"
	"encoding/hex"
	"math"
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Digest is a keyed hash. It names things without revealing them.
type Digest [16]byte

// IsZero reports whether d was never computed.
func (d Digest) IsZero() bool { return d == Digest{} }

func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// Partition is the set of entries that one question may be compared with. It cannot be
// left out of a search, and a zero one is refused: no index ever searches everything.
type Partition struct{ workspace, context Digest }

// NewPartition names the partition of a conversation in a workspace.
func NewPartition(workspace, context Digest) Partition { return Partition{workspace, context} }

// Workspace is the digest of the workspace.
func (p Partition) Workspace() Digest { return p.workspace }

// Context is the digest of all that two questions must agree on.
func (p Partition) Context() Digest { return p.context }

// Check refuses a partition that names nothing.
func (p Partition) Check(op string) error {
	if p.workspace.IsZero() || p.context.IsZero() {
		return &gateway.Error{Op: op, Kind: gateway.Internal, Public: "A cache lookup without a partition was refused.", Param: "partition"}
	}
	return nil
}

// Point is one question in the index.
type Point struct {
	Partition Partition
	ID        Digest // of the stored answer
	Vector    []float32
	Sketch    Sketch // of Vector; zero: not known
	Expires   time.Time
	Sealed    []byte // the whole entry, encrypted; set for an Archive only
}

// Sketch is what a Local index makes of a vector to compare it by. Made for a search, it need
// not be made again when the same vector is added.
type Sketch [4]uint64

// Match is a point near the question.
type Match struct {
	ID    Digest
	Score float32 // cosine
}

// Selection says what to delete. Exactly one of the three is set; anything else is
// refused, above all the empty one, which some engines take for "everything".
type Selection struct {
	Workspace Digest    // all of a workspace
	IDs       []Digest  // these points, of Partition
	Expired   time.Time // whatever expired before

	Partition Partition // goes with IDs
}

// Check refuses a selection that is empty or ambiguous.
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

// VectorIndex finds near questions. Implementations refuse a vector that CheckVector
// refuses, skip what has expired, keep no memory of their caller's, and are safe for
// concurrent use. The suite is cachetest.Index.
type VectorIndex interface {
	// Search gives at most k points of the partition whose cosine is at least min, the
	// nearest first.
	Search(ctx context.Context, part Partition, vector []float32, k int, min float32) ([]Match, error)
	// Add inserts points, or replaces those of the same partition and id.
	Add(ctx context.Context, points ...Point) error
	// Delete removes what sel names; what is not there is removed already.
	Delete(ctx context.Context, sel Selection) error
}

// Archive is a VectorIndex that keeps the sealed entries too, for other replicas. It is
// remote: Add is called from the writer, not on a request's path.
type Archive interface {
	// Fetch gives the sealed entries of those ids that are there.
	Fetch(ctx context.Context, part Partition, ids []Digest) (map[Digest][]byte, error)
}

// Local is a VectorIndex in this process: looking into it costs next to nothing, and
// the snapshot keeps its points.
type Local interface {
	// Has reports whether the partition has any points.
	Has(part Partition) bool
	// Look is Search, and gives the vector's sketch if it made one.
	Look(part Partition, vector []float32, k int, min float32) ([]Match, Sketch, error)
	// Points gives all of them. A vector lives until yield returns.
	Points(yield func(Point) bool)
}

// Embedder turns texts into vectors of one length. The suite is cachetest.Embedder.
type Embedder interface {
	// Model names what made the vectors; vectors of different models are never compared.
	Model() string
	// Dim is the length of the vectors.
	Dim() int
	// Embed gives one vector for each text, normalised to length 1.
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// Lexical is an Embedder that knows spelling and no meaning: its hits must use the same
// content words in the same order.
type Lexical interface{ Lexical() bool }

// InPlace is a Lexical Embedder that writes the vector of a text into memory of the caller's,
// over all that stands there, and cannot fail. What wraps such an embedder wraps both ways.
type InPlace interface {
	EmbedInto(vector []float32, text string)
}

// CheckVector refuses what no index must see: another length, a NaN or an infinity,
// which some engines store without a word, and a zero, which is near nothing.
func CheckVector(op string, v []float32, dim int) error {
	fail := func(public string) error {
		return &gateway.Error{Op: op, Kind: gateway.Internal, Param: "vector", Public: public}
	}
	if len(v) != dim {
		return fail("The embedding has " + strconv.Itoa(len(v)) + " dimensions, the index has " + strconv.Itoa(dim) + ".")
	}
	var a, b, c, d float64 // four sums, so that one addition need not wait for the other
	for ; len(v) >= 4; v = v[4:] {
		w, x, y, z := float64(v[0]), float64(v[1]), float64(v[2]), float64(v[3])
		a, b, c, d = a+w*w, b+x*x, c+y*y, d+z*z
	}
	for _, x := range v {
		a += float64(x) * float64(x)
	}
	sum := a + b + c + d
	switch {
	case math.IsNaN(sum) || math.IsInf(sum, 0):
		return fail("The embedding holds a value that is no number.")
	case sum < 1e-12:
		return fail("The embedding is zero.")
	}
	return nil
}
