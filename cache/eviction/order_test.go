package eviction

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

type thingOne struct {
	Place[thingOne]
	n int
}

// TestOrder compares the order with a slice, over random changes.
func TestOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var o Order[thingOne, *thingOne]
	var want []*thingOne
	for n := range 2000 {
		switch at := r.IntN(len(want) + 1); {
		case at == len(want) || r.IntN(3) == 0:
			x := &thingOne{n: n}
			o.Push(x)
			want = append(want, x)
		case r.IntN(3) == 0: // it is used
			x := want[at]
			o.Remove(x)
			o.Push(x)
			want = append(slices.Delete(want, at, at+1), x)
		default:
			o.Remove(want[at])
			if want[at].Place != (Place[thingOne]{}) {
				t.Fatal("what was removed keeps others in memory")
			}
			want = slices.Delete(want, at, at+1)
		}
		if got := slices.Collect(o.All()); !slices.Equal(got, want) {
			t.Fatalf("after %d changes: %v, want %v", n, fmt.Sprint(got), fmt.Sprint(want))
		}
		if first := o.First(); len(want) == 0 && first != nil || len(want) > 0 && first != want[0] {
			t.Fatalf("after %d changes: %v is first of %d", n, first, len(want))
		}
	}
}
