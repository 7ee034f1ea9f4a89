package rollup

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/telemetrytest"
)

// samples makes exchanges of one bucket, with numbers in each column.
func samples(rnd *rand.Rand, b *Bucket, n int) {
	for range n {
		v := telemetry.Sample{Time: b.Start.Add(time.Duration(rnd.IntN(600)) * time.Second), Error: rnd.IntN(2) == 0, Hit: rnd.IntN(3) == 0, Rescued: rnd.IntN(2),
			Input: rnd.Int64N(1e9), Output: rnd.Int64N(9), Cost: rnd.Int64(), Latency: time.Duration(rnd.IntN(9e9)).Truncate(time.Microsecond), FirstChunk: -1}
		if rnd.IntN(2) == 0 {
			v.FirstChunk = v.Latency / 2
			v.FirstChunk = v.FirstChunk.Truncate(time.Microsecond)
		}
		if rnd.IntN(4) > 0 {
			v.User = string(rune('a' + rnd.IntN(5)))
		}
		var numbers [len(Columns)]int64
		for i := range numbers {
			numbers[i] = rnd.Int64N(4) - 1
		}
		b.Add(&v, &numbers)
	}
}

// TestPartsAddUp: what is packed by bucket and added up again is what was added.
func TestPartsAddUp(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	start := time.Date(2026, 11, 30, 3, 0, 0, 0, time.UTC)
	first, second := NewBucket(start), NewBucket(start.Add(Lengths[1]))
	samples(rnd, first, 60)
	samples(rnd, second, 40)
	for _, c := range Columns[:len(Columns)-1] { // buckets number their users in their own order
		got := Sums{}
		for _, b := range []*Bucket{first, second} {
			part := b.Pack(c)
			part.Names = b.Pack(User).Names
			if err := part.AddTo(got, b.Start, Wanted{Latencies: true, Users: true}); err != nil {
				t.Fatal(err)
			}
		}
		want := first.Columns[c]
		for n, part := range second.Columns[c] {
			want.of(n, true, true).Merge(part)
		}
		for _, sums := range []Sums{want, got} {
			for _, part := range sums {
				part.Latencies.Compact()
				part.FirstChunks.Compact()
			}
		}
		if d := telemetrytest.Same(want, got); d != "" {
			t.Errorf("%s: %s", c, d)
		}
	}
}

// TestDamagedPart: a part that was cut or changed is an error, and never a panic.
func TestDamagedPart(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	b := NewBucket(time.Unix(0, 0))
	samples(rnd, b, 30)
	part := b.Pack(Caller)
	part.Names = b.Pack(User).Names
	want := Wanted{Latencies: true, Users: true}
	if err := (&Part{}).AddTo(Sums{}, b.Start, want); err == nil {
		t.Error("an empty part is accepted")
	}
	cut := part
	cut.Sums = part.Sums[:len(part.Sums)-1]
	if err := cut.AddTo(Sums{}, b.Start, want); err == nil {
		t.Error("a cut part is accepted")
	}
	for range 2000 {
		broken := part
		for _, field := range []*[]byte{&broken.Sums, &broken.Times, &broken.Users, &broken.Names} {
			*field = append([]byte(nil), *field...)
			(*field)[rnd.IntN(len(*field))] = byte(rnd.Uint32())
		}
		_ = broken.AddTo(Sums{}, b.Start, want) // the numbers may be wrong
	}
}
