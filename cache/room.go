package cache

import "sync"

// rooms hold the vectors of questions under way. Where the embedder writes in place and the
// index is in this process, which keeps a copy and at once, nobody has a use for a vector when
// its question is answered and stored: the next one is written over it. A question that ends
// in another way keeps its room; the pool makes a new one.
type rooms struct {
	embedder InPlace
	pool     sync.Pool // *room
}

type room struct{ vector []float32 }

// newRooms gives nil if vectors must have memory of their own.
func newRooms(s *Service) *rooms {
	embedder, ok := s.Embedder.(InPlace)
	if !ok || s.local == nil || s.archive != nil {
		return nil
	}
	dim := s.Embedder.Dim()
	return &rooms{embedder, sync.Pool{New: func() any { return &room{make([]float32, dim)} }}}
}

// embed gives q its vector, in a room that is its own until it leaves.
func (r *rooms) embed(q *question) {
	q.room = r.pool.Get().(*room)
	q.vector = q.room.vector
	r.embedder.EmbedInto(q.vector, q.text)
}

// leave is the end of q's vector. It may have none.
func (r *rooms) leave(q *question) {
	if q.room == nil {
		return
	}
	r.pool.Put(q.room)
	q.room, q.vector = nil, nil
}
