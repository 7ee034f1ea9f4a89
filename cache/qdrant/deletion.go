package qdrant

import (
	"context"
	"time"

	"github.com/qdrant/go-client/qdrant"
)

// maxDeleted is how many points one call deletes. A server that is asked for more at once answers
// nothing else for long, and a deletion that did not end in time would have to begin anew.
const maxDeleted = 10_000

// deleteSelected deletes what a filter selects, in batches. The last call deletes by the filter: it
// reaches what was inserted meanwhile, the bodies of which are not freed.
func (x *Index) deleteSelected(ctx context.Context, op string, filter *qdrant.Filter, freeing bool) error {
	payload := qdrant.NewWithPayload(false)
	if freeing {
		payload = bodyOnly
	}
	del := &qdrant.DeletePoints{CollectionName: x.name, Wait: qdrant.PtrOf(true), Ordering: &qdrant.WriteOrdering{Type: qdrant.WriteOrderingType_Strong}}
	for {
		found, err := x.client.Scroll(ctx, &qdrant.ScrollPoints{CollectionName: x.name, Filter: filter, Limit: qdrant.PtrOf(uint32(maxDeleted)),
			WithPayload: payload, WithVectors: qdrant.NewWithVectors(false)})
		last := err == nil && len(found) < maxDeleted
		if err == nil {
			del.Points = qdrant.NewPointsSelectorFilter(filter)
			if !last {
				del.Points = qdrant.NewPointsSelectorIDs(idsOf(found))
			}
			_, err = x.client.Delete(ctx, del)
		}
		if err == nil && freeing {
			x.free(found)
		}
		switch {
		case err != nil && isAbsent(err):
			return nil
		case err != nil:
			return failed(op, err)
		case last:
			return nil
		}
	}
}

func idsOf(points []*qdrant.RetrievedPoint) []*qdrant.PointId {
	ids := make([]*qdrant.PointId, len(points))
	for i, p := range points {
		ids[i] = p.GetId()
	}
	return ids
}

// deleteIDs deletes points.
func (x *Index) deleteIDs(ctx context.Context, op string, ids []*qdrant.PointId) error {
	found, err := x.withBodies(ctx, ids)
	if err == nil {
		_, err = x.client.Delete(ctx, &qdrant.DeletePoints{CollectionName: x.name, Wait: qdrant.PtrOf(true), Points: qdrant.NewPointsSelectorIDs(ids)})
	}
	switch {
	case err != nil && isAbsent(err):
		return nil
	case err != nil:
		return failed(op, err)
	}
	x.free(found)
	return nil
}

// bodyOnly selects of the payload what free needs.
var bodyOnly = qdrant.NewWithPayloadInclude(fieldBody, fieldExpires)

// withBodies returns the points that are there, for free. Nobody is told of bodies: it returns none.
func (x *Index) withBodies(ctx context.Context, ids []*qdrant.PointId) ([]*qdrant.RetrievedPoint, error) {
	if x.freed == nil {
		return nil, nil
	}
	return x.client.Get(ctx, &qdrant.GetPoints{CollectionName: x.name, Ids: ids, WithPayload: bodyOnly})
}

// replacedBodies returns the points that a batch replaces by others with another body. What another
// replica inserts meanwhile is not among them.
func (x *Index) replacedBodies(ctx context.Context, batch []*qdrant.PointStruct) (replaced []*qdrant.RetrievedPoint, err error) {
	bodies := map[string]string{}
	ids := make([]*qdrant.PointId, len(batch))
	for i, p := range batch {
		ids[i] = p.GetId()
		bodies[p.GetId().GetUuid()] = p.GetPayload()[fieldBody].GetStringValue()
	}
	found, err := x.withBodies(ctx, ids)
	if isAbsent(err) {
		return nil, nil
	}
	for _, p := range found {
		if p.GetPayload()[fieldBody].GetStringValue() != bodies[p.GetId().GetUuid()] {
			replaced = append(replaced, p)
		}
	}
	return replaced, err
}

// free tells of the bodies of points that are gone.
func (x *Index) free(gone []*qdrant.RetrievedPoint) {
	for _, p := range gone {
		if body := p.GetPayload()[fieldBody].GetStringValue(); body != "" {
			x.freed(body, time.Unix(p.GetPayload()[fieldExpires].GetIntegerValue(), 0))
		}
	}
}
