package qdranttest

import (
	"context"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// point is one stored point.
type point struct {
	id      *qdrant.PointId
	vector  []float32 // at length 1
	payload map[string]*qdrant.Value
	version uint64
}

// points serves the calls about points.
type points struct {
	qdrant.UnimplementedPointsServer
	s *Server
}

func pointKey(id *qdrant.PointId) string {
	if u := id.GetUuid(); u != "" {
		return u
	}
	return strconv.FormatUint(id.GetNum(), 10)
}

// done returns the answer to a write.
func (c *collection) done(wait bool) *qdrant.PointsOperationResponse {
	state := qdrant.UpdateStatus_Acknowledged
	if wait {
		state = qdrant.UpdateStatus_Completed
	}
	n := c.writes
	return &qdrant.PointsOperationResponse{Result: &qdrant.UpdateResult{OperationId: &n, Status: state}}
}

func (h *points) CreateFieldIndex(_ context.Context, r *qdrant.CreateFieldIndexCollection) (*qdrant.PointsOperationResponse, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	c, err := h.s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	kind := qdrant.PayloadSchemaType_Keyword
	if r.GetFieldType() == qdrant.FieldType_FieldTypeInteger {
		kind = qdrant.PayloadSchemaType_Integer
	}
	c.indexes[r.GetFieldName()] = &qdrant.PayloadSchemaInfo{DataType: kind, Params: r.GetFieldIndexParams()}
	c.writes += 2
	return c.done(r.GetWait()), nil
}

func (h *points) Upsert(_ context.Context, r *qdrant.UpsertPoints) (*qdrant.PointsOperationResponse, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	c, err := h.s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	for _, p := range r.GetPoints() {
		if n := len(dense(p)); n != c.size {
			return nil, status.Errorf(codes.InvalidArgument, "Wrong input: Vector dimension error: expected dim: %d, got %d", c.size, n)
		}
	}
	c.writes++
	for _, p := range r.GetPoints() {
		old := c.points[pointKey(p.GetId())]
		if old != nil && (r.GetUpdateMode() == qdrant.UpdateMode_InsertOnly || r.GetUpdateFilter() != nil && !matches(r.GetUpdateFilter(), old.payload)) {
			continue // the answer is Completed all the same
		}
		c.points[pointKey(p.GetId())] = &point{id: p.GetId(), vector: unit(dense(p)), payload: maps.Clone(p.GetPayload()), version: c.writes}
	}
	return c.done(r.GetWait()), nil
}

func dense(p *qdrant.PointStruct) []float32 {
	return p.GetVectors().GetVector().GetDense().GetData()
}

// unit returns a vector at length 1. Zero and vectors with a NaN stay unchanged.
func unit(v []float32) []float32 {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	out := slices.Clone(v)
	if sum == 0 || math.IsNaN(sum) {
		return out
	}
	for i := range out {
		out[i] = float32(float64(out[i]) / math.Sqrt(sum))
	}
	return out
}

func (h *points) Query(_ context.Context, r *qdrant.QueryPoints) (*qdrant.QueryResponse, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	found, err := h.query(r)
	return &qdrant.QueryResponse{Result: found}, err
}

func (h *points) QueryBatch(_ context.Context, r *qdrant.QueryBatchPoints) (*qdrant.QueryBatchResponse, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	out := &qdrant.QueryBatchResponse{}
	for _, q := range r.GetQueryPoints() {
		found, err := h.query(q)
		if err != nil {
			return nil, err
		}
		out.Result = append(out.Result, &qdrant.BatchResult{Result: found})
	}
	return out, nil
}

func (h *points) query(r *qdrant.QueryPoints) ([]*qdrant.ScoredPoint, error) {
	c, err := h.s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	vector := r.GetQuery().GetNearest().GetDense().GetData()
	if len(vector) != c.size {
		return nil, status.Errorf(codes.InvalidArgument, "Wrong input: Vector dimension error: expected dim: %d, got %d", c.size, len(vector))
	}
	if err := c.check(r.GetFilter()); err != nil {
		return nil, err
	}
	vector = unit(vector)
	var out []*qdrant.ScoredPoint
	for _, p := range c.points {
		var score float64
		for i, x := range p.vector {
			score += float64(x) * float64(vector[i])
		}
		if math.IsNaN(score) || r.ScoreThreshold != nil && float32(score) <= r.GetScoreThreshold() || !matches(r.GetFilter(), p.payload) {
			continue
		}
		s := &qdrant.ScoredPoint{Id: p.id, Score: float32(score), Version: p.version, Payload: choose(r.GetWithPayload(), p.payload)}
		if r.GetWithVectors().GetEnable() {
			s.Vectors = vectors(p)
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *qdrant.ScoredPoint) int {
		switch {
		case a.GetScore() > b.GetScore():
			return -1
		case a.GetScore() < b.GetScore():
			return 1
		}
		return strings.Compare(pointKey(a.GetId()), pointKey(b.GetId()))
	})
	limit := uint64(10)
	if r.Limit != nil {
		limit = r.GetLimit()
	}
	return out[:min(uint64(len(out)), limit)], nil
}

func vectors(p *point) *qdrant.VectorsOutput {
	return &qdrant.VectorsOutput{VectorsOptions: &qdrant.VectorsOutput_Vector{Vector: &qdrant.VectorOutput{
		Vector: &qdrant.VectorOutput_Dense{Dense: &qdrant.DenseVector{Data: p.vector}}}}}
}

func choose(sel *qdrant.WithPayloadSelector, payload map[string]*qdrant.Value) map[string]*qdrant.Value {
	if sel.GetEnable() {
		return maps.Clone(payload)
	}
	out := map[string]*qdrant.Value{}
	for _, f := range sel.GetInclude().GetFields() {
		if v := payload[f]; v != nil {
			out[f] = v
		}
	}
	return out
}

func (h *points) Get(_ context.Context, r *qdrant.GetPoints) (*qdrant.GetResponse, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	c, err := h.s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	out := &qdrant.GetResponse{}
	for _, id := range r.GetIds() {
		if p := c.points[pointKey(id)]; p != nil {
			out.Result = append(out.Result, retrieved(p, r.GetWithPayload(), r.GetWithVectors().GetEnable()))
		}
	}
	return out, nil
}

func retrieved(p *point, sel *qdrant.WithPayloadSelector, withVectors bool) *qdrant.RetrievedPoint {
	out := &qdrant.RetrievedPoint{Id: p.id, Payload: choose(sel, p.payload)}
	if withVectors {
		out.Vectors = vectors(p)
	}
	return out
}

func (h *points) Scroll(_ context.Context, r *qdrant.ScrollPoints) (*qdrant.ScrollResponse, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	c, err := h.s.find(r.GetCollectionName())
	if err == nil {
		err = c.check(r.GetFilter())
	}
	if err != nil {
		return nil, err
	}
	out := &qdrant.ScrollResponse{}
	for _, k := range slices.Sorted(maps.Keys(c.points)) {
		if p := c.points[k]; matches(r.GetFilter(), p.payload) && (r.Limit == nil || len(out.Result) < int(r.GetLimit())) {
			out.Result = append(out.Result, retrieved(p, r.GetWithPayload(), r.GetWithVectors().GetEnable()))
		}
	}
	return out, nil
}

func (h *points) Count(_ context.Context, r *qdrant.CountPoints) (*qdrant.CountResponse, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	c, err := h.s.find(r.GetCollectionName())
	if err == nil {
		err = c.check(r.GetFilter())
	}
	if err != nil {
		return nil, err
	}
	n := uint64(0)
	for _, p := range c.points {
		if matches(r.GetFilter(), p.payload) {
			n++
		}
	}
	return &qdrant.CountResponse{Result: &qdrant.CountResult{Count: n}}, nil
}

// Delete takes an empty filter for everything, like the real server.
func (h *points) Delete(_ context.Context, r *qdrant.DeletePoints) (*qdrant.PointsOperationResponse, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	c, err := h.s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	c.writes++
	sel := r.GetPoints()
	for _, id := range sel.GetPoints().GetIds() {
		delete(c.points, pointKey(id))
	}
	if f := sel.GetFilter(); f != nil {
		if err := c.check(f); err != nil {
			return nil, err
		}
		maps.DeleteFunc(c.points, func(_ string, p *point) bool { return matches(f, p.payload) })
	}
	return c.done(r.GetWait()), nil
}

func (h *points) SetPayload(_ context.Context, r *qdrant.SetPayloadPoints) (*qdrant.PointsOperationResponse, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	c, err := h.s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	c.writes++
	for _, id := range r.GetPointsSelector().GetPoints().GetIds() {
		if p := c.points[pointKey(id)]; p != nil {
			maps.Copy(p.payload, r.GetPayload())
		}
	}
	return c.done(r.GetWait()), nil
}
