package promise

// ring keeps the last values that were added.
type ring[T any] struct {
	values []T // in no order once there are limit
	limit  int
	next   int // the oldest, once there are limit
	added  int // ever
}

func newRing[T any](limit int) ring[T] { return ring[T]{limit: limit} }

func (r *ring[T]) add(v T) {
	r.added++
	if len(r.values) < r.limit {
		r.values = append(r.values, v)
		return
	}
	r.values[r.next] = v
	r.next = (r.next + 1) % r.limit
}

// ordered returns the values, the oldest first.
func (r *ring[T]) ordered() []T {
	if len(r.values) < r.limit {
		return append([]T(nil), r.values...)
	}
	return append(append([]T(nil), r.values[r.next:]...), r.values[:r.next]...)
}

// last returns the last n values, the oldest first, as far as they are kept.
func (r *ring[T]) last(n int) []T {
	values := r.ordered()
	return values[max(len(values)-n, 0):]
}

// keep forgets all but the last n values.
func (r *ring[T]) keep(n int) {
	values := r.ordered()
	r.values, r.next = values[max(len(values)-n, 0):], 0
}
