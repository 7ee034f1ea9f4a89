package qdranttest

import (
	"context"

	"github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// collection is one collection with its points.
type collection struct {
	made    *qdrant.CreateCollection
	size    int
	indexes map[string]*qdrant.PayloadSchemaInfo
	points  map[string]*point
	writes  uint64 // operation number
}

// strict reports whether a filter on a field without an index is refused.
func (c *collection) strict() bool {
	m := c.made.GetStrictModeConfig()
	return m.GetEnabled() && m.UnindexedFilteringRetrieve != nil && !m.GetUnindexedFilteringRetrieve()
}

// collections serves the calls about collections.
type collections struct {
	qdrant.UnimplementedCollectionsServer
	s *Server
}

func (h *collections) Create(_ context.Context, r *qdrant.CreateCollection) (*qdrant.CollectionOperationResponse, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	if h.s.collections[r.GetCollectionName()] != nil {
		return nil, status.Errorf(codes.AlreadyExists, "Wrong input: Collection `%s` already exists!", r.GetCollectionName())
	}
	h.s.collections[r.GetCollectionName()] = &collection{made: r, size: int(r.GetVectorsConfig().GetParams().GetSize()),
		indexes: map[string]*qdrant.PayloadSchemaInfo{}, points: map[string]*point{}}
	return &qdrant.CollectionOperationResponse{Result: true}, nil
}

func (h *collections) CollectionExists(_ context.Context, r *qdrant.CollectionExistsRequest) (*qdrant.CollectionExistsResponse, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	_, err := h.s.find(r.GetCollectionName())
	return &qdrant.CollectionExistsResponse{Result: &qdrant.CollectionExists{Exists: err == nil}}, nil
}

func (h *collections) Delete(_ context.Context, r *qdrant.DeleteCollection) (*qdrant.CollectionOperationResponse, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	there := h.s.collections[r.GetCollectionName()] != nil
	delete(h.s.collections, r.GetCollectionName())
	for alias, to := range h.s.aliases {
		if to == r.GetCollectionName() {
			delete(h.s.aliases, alias)
		}
	}
	return &qdrant.CollectionOperationResponse{Result: there}, nil
}

func (h *collections) Get(_ context.Context, r *qdrant.GetCollectionInfoRequest) (*qdrant.GetCollectionInfoResponse, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	c, err := h.s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	schema := map[string]*qdrant.PayloadSchemaInfo{}
	for name, info := range c.indexes {
		n := uint64(0)
		for _, p := range c.points {
			if p.payload[name] != nil {
				n++
			}
		}
		schema[name] = &qdrant.PayloadSchemaInfo{DataType: info.GetDataType(), Params: info.GetParams(), Points: &n}
	}
	n := uint64(len(c.points))
	return &qdrant.GetCollectionInfoResponse{Result: &qdrant.CollectionInfo{
		Status: qdrant.CollectionStatus_Green, OptimizerStatus: &qdrant.OptimizerStatus{Ok: true}, PayloadSchema: schema, PointsCount: &n,
		Config: &qdrant.CollectionConfig{
			Params:             &qdrant.CollectionParams{ShardNumber: 1, OnDiskPayload: true, VectorsConfig: c.made.GetVectorsConfig()},
			HnswConfig:         c.made.GetHnswConfig(),
			QuantizationConfig: c.made.GetQuantizationConfig(), StrictModeConfig: c.made.GetStrictModeConfig(),
		},
	}}, nil
}

func (h *collections) UpdateAliases(_ context.Context, r *qdrant.ChangeAliases) (*qdrant.CollectionOperationResponse, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	for _, a := range r.GetActions() {
		if d := a.GetDeleteAlias(); d != nil {
			delete(h.s.aliases, d.GetAliasName())
		}
		if m := a.GetCreateAlias(); m != nil {
			if h.s.collections[m.GetCollectionName()] == nil {
				return nil, status.Errorf(codes.NotFound, "Not found: Collection `%s` doesn't exist!", m.GetCollectionName())
			}
			h.s.aliases[m.GetAliasName()] = m.GetCollectionName()
		}
	}
	return &qdrant.CollectionOperationResponse{Result: true}, nil
}

func (h *collections) ListAliases(context.Context, *qdrant.ListAliasesRequest) (*qdrant.ListAliasesResponse, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	out := &qdrant.ListAliasesResponse{}
	for alias, to := range h.s.aliases {
		out.Aliases = append(out.Aliases, &qdrant.AliasDescription{AliasName: alias, CollectionName: to})
	}
	return out, nil
}
