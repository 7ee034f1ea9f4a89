package main

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/sluicegate/sluice/test/sluice"
)

// classTime bounds one class.
const classTime = 75 * time.Second

// run runs one class against a process of its own and prints its lines of the table.
func run(ctx context.Context, a Attack, binary string, seed uint64, all bool) (held bool) {
	ctx, cancel := context.WithTimeout(ctx, classTime)
	defer cancel()
	begin := time.Now()
	r := &Result{}
	used, err := attack(ctx, a, r, binary, seed)
	r.mu.Lock() // a class whose time is over may still have goroutines that end
	defer r.mu.Unlock()
	if err != nil {
		r.falls = append(r.falls, "the class could not be run to its end: "+err.Error())
	}
	word := "held"
	if len(r.falls) > 0 {
		word = fmt.Sprintf("FELL %d", len(r.falls))
	}
	fmt.Printf("%-22s %5d tries  %-9s %6.1f s  CPU %6.2f s  RSS +%4d MiB  disk +%6.1f MiB\n", a.Name(), r.tries, word, time.Since(begin).Seconds(),
		used.CPU.Seconds(), used.RSS/mib, float64(used.Disk)/mib)
	show(r.falls, all)
	return len(r.falls) == 0
}

// show prints reproductions; without all, the first of each kind, which is what stands before the
// first colon.
func show(falls []string, all bool) {
	shown := map[string]bool{}
	for _, f := range falls {
		kind, _, _ := strings.Cut(f, ": ")
		if all || !shown[kind] {
			fmt.Printf("    %s\n", strings.Map(printable, strings.ToValidUTF8(f, "\uFFFD")))
		}
		shown[kind] = true
	}
}

func attack(ctx context.Context, a Attack, r *Result, binary string, seed uint64) (Bounds, error) {
	file := serverFile
	if own, ok := a.(interface{ File() string }); ok {
		file = own.File()
	}
	p, err := sluice.Start(ctx, binary, file)
	if err != nil {
		return Bounds{}, err
	}
	defer p.Stop()
	h := fnv.New64a()
	_, _ = h.Write([]byte(a.Name())) // never fails
	before, err := p.Usage()
	if err != nil {
		return Bounds{}, err
	}
	err = a.Run(ctx, &Target{p, rand.New(rand.NewPCG(seed, h.Sum64()))}, r)
	if !p.Running() {
		r.Check(false, "the process has ended: %s", tail(p.Output()))
		return Bounds{}, err
	}
	if err == nil {
		ready := p.Ready(ctx, 5*time.Second)
		r.Check(ready == nil, "afterwards /readyz fails: %v", ready)
	}
	after, err2 := p.Usage()
	if err2 != nil {
		return Bounds{}, err2
	}
	used := Bounds{CPU: after.CPU - before.CPU, RSS: after.PeakRSS - before.RSS, Disk: after.DataSize - before.DataSize}
	limits := a.Bounds()
	r.Check(used.CPU <= limits.CPU, "used %.1f s of processor time, at most %.1f s are expected", used.CPU.Seconds(), limits.CPU.Seconds())
	r.Check(used.RSS <= limits.RSS, "the resident set grew by %d MiB, at most %d MiB are expected", used.RSS/mib, limits.RSS/mib)
	r.Check(limits.Disk == 0 || used.Disk <= limits.Disk, "the data directory grew by %.1f MiB, at most %.1f MiB are expected", float64(used.Disk)/mib, float64(limits.Disk)/mib)
	return used, err
}

// tail is the end of a process's output.
func tail(s string) string {
	if len(s) > 600 {
		s = "…" + s[len(s)-600:]
	}
	return s
}

// quoted is s as a JSON string.
func quoted(s string) string {
	b, _ := json.Marshal(s) // a string always encodes
	return string(b)
}

func itoa(n int) string { return strconv.Itoa(n) }

// inOrder ranges over a map by its keys, so that a seed gives the same run again.
func inOrder[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

// printable replaces characters that a terminal would act on.
func printable(c rune) rune {
	if unicode.IsPrint(c) {
		return c
	}
	return '\uFFFD'
}
