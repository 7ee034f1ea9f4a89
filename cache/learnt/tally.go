package learnt

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

// Tallies are by workspace id. They are safe for concurrent use.
type Tallies struct {
	mu      sync.Mutex
	byID    map[string]Tally
	changed map[string]bool // since changes was called
}

func newTallies() *Tallies { return &Tallies{byID: map[string]Tally{}, changed: map[string]bool{}} }

// Change changes the tally of a workspace.
func (t *Tallies) Change(workspace string, f func(*Tally)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	tally := t.byID[workspace]
	f(&tally)
	t.byID[workspace] = tally
	t.changed[workspace] = true
}

// Hit counts a hit of a tier, and what it saved.
func (t *Tallies) Hit(workspace, tier string, saved int64, took time.Duration) {
	t.Change(workspace, func(tally *Tally) {
		switch tier {
		case "exact":
			tally.Exact++
		case "alias":
			tally.Alias++
		default:
			tally.Near++
		}
		tally.Saved += saved
		tally.SavedTime += took
	})
}

// Observe counts what would have been a hit, and what it would have saved.
func (t *Tallies) Observe(workspace string, saved int64, took time.Duration) {
	t.Change(workspace, func(tally *Tally) {
		tally.Observed++
		tally.WouldSave += saved
		tally.WouldSaveTime += took
	})
}

// Of returns the tally of a workspace.
func (t *Tallies) Of(workspace string) Tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byID[workspace]
}

func (t *Tallies) all() map[string]Tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.byID)
}

// changes returns the tallies that have changed since it was called last.
func (t *Tallies) changes() map[string]Tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make(map[string]Tally, len(t.changed))
	for workspace := range t.changed {
		out[workspace] = t.byID[workspace]
	}
	clear(t.changed)
	return out
}

func (t *Tallies) restore(all map[string]Tally) {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.Copy(t.byID, all)
}
