// Package eviction keeps things in the order in which they are evicted. The order is a list whose links are
// in the things, so that it takes no memory of its own, and a thing leaves it at once from wherever it
// stands. It has no lock: who owns it has one.
package eviction

import "iter"

// Place is where a thing stands in an Order. Things embed it; its zero value stands nowhere.
type Place[T any] struct{ sooner, later *T }

func (p *Place[T]) place() *Place[T] { return p } //nolint:unused // an Order calls it, by the constraint thing

// thing is a pointer to a T, which embeds a Place.
type thing[T any] interface {
	*T
	place() *Place[T]
}

// Order is the order of things. The zero value is empty.
type Order[T any, P thing[T]] struct{ first, last P }

// First returns what is evicted next, nil if there is nothing.
func (o *Order[T, P]) First() P { return o.first }

// Push puts a thing last. It stands in no order yet.
func (o *Order[T, P]) Push(x P) {
	at := x.place()
	at.sooner, at.later = o.last, nil
	if o.last != nil {
		o.last.place().later = x
	} else {
		o.first = x
	}
	o.last = x
}

// Remove removes a thing that stands in the order.
func (o *Order[T, P]) Remove(x P) {
	at := x.place()
	if sooner := P(at.sooner); sooner != nil {
		sooner.place().later = at.later
	} else {
		o.first = at.later
	}
	if later := P(at.later); later != nil {
		later.place().sooner = at.sooner
	} else {
		o.last = at.sooner
	}
	*at = Place[T]{}
}

// All yields the things, what is evicted next first. The order does not change meanwhile.
func (o *Order[T, P]) All() iter.Seq[P] {
	return func(yield func(P) bool) {
		for x := o.first; x != nil && yield(x); x = x.place().later {
		}
	}
}
