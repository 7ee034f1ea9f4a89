package main

import (
	"slices"
	"time"
)

// sample is one round of one variant.
type sample struct {
	took       time.Duration
	cpu        time.Duration   // used by the process between
	memory     int64           // bytes, at the end of the round
	first, all []time.Duration // per request: to the first chunk, to the end
	chunks     int
}

func (s *sample) add(replies []reply) {
	for _, r := range replies {
		s.first = append(s.first, r.first)
		s.all = append(s.all, r.all)
		s.chunks += r.chunks
	}
}

func (s *sample) sort() {
	slices.Sort(s.first)
	slices.Sort(s.all)
}

func (s sample) cpuPerRequest() time.Duration { return s.cpu / time.Duration(len(s.all)) }
func (s sample) cpuPerChunk() time.Duration   { return s.cpu / time.Duration(s.chunks) }
func (s sample) requestsPerSecond() float64   { return float64(len(s.all)) / s.took.Seconds() }
func (s sample) chunksPerSecond() float64     { return float64(s.chunks) / s.took.Seconds() }
func (s sample) p50() time.Duration           { return percentile(s.all, 50) }
func (s sample) p99() time.Duration           { return percentile(s.all, 99) }
func (s sample) firstP50() time.Duration      { return percentile(s.first, 50) }
func (s sample) firstP99() time.Duration      { return percentile(s.first, 99) }

// percentile takes sorted durations.
func percentile(sorted []time.Duration, p int) time.Duration { return sorted[len(sorted)*p/100] }

type number interface{ ~int64 | ~float64 }

// median is that of one figure over all rounds of a variant.
func median[N number](v *variant, figure func(sample) N) N {
	all := make([]N, len(v.samples))
	for i, s := range v.samples {
		all[i] = figure(s)
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// ratios are those of one duration of v to that of base, round by round, sorted.
func ratios(v, base *variant, figure func(sample) time.Duration) []float64 {
	all := make([]float64, len(v.samples))
	for i := range v.samples {
		all[i] = float64(figure(v.samples[i])) / float64(figure(base.samples[i]))
	}
	slices.Sort(all)
	return all
}
