package main

import (
	"context"
	"fmt"
	"time"

	"github.com/sluicegate/sluice/test/sluice"
)

// Half load is half of the processor time that the server takes at its most, good and hostile
// traffic together. Processor time is measured, because hostile calls cost very different
// amounts, and most of them answer nothing.
const (
	halfLoad     = 0.5
	hostileShare = 0.4 // of the half load, at most
	hostileTime  = 20 * time.Second
)

// load is how much traffic makes half load.
type load struct {
	rate float64 // good calls a second
	slow float64 // of hostility
}

// calibrate measures what good calls and hostile traffic cost.
func calibrate(ctx context.Context, p *sluice.Process, seed uint64, most *traffic) (load, error) {
	cpu, err := cores(p, func() { most.closed(ctx, 8, capacityTime) })
	if err != nil {
		return load{}, err
	}
	perCall := cpu * capacityTime.Seconds() / float64(most.count())
	bad := hostility{p: p, seed: seed, slow: 1}
	timed, cancel := context.WithTimeout(ctx, hostileTime)
	defer cancel()
	hostile, err := cores(p, func() { bad.run(timed) })
	if err != nil {
		return load{}, err
	}
	l := load{slow: max(hostile/(halfLoad*hostileShare*cpu), 1)}
	l.rate = (halfLoad*cpu - hostile/l.slow) / perCall
	fmt.Printf("at most %.0f calls/s, which take %.2f of a processor, %.2f ms a call; hostile traffic alone takes %.2f\n", float64(most.count())/capacityTime.Seconds(), cpu, perCall*1e3, hostile)
	fmt.Printf("half load: %.0f good calls/s, hostile traffic at 1/%.1f of its pace\n", l.rate, l.slow)
	return l, nil
}

// cores is how many processors the server takes while f runs.
func cores(p *sluice.Process, f func()) (float64, error) {
	before, err := p.Usage()
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	f()
	took := time.Since(begin)
	after, err := p.Usage()
	return (after.CPU - before.CPU).Seconds() / took.Seconds(), err
}
