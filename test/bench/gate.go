package main

import (
	"fmt"
	"time"
)

// gate is a limit that a run is held to.
type gate struct {
	name            string
	measured, limit float64
	unit            string
}

func (g gate) met() bool { return g.measured <= g.limit }

func (g gate) verdict() string {
	if g.met() {
		return "met"
	}
	return "missed"
}

func (g gate) row() string {
	return fmt.Sprintf("%s\t%.2f %s\t≤ %g %s\t%s\t", g.name, g.measured, g.unit, g.limit, g.unit, g.verdict())
}

// gates compares a run with its limits. small and single are the variants of smallCalls.
func gates(small, single []*variant, m memory) []gate {
	cpu := ratios(named(small, "on"), named(small, "bare"), sample.cpuPerRequest)
	added := median(named(single, "on"), sample.p99) - median(named(single, "direct"), sample.p99)
	return []gate{
		{name: "CPU per request, on / bare", measured: cpu[len(cpu)/2], limit: 3},
		{name: "p99 that on adds to direct, one client", measured: milliseconds(added), limit: 1, unit: "ms"},
		{name: "memory of an idle server", measured: float64(m.before.bytes) / 1e6, limit: 60, unit: "MB"},
		{name: "memory per idle stream", measured: float64(m.perStream()) / (1 << 10), limit: 64, unit: "KiB"},
	}
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1e3 }

func named(variants []*variant, name string) *variant {
	for _, v := range variants {
		if v.name == name {
			return v
		}
	}
	panic("no variant " + name)
}
