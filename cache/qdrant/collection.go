package qdrant

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"

	"github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// ensure creates the collection and its payload indexes unless they exist. Replicas may do
// so at the same time: "exists already" counts as done, and creating an index again is no
// error. The tenant index comes before the first point, so that graphs are built per
// partition from the start.
func (x *Index) ensure(ctx context.Context) error {
	if x.ready.Load() {
		return nil
	}
	x.making.Lock()
	defer x.making.Unlock()
	if x.ready.Load() {
		return nil
	}
	err := x.client.CreateCollection(ctx, &qdrant.CreateCollection{
		CollectionName: x.name,
		VectorsConfig:  qdrant.NewVectorsConfig(&qdrant.VectorParams{Size: uint64(x.dim), Distance: qdrant.Distance_Cosine, OnDisk: qdrant.PtrOf(true)}),
		HnswConfig:     &qdrant.HnswConfigDiff{M: qdrant.PtrOf(uint64(0)), PayloadM: qdrant.PtrOf(uint64(16))},
		QuantizationConfig: qdrant.NewQuantizationScalar(&qdrant.ScalarQuantization{Type: qdrant.QuantizationType_Int8,
			Quantile: qdrant.PtrOf(float32(.99)), AlwaysRam: qdrant.PtrOf(true)}),
		StrictModeConfig: &qdrant.StrictModeConfig{Enabled: qdrant.PtrOf(true), UnindexedFilteringRetrieve: qdrant.PtrOf(false),
			UnindexedFilteringUpdate: qdrant.PtrOf(false)},
	})
	if err != nil && status.Code(err) != codes.AlreadyExists {
		return err
	}
	for _, f := range []struct {
		name   string
		kind   qdrant.FieldType
		params *qdrant.PayloadIndexParams
	}{
		{fieldPart, qdrant.FieldType_FieldTypeKeyword, qdrant.NewPayloadIndexParamsKeyword(&qdrant.KeywordIndexParams{IsTenant: qdrant.PtrOf(true)})},
		{fieldSpace, qdrant.FieldType_FieldTypeKeyword, nil},
		{fieldExpires, qdrant.FieldType_FieldTypeInteger, nil},
		{fieldHas, qdrant.FieldType_FieldTypeKeyword, nil},
		{fieldStored, qdrant.FieldType_FieldTypeInteger, nil},
	} {
		if _, err := x.client.CreateFieldIndex(ctx, &qdrant.CreateFieldIndexCollection{CollectionName: x.name, Wait: qdrant.PtrOf(true),
			FieldName: f.name, FieldType: f.kind.Enum(), FieldIndexParams: f.params}); err != nil {
			return err
		}
	}
	if err := x.takeOver(ctx); err != nil {
		return err
	}
	x.ready.Store(true)
	return nil
}

// uuid returns the version 5 UUID of a point in its partition, so that writing a point again
// replaces it.
func uuid(part key.Partition, id key.Digest) string {
	h := sha1.New()
	space, context := part.Workspace, part.Context
	h.Write(space[:])
	h.Write(context[:])
	h.Write(id[:])
	b := h.Sum(nil)[:16]
	b[6] = b[6]&0x0f | 0x50
	b[8] = b[8]&0x3f | 0x80
	s := hex.EncodeToString(b)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

func uuids(part key.Partition, ids []key.Digest) []*qdrant.PointId {
	out := make([]*qdrant.PointId, len(ids))
	for i, id := range ids {
		out[i] = qdrant.NewIDUUID(uuid(part, id))
	}
	return out
}

// isAbsent reports that the collection does not exist.
func isAbsent(err error) bool { return status.Code(err) == codes.NotFound }

// failed returns an error that shows no more than Qdrant's code.
func failed(op string, err error) error {
	var own *gateway.Error
	if errors.As(err, &own) {
		return err
	}
	c := status.Code(err)
	if c == codes.DeadlineExceeded || errors.Is(err, context.DeadlineExceeded) {
		return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "Qdrant did not answer in time.", Err: context.DeadlineExceeded}
	}
	if c == codes.Unavailable { // also where nothing listens
		return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "Qdrant could not be reached.", Err: err}
	}
	return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "Qdrant failed with " + c.String() + ".", Err: err}
}
