package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/test/sluice"
)

// watcher samples the process.
type watcher struct {
	p       *sluice.Process
	before  float64 // goroutines when the traffic began
	cores   float64 // processors that the server takes
	samples []sample
}

type sample struct{ rss, goroutines float64 }

const sampleTime = 2 * time.Second

// run samples until ctx ends, and prints a line a minute.
func (w *watcher) run(ctx context.Context) {
	w.before, _ = goroutines(ctx, w.p) // 0 makes the bound stricter
	begin, printed := time.Now(), time.Now()
	start, err := w.p.Usage()
	for {
		select {
		case <-ctx.Done():
			if end, err2 := w.p.Usage(); err == nil && err2 == nil {
				w.cores = (end.CPU - start.CPU).Seconds() / time.Since(begin).Seconds()
			}
			return
		case <-time.After(sampleTime):
		}
		u, err := w.p.Usage()
		if err != nil {
			continue // the process has ended, which the report tells
		}
		n, err := goroutines(ctx, w.p)
		if err != nil {
			continue
		}
		w.samples = append(w.samples, sample{float64(u.RSS) / (1 << 20), n})
		if time.Since(printed) >= time.Minute {
			printed = time.Now()
			fmt.Printf("%6s  resident %4d MiB, peak %4d MiB, data %4d MiB, goroutines %.0f, %.2f of a processor\n", time.Since(begin).Round(time.Second), u.RSS>>20, u.PeakRSS>>20, u.DataSize>>20, n,
				(u.CPU-start.CPU).Seconds()/time.Since(begin).Seconds())
		}
	}
}

// mean averages the samples of a part of the time, from 0 to 1.
func (w *watcher) mean(from, to float64) (m sample) {
	part := w.samples[int(from*float64(len(w.samples))):int(to*float64(len(w.samples)))]
	for _, s := range part {
		m.rss += s.rss / float64(len(part))
		m.goroutines += s.goroutines / float64(len(part))
	}
	return m
}

func (w *watcher) peak() (most float64) {
	for _, s := range w.samples {
		most = max(most, s.rss)
	}
	return most
}

// goroutines asks /metrics.
func goroutines(ctx context.Context, p *sluice.Process) (float64, error) {
	a := p.Do(ctx, sluice.Call{Path: "/metrics", Key: "-", Within: 5 * time.Second})
	for line := range strings.Lines(a.Body) {
		if value, ok := strings.CutPrefix(line, "go_goroutines "); ok {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, fmt.Errorf("no go_goroutines in /metrics: %s", a.Brief())
}
