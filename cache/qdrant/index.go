// Package qdrant is a vector index in a Qdrant server or cluster. Replicas share the points
// of the semantic cache and the encrypted entries that belong to them.
//
// There is one collection for each embedding model and dimension; takeOver tells how one replaces
// another. A point carries its
// partition, workspace and expiry. The partition is the tenant of the collection, so Qdrant
// builds one graph per partition. Every search filter is made by within, which needs a
// key.Partition.
//
// Qdrant takes an empty filter for "everything", so a deletion needs a cache.Selection that
// was checked. It stores a NaN and finds nothing near zero, so vectors are checked before
// they are sent. Inserts do not wait until the server has applied them; deletions do.
//
// The first insert creates the collection, and creates it again if it was dropped. Until
// then a search finds nothing.
package qdrant

import (
	"context"
	"encoding/base64"
	"errors"
	"math"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/exact"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// Config names the server and the collection.
type Config struct {
	URL        string // "http://127.0.0.1:6334", the gRPC port; https for TLS
	APIKey     gateway.Secret
	Collection string // prefix of the collection's name; "" = "sluice_cache"
	Model      string // of the embedder
	Dim        int
	Now        func() time.Time // nil = time.Now

	// Freed is told the bodies of points that were removed or replaced before they expired, as far as the
	// points name them. nil: nobody is.
	Freed func(body string, expires time.Time)
}

// Index implements cache.VectorIndex and cache.Archive. It is safe for concurrent use.
type Index struct {
	client *qdrant.Client
	prefix string // of the names of collections and aliases
	name   string
	dim    int
	now    func() time.Time
	freed  func(body string, expires time.Time) // nil: bodies are not looked up

	ready  atomic.Bool
	making sync.Mutex
}

// The payload of a point.
const (
	fieldPart    = "part"       // partition; tenant
	fieldSpace   = "ws"         // workspace
	fieldExpires = "expires_at" // unix seconds
	fieldAnswer  = "ans"        // id of the answer
	fieldEntry   = "entry"      // the sealed entry, base64
	fieldHas     = "has"        // attributes of the answer
	fieldStored  = "stored_at"  // unix seconds
	fieldBody    = "body"       // name of the answer's body, if the entry has it not
)

// New prepares the connections. It does not wait for the server.
func New(cfg Config) (*Index, error) {
	const op = "qdrant.New"
	host, port, tls, err := address(cfg.URL)
	if err != nil {
		return nil, gateway.InvalidField(op, "cache.qdrant.url", "cache.qdrant.url must read like http://127.0.0.1:6334 (Qdrant's gRPC port).")
	}
	if cfg.Dim <= 0 || cfg.Model == "" {
		return nil, gateway.InvalidField(op, "cache.embedder", "The cache's index needs the embedder's model and dimensions.")
	}
	if cfg.Collection == "" {
		cfg.Collection = "sluice_cache"
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	client, err := qdrant.NewClient(&qdrant.Config{Host: host, Port: port, UseTLS: tls, APIKey: cfg.APIKey.Reveal(),
		PoolSize: 2, SkipCompatibilityCheck: true,
		GrpcOptions: []grpc.DialOption{grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxReceive))}})
	if err != nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The connection to Qdrant could not be prepared.", Err: err}
	}
	name := cfg.Collection + "_" + collectionName(cfg.Model) + "_" + strconv.Itoa(cfg.Dim) + "_v1"
	return &Index{client: client, prefix: cfg.Collection, name: name, dim: cfg.Dim, now: cfg.Now, freed: cfg.Freed}, nil
}

func address(raw string) (host string, port int, tls bool, err error) {
	if !strings.Contains(raw, "://") {
		raw = "http://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", 0, false, strconv.ErrSyntax
	}
	port = 6334
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil || port < 1 || port > 65535 {
			return "", 0, false, strconv.ErrRange
		}
	}
	host = u.Hostname()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host, port, u.Scheme == "https", nil
}

