package main

import (
	"fmt"
	"io"
	"runtime"
	"sort"
	"text/tabwriter"
	"time"
)

type variant struct {
	name    string
	load    *load
	process *process
	samples []sample
}

// report prints the medians, and the ratios to the bare proxy taken round by round.
func report(w io.Writer, variants []*variant, rounds int, length time.Duration, c int) {
	fmt.Fprintf(w, "%d interleaved rounds of %v, %d clients, 1 KB in and out, %s, %d cores\n\n", rounds, length, c, runtime.Version(), runtime.NumCPU())
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "variant\tCPU/request\tp50\tp99\trequests/s\tmemory\tCPU / bare (min–max)\t")
	bare := variants[1]
	for _, v := range variants {
		cpu, ratio, mem := "–", "–", "–"
		if v.process != nil {
			cpu = fmt.Sprintf("%d µs", pick(v.samples, func(s sample) int64 { return s.cpu.Microseconds() }))
			mem = fmt.Sprintf("%d MiB", pick(v.samples, func(s sample) int64 { return s.memory >> 20 }))
			ratio = ratios(v, bare)
		}
		fmt.Fprintf(t, "%s\t%s\t%d µs\t%d µs\t%d\t%s\t%s\t\n", v.name, cpu,
			pick(v.samples, func(s sample) int64 { return s.p50.Microseconds() }),
			pick(v.samples, func(s sample) int64 { return s.p99.Microseconds() }),
			pick(v.samples, func(s sample) int64 { return int64(s.rps) }), mem, ratio)
	}
	_ = t.Flush()
}

func ratios(v, bare *variant) string {
	rs := make([]float64, len(v.samples))
	for i := range v.samples {
		rs[i] = float64(v.samples[i].cpu) / float64(bare.samples[i].cpu)
	}
	sort.Float64s(rs)
	return fmt.Sprintf("%.2f (%.2f–%.2f)", rs[len(rs)/2], rs[0], rs[len(rs)-1])
}

func pick(samples []sample, f func(sample) int64) int64 {
	xs := make([]int64, len(samples))
	for i, s := range samples {
		xs[i] = f(s)
	}
	sort.Slice(xs, func(i, j int) bool { return xs[i] < xs[j] })
	return xs[len(xs)/2]
}
