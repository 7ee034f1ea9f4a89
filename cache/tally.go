package cache

import (
	"maps"
	"sync"
	"time"
)

// Tally counts what the cache did for one workspace.
type Tally struct {
	Exact, Alias, Near uint64 // hits
	Misses             uint64
	Refreshes          uint64
	Observed           uint64 // that would have been hits

	Saved         int64         // nano-USD, by hits
	SavedTime     time.Duration // that the calls of the stored answers took
	WouldSave     int64         // nano-USD, by Observed
	WouldSaveTime time.Duration

	Judged, Shadowed uint64 // calls of the judge, and shadow calls
	ChecksCost       int64  // nano-USD, of both
}

// tallies are by workspace id.
type tallies struct {
	mu      sync.Mutex
	byID    map[string]Tally
	changed map[string]bool // since changes was called
}

func newTallies() *tallies { return &tallies{byID: map[string]Tally{}, changed: map[string]bool{}} }

func (t *tallies) change(workspace string, f func(*Tally)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	tally := t.byID[workspace]
	f(&tally)
	t.byID[workspace] = tally
	t.changed[workspace] = true
}

func (t *tallies) hit(workspace, tier string, e *entry) {
	t.change(workspace, func(tally *Tally) {
		switch tier {
		case "exact":
			tally.Exact++
		case "alias":
			tally.Alias++
		default:
			tally.Near++
		}
		tally.Saved += e.cost
		tally.SavedTime += e.took
	})
}

func (t *tallies) observe(workspace string, e *entry) {
	t.change(workspace, func(tally *Tally) {
		tally.Observed++
		tally.WouldSave += e.cost
		tally.WouldSaveTime += e.took
	})
}

func (t *tallies) of(workspace string) Tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byID[workspace]
}

func (t *tallies) all() map[string]Tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.byID)
}

// changes returns the tallies that have changed since it was called last.
func (t *tallies) changes() map[string]Tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make(map[string]Tally, len(t.changed))
	for workspace := range t.changed {
		out[workspace] = t.byID[workspace]
	}
	clear(t.changed)
	return out
}

func (t *tallies) restore(all map[string]Tally) {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.Copy(t.byID, all)
}
