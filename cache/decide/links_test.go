package decide_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sluicegate/sluice/cache/decide"
	"github.com/sluicegate/sluice/cache/key"
)

// TestLinks holds that groups whose answers equal the same fresh ones count as one, that one doubtful
// comparison is not enough, and that later ones take a link back.
func TestLinks(t *testing.T) {
	a, b, c := key.Digest{1}, key.Digest{2}, key.Digest{3}
	type compared struct {
		groups []key.Digest
		same   []bool
		noise  float64
	}
	both, apart := []bool{true, true}, []bool{true, false}
	for name, test := range map[string]struct {
		told []compared
		want [3]int // of each neighbour: the first that shares its group
	}{
		"nothing is known":           {nil, [3]int{0, 1, 2}},
		"two equal the fresh one":    {[]compared{{[]key.Digest{a, c}, both, 0}}, [3]int{0, 1, 0}},
		"by way of a third":          {[]compared{{[]key.Digest{a, b}, both, 0}, {[]key.Digest{b, c}, both, 0}}, [3]int{0, 0, 0}},
		"a judge says so":            {[]compared{{[]key.Digest{a, b}, both, .05}}, [3]int{0, 1, 2}},
		"a judge says so twice":      {[]compared{{[]key.Digest{a, b}, both, .05}, {[]key.Digest{b, a}, both, .05}}, [3]int{0, 0, 2}},
		"it is taken back":           {[]compared{{[]key.Digest{a, b}, both, 0}, {[]key.Digest{a, b}, apart, 0}}, [3]int{0, 1, 2}},
		"both differ from it":        {[]compared{{[]key.Digest{a, b}, []bool{false, false}, 0}}, [3]int{0, 1, 2}},
		"of three, two are the same": {[]compared{{[]key.Digest{a, b, c}, []bool{true, false, true}, 0}}, [3]int{0, 1, 0}},
	} {
		links := decide.NewLinks()
		for _, told := range test.told {
			links.Compared(told.groups, told.same, told.noise)
		}
		near := []decide.Neighbour{
			{Group: decide.Group{ID: a, Questions: 1, Same: 1, LeastSame: .8}},
			{Group: decide.Group{ID: b, Questions: 2, Different: 3, MostDifferent: .7}},
			{Group: decide.Group{ID: c, Questions: 4, Same: 5, LeastSame: .6}},
		}
		links.Join(near)
		for i, want := range test.want {
			if near[i].Group != near[want].Group || want == i && i > 0 && near[i].Group.ID == near[0].Group.ID {
				t.Errorf("%s: %d has %+v", name, i, near[i].Group)
			}
		}
		if g := near[0].Group; test.want == [3]int{0, 0, 0} && g != (decide.Group{ID: a, Questions: 7, Same: 6, Different: 3, LeastSame: .6, MostDifferent: .7}) {
			t.Errorf("%s: %+v", name, g)
		}
	}
}

// TestLinksAfterRestart holds that links that are told, all at once or as they change, are the same
// afterwards, and that no file gives more evidence than comparisons can.
func TestLinksAfterRestart(t *testing.T) {
	a, b, c := key.Digest{1}, key.Digest{2}, key.Digest{3}
	before := decide.NewLinks()
	before.Compared([]key.Digest{a, b}, []bool{true, true}, 0)
	old := before.All()
	before.Changes()
	before.Compared([]key.Digest{b, c}, []bool{true, false}, .05)
	changed := before.Changes()
	if len(old) != 1 || len(changed) != 1 || len(before.Changes()) != 0 {
		t.Fatalf("%v, then %v", old, changed)
	}
	after := decide.NewLinks()
	after.Restore(old)
	after.Restore(changed)
	byPair := cmpopts.SortSlices(func(x, y decide.Link) bool { return x.Evidence < y.Evidence })
	if diff := cmp.Diff(before.All(), after.All(), byPair); diff != "" {
		t.Error(diff)
	}
	after.Restore([]decide.Link{{Groups: [2]key.Digest{a, b}, Evidence: 1e9}, {Groups: [2]key.Digest{a, c}, Evidence: float32(math.NaN())}})
	for _, l := range after.All() {
		if !(l.Evidence <= 12) {
			t.Errorf("%+v", l)
		}
	}
}