// collectionName replaces the characters that a collection's name must not have.
func collectionName(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
			return r
		}
		return '-'
	}, s)
}

// Collection returns the name of the collection.
func (x *Index) Collection() string { return x.name }

// Close closes the connections.
func (x *Index) Close() error { return x.client.Close() }

// Search implements cache.VectorIndex.
func (x *Index) Search(ctx context.Context, part key.Partition, vector []float32, k int, min float32) ([]cache.Match, error) {
	const op = "qdrant.Search"
	if err := part.Check(op); err != nil {
		return nil, err
	}
	if err := cache.CheckVector(op, vector, x.dim); err != nil {
		return nil, err
	}
	if k <= 0 {
		return nil, nil
	}
	found, err := x.client.Query(ctx, &qdrant.QueryPoints{
		CollectionName: x.name,
		Query:          qdrant.NewQueryDense(vector),
		Filter:         within(part, x.now()),
		ScoreThreshold: qdrant.PtrOf(math.Nextafter32(min, -2)), // Qdrant excludes the threshold itself
		Limit:          qdrant.PtrOf(uint64(k)),
		WithPayload:    qdrant.NewWithPayloadInclude(fieldAnswer),
		Params: &qdrant.SearchParams{HnswEf: qdrant.PtrOf(uint64(128)),
			Quantization: &qdrant.QuantizationSearchParams{Rescore: qdrant.PtrOf(true), Oversampling: qdrant.PtrOf(2.0)}},
	})
	if err != nil {
		if isAbsent(err) {
			return nil, nil
		}
		return nil, failed(op, err)
	}
	matches := make([]cache.Match, 0, len(found))
	for _, p := range found {
		if id, ok := digest(p.GetPayload()[fieldAnswer].GetStringValue()); ok && p.GetScore() >= min {
			matches = append(matches, cache.Match{ID: id, Score: p.GetScore()})
		}
	}
	return matches, nil
}

// The largest messages, in bytes. maxSend is well below gRPC's limit; an answer to Fetch may
// hold several entries.
const (
	maxSend    = 2 << 20
	maxReceive = 64 << 20
)

// Add implements cache.VectorIndex.
func (x *Index) Add(ctx context.Context, points ...cache.Point) error {
	const op = "qdrant.Add"
	for i := range points {
		if err := points[i].Partition.Check(op); err != nil {
			return err
		}
		if err := cache.CheckVector(op, points[i].Vector, x.dim); err != nil {
			return err
		}
	}
	now := x.now()
	var batch []*qdrant.PointStruct
	size := 0
	for i := range points {
		p := &points[i]
		if !now.Before(p.Expires) {
			continue
		}
		pointSize := base64.StdEncoding.EncodedLen(len(p.Sealed)) + 4*x.dim + 256
		if size+pointSize > maxSend {
			if err := x.upsert(ctx, batch); err != nil {
				return failed(op, err)
			}
			batch, size = nil, 0
		}
		batch, size = append(batch, pointStruct(p)), size+pointSize
	}
	if err := x.upsert(ctx, batch); err != nil {
		return failed(op, err)
	}
	return nil
}

func (x *Index) upsert(ctx context.Context, batch []*qdrant.PointStruct) error {
	if len(batch) == 0 {
		return nil
	}
	if err := x.ensure(ctx); err != nil {
		return err
	}
	replaced, err := x.replacedBodies(ctx, batch)
	if err != nil {
		return err
	}
	req := &qdrant.UpsertPoints{CollectionName: x.name, Points: batch}
	_, err = x.client.Upsert(ctx, req)
	if err == nil {
		x.free(replaced)
	}
	if err == nil || !isAbsent(err) {
		return err
	}
	x.ready.Store(false) // the collection was dropped
	if err := x.ensure(ctx); err != nil {
		return err
	}
	_, err = x.client.Upsert(ctx, req)
	return err
}

