package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/sluicegate/sluice/cache/embed"
	"github.com/sluicegate/sluice/gateway"
)

// scales are the numbers of entries that are measured.
var scales = []int{50_000, 200_000}

// scaleLookups is how many new questions meet a full cache.
const scaleLookups = 2_000

// scaleRow is the row of one number of entries.
const scaleRow = "%9s %12s %10s %10s %10s %16s %10s %9s %9s\n"

// runScale shows what entries of the built-in embedder cost, through the stage of the cache and
// with an upstream that answers at once. All questions are of one partition: the worst case.
func runScale(ctx context.Context, o options) error {
	fmt.Printf("\nentries in the process, built-in embedder, one partition\n\n")
	fmt.Printf(scaleRow, "entries", "lookup p50", "p99", "cpu p50", "p99", "bytes per entry", "snapshot", "written", "restart")
	for _, entries := range scales {
		folder, err := os.MkdirTemp("", "sluice-scale-")
		if err != nil {
			return err
		}
		err = measureScale(ctx, filepath.Join(folder, "cache"), entries, o.seed)
		if err = errors.Join(err, os.RemoveAll(folder)); err != nil {
			return err
		}
	}
	return nil
}

func measureScale(ctx context.Context, file string, entries int, seed uint64) error {
	if _, err := (embed.Builtin{}).Embed(ctx, []string{"the table is loaded once"}); err != nil {
		return err
	}
	before := heap()
	s, err := openStage(embed.Builtin{}, file)
	if err != nil {
		return err
	}
	defer func() { _ = s.service.Close(context.WithoutCancel(ctx)) }() // the second time, after an error only
	ask := questions(seed)
	for range entries {
		if _, err := s.ask(ctx, asked{workspace: "w", text: ask()}, gateway.CachePolicy{Mode: gateway.CacheFixed, Threshold: .99}); err != nil {
			return err
		}
	}
	if err := s.service.Learnt(ctx); err != nil {
		return err
	}
	time.Sleep(2 * time.Second) // the journal keeps what was stored in the last second
	stored := s.service.Stats().Entries
	if points, _ := s.index.Len(); points != stored || stored < entries*9/10 { // some questions come twice
		return fmt.Errorf("%d points and %d answers of %d questions", points, stored, entries)
	}
	perEntry := (heap()-before)/int64(stored) - int64(len(s.answer()))
	costs := make([]cost, 0, scaleLookups)
	for range scaleLookups {
		c, err := s.ask(ctx, asked{workspace: "w", text: ask()}, gateway.CachePolicy{Mode: gateway.CacheGuarded, MaxError: gateway.DefaultMaxError})
		if err != nil {
			return err
		}
		costs = append(costs, c)
	}
	began := time.Now()
	if err := s.service.Close(ctx); err != nil {
		return err
	}
	written := time.Since(began)
	size, err := os.Stat(file)
	if err != nil {
		return err
	}
	began = time.Now()
	again, err := openStage(embed.Builtin{}, file)
	if err != nil {
		return err
	}
	restart := time.Since(began)
	if n := again.service.Stats().Entries; n < stored {
		return errors.Join(fmt.Errorf("%d of %d entries after a restart", n, stored), again.service.Warning(), again.service.Close(ctx))
	}
	fmt.Printf(scaleRow, fmt.Sprint(stored), quantile(costs, .5, cost.wall), quantile(costs, .99, cost.wall), quantile(costs, .5, cost.processor), quantile(costs, .99, cost.processor), fmt.Sprint(perEntry),
		fmt.Sprintf("%.0f MB", float64(size.Size())/1e6), fmt.Sprintf("%.1f s", written.Seconds()), fmt.Sprintf("%.1f s", restart.Seconds()))
	return again.service.Close(ctx)
}

// quantile returns the duration that a share of the lookups did not exceed.
func quantile(costs []cost, share float64, of func(cost) time.Duration) string {
	durations := make([]time.Duration, len(costs))
	for i, c := range costs {
		durations[i] = of(c)
	}
	slices.Sort(durations)
	return millis(durations[int(float64(len(durations))*share)])
}

func millis(d time.Duration) string { return fmt.Sprintf("%.2f ms", d.Seconds()*1e3) }

// heap is what is in use after a collection.
func heap() int64 {
	runtime.GC()
	runtime.GC() // finalisers of the first one
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// questions makes questions that resemble one another as those about one product do.
func questions(seed uint64) func() string {
	r := rand.New(rand.NewPCG(seed, 7))
	parts := [][]string{
		{"how do I", "where can I", "why can I not", "what happens when I", "who may", "is it possible to", "tell me how to", "explain how to", "when should I", "do I have to"},
		{"open", "close", "rename", "share", "export", "archive", "copy", "print", "restore", "sign", "translate", "approve", "import", "schedule", "review"},
		{"the invoice", "a contract", "my calendar", "the report", "a photograph", "the backup", "a spreadsheet", "the newsletter", "my profile", "a recipe", "the playlist", "the timetable", "a survey", "the ticket", "my subscription"},
		{"of my sister", "of a customer", "of the school", "of our team", "of the landlord", "of a supplier", "of the museum", "of the bank", "of my doctor", "of the airline", "of the library", "of a neighbour"},
		{"on a telephone", "in the browser", "without a password", "on holiday", "in Norway", "from the archive", "with a keyboard", "in the evening", "by letter", "at the airport", "under Linux", "in the garden"},
		{"before the meeting", "after a move", "during the winter", "while travelling", "for the audit", "despite the lock", "with a colleague", "in secret", "at no cost", "for a friend", "in a hurry", "by mistake"},
	}
	return func() string {
		words := make([]string, len(parts))
		for i, p := range parts {
			words[i] = p[r.IntN(len(p))]
		}
		return strings.Join(words, " ")
	}
}
