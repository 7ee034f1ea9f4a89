package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sort"
	"sync"
	"time"
)

// load asks for the same thing over and over from c clients, each with its own connection,
// each waiting for its answer before it asks again.
type load struct {
	url    string
	header http.Header
	body   func(n int64) []byte // the n-th request's
	cache  string               // the cache status that every answer must have
	next   int64
}

// sample is one round of one variant.
type sample struct {
	requests int
	rps      float64
	p50, p99 time.Duration
	cpu      time.Duration // per request; 0 where there is no process between
	memory   int64
}

func (l *load) run(ctx context.Context, c int, length time.Duration, p *process) (sample, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: c, DisableCompression: true}}
	defer client.CloseIdleConnections()
	before, err := cpuOf(p)
	if err != nil {
		return sample{}, err
	}
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		all    []time.Duration
		failed error
	)
	begin := time.Now()
	for i := range c {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var mine []time.Duration
			for n := l.next + int64(i); time.Since(begin) < length && ctx.Err() == nil; n += int64(c) {
				sent := time.Now()
				if err := l.once(ctx, client, n); err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
					break
				}
				mine = append(mine, time.Since(sent))
			}
			mu.Lock()
			all = append(all, mine...)
			mu.Unlock()
		}()
	}
	wg.Wait()
	took := time.Since(begin)
	after, err := cpuOf(p)
	if failed != nil || err != nil || len(all) == 0 {
		return sample{}, fmt.Errorf("%s: %w", l.url, cmpErr(failed, err, ctx.Err()))
	}
	l.next += int64(len(all)) * 2
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	s := sample{requests: len(all), rps: float64(len(all)) / took.Seconds(), p50: all[len(all)/2], p99: all[len(all)*99/100]}
	if p != nil {
		s.cpu = (after - before) / time.Duration(len(all))
		s.memory = p.memory()
	}
	return s, nil
}

func (l *load) once(ctx context.Context, client *http.Client, n int64) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url, bytes.NewReader(l.body(n)))
	if err != nil {
		return err
	}
	req.Header = l.header
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d: %s", res.StatusCode, text)
	}
	if status := res.Header.Get("X-Sluice-Cache-Status"); err == nil && status != l.cache {
		err = fmt.Errorf("cache status %q, want %q", status, l.cache)
	}
	return err
}

func cpuOf(p *process) (time.Duration, error) {
	if p == nil {
		return 0, nil
	}
	return p.cpu()
}

func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return fmt.Errorf("no request was answered")
}