func pointStruct(p *cache.Point) *qdrant.PointStruct {
	s := &qdrant.PointStruct{
		Id:      qdrant.NewIDUUID(uuid(p.Partition, p.ID)),
		Vectors: qdrant.NewVectorsDense(p.Vector),
		Payload: map[string]*qdrant.Value{
			fieldPart:    qdrant.NewValueString(tenant(p.Partition)),
			fieldSpace:   qdrant.NewValueString(p.Partition.Workspace.String()),
			fieldExpires: qdrant.NewValueInt(p.Expires.Unix()),
			fieldAnswer:  qdrant.NewValueString(p.ID.String()),
			fieldEntry:   qdrant.NewValueString(base64.StdEncoding.EncodeToString(p.Sealed)),
			fieldHas:     keywords(p.Attributes),
			fieldStored:  qdrant.NewValueInt(p.Stored.Unix()),
		},
	}
	if p.Body != "" {
		s.Payload[fieldBody] = qdrant.NewValueString(p.Body)
	}
	return s
}

// Fetch implements cache.Archive.
func (x *Index) Fetch(ctx context.Context, part key.Partition, ids []key.Digest) (map[key.Digest][]byte, error) {
	const op = "qdrant.Fetch"
	if err := part.Check(op); err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := x.client.Get(ctx, &qdrant.GetPoints{CollectionName: x.name, Ids: uuids(part, ids),
		WithPayload: qdrant.NewWithPayloadInclude(fieldPart, fieldAnswer, fieldEntry)})
	if err != nil {
		if isAbsent(err) {
			return nil, nil
		}
		return nil, failed(op, err)
	}
	entries := map[key.Digest][]byte{}
	for _, p := range found {
		id, ok := digest(p.GetPayload()[fieldAnswer].GetStringValue())
		sealed, err := base64.StdEncoding.DecodeString(p.GetPayload()[fieldEntry].GetStringValue())
		if ok && err == nil && len(sealed) > 0 && p.GetPayload()[fieldPart].GetStringValue() == tenant(part) {
			entries[id] = sealed
		}
	}
	return entries, nil
}

// Delete implements cache.VectorIndex. With what expired go the collections of embedding models that
// are used no more.
func (x *Index) Delete(ctx context.Context, sel cache.Selection) error {
	const op = "qdrant.Delete"
	if err := sel.Check(op); err != nil {
		return err
	}
	switch {
	case len(sel.IDs) > 0:
		return x.deleteIDs(ctx, op, uuids(sel.Partition, sel.IDs))
	case !sel.Workspace.IsZero():
		return x.deleteSelected(ctx, op, selected(sel.Workspace, exact.Condition{}), x.freed != nil)
	default:
		expired := &qdrant.Filter{Must: []*qdrant.Condition{qdrant.NewRange(fieldExpires, &qdrant.Range{Lt: qdrant.PtrOf(float64(sel.Expired.Unix()))})}}
		if err := x.deleteSelected(ctx, op, expired, false); err != nil {
			return err
		}
		if err := x.removeRetired(ctx); err != nil {
			return failed(op, err)
		}
		return nil
	}
}

// DeleteSelected implements cache.Archive.
func (x *Index) DeleteSelected(ctx context.Context, workspace key.Digest, condition exact.Condition) error {
	const op = "qdrant.DeleteSelected"
	sel := cache.Selection{Workspace: workspace}
	if err := errors.Join(condition.Check(op), sel.Check(op)); err != nil {
		return err
	}
	if err := x.ensure(ctx); err != nil { // indexes of these fields, in a collection of an earlier release
		return failed(op, err)
	}
	return x.deleteSelected(ctx, op, selected(workspace, condition), x.freed != nil)
}

var (
	_ cache.VectorIndex = (*Index)(nil)
	_ cache.Archive     = (*Index)(nil)
)
