package seal

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Value is a sealed value of the control database.
type Value struct {
	Table, Row, Column string   // what it is sealed for
	Keys               []string // of its row, for the store
	Sealed             []byte   // of an envelope the head alone
}

// Store gives the sealed values of the control database, wherever they stand.
type Store interface {
	// SealedTables names the tables with sealed values. The first one holds the canary alone.
	SealedTables() []string
	// SealedOtherwise lists values of a table that do not begin with prefix, in the order of their
	// rows, from the skipped-th on.
	SealedOtherwise(ctx context.Context, table string, prefix []byte, skip, limit int) ([]Value, error)
	// ReplaceSealed replaces the head of a value, or all of it, if it still begins with what was
	// read. What changed meanwhile is left.
	ReplaceSealed(ctx context.Context, v Value, by []byte, whole bool) error
	// ReplaceCanary is ReplaceSealed for the canary. Other processes are told.
	ReplaceCanary(ctx context.Context, v Value, by []byte, whole bool) error
}

// RotationStatus tells how far a rotation is.
type RotationStatus struct {
	Active   string   // id of the master key that values are sealed with
	Known    []string // ids of the keys that this process knows, the one to rotate to first
	Running  bool
	Resealed int    // values since the process started
	Left     int    // values that a pass could not open with any known key
	Problem  string // why the last run failed; "" = it did not
}

// Rotation makes the first key of a cipher the active one, and seals everything with it. Safe for
// concurrent use; Close ends it and waits.
type Rotation struct {
	cipher *Cipher
	store  Store
	log    *slog.Logger
	settle time.Duration // values sealed with the earlier key may be stored for so long
	done   func() error  // called after a complete run

	ctx     context.Context
	stop    context.CancelFunc
	running sync.WaitGroup

	mu     sync.Mutex
	status RotationStatus
}

// batch is how many values are read and replaced at a time.
const batch = 100

// NewRotation makes a rotation. settle is how long values that were sealed with the earlier key
// may still be stored, by writes under way here and by other processes; 0 if there are none. done, which may be nil, is called
// when everything is sealed with the first key.
func NewRotation(cipher *Cipher, store Store, settle time.Duration, done func() error, log *slog.Logger) *Rotation {
	r := &Rotation{cipher: cipher, store: store, settle: settle, done: done, log: log}
	r.ctx, r.stop = context.WithCancel(context.Background())
	return r
}

// Begin starts a run in the background, unless one is under way.
func (r *Rotation) Begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.status.Running || r.ctx.Err() != nil {
		return
	}
	r.status.Running, r.status.Problem = true, ""
	r.running.Go(func() {
		err := r.run(r.ctx)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.status.Running = false
		if err != nil {
			r.status.Problem = gateway.AsError(err).Public
			r.log.Error("the rotation of the master key did not end; start it again", "error", err)
			return
		}
		r.log.Info("the master key is rotated", "active", r.cipher.Active(), "left", r.status.Left)
	})
}

// Status tells how far it is.
func (r *Rotation) Status() RotationStatus {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.status
	out.Active, out.Known = r.cipher.Active(), r.cipher.Known()
	return out
}

// Close ends a run between two batches. The next start goes on with it.
func (r *Rotation) Close(context.Context) error {
	r.mu.Lock()
	r.stop()
	r.mu.Unlock()
	r.running.Wait()
	return nil
}

// run repeats passes until one finds nothing to do.
func (r *Rotation) run(ctx context.Context) error {
	tables := r.store.SealedTables()
	if err := r.switchCanary(ctx, tables[0]); err != nil {
		return err
	}
	for first := true; ; first = false {
		replaced, left, err := r.pass(ctx, tables)
		if err != nil {
			return err
		}
		r.mu.Lock()
		r.status.Left = left
		r.mu.Unlock()
		if replaced == 0 && (!first || r.settle == 0) {
			if left == 0 && r.done != nil {
				return r.done()
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(r.settle):
		}
	}
}

// switchCanary makes the first key the active one, here and for all processes.
func (r *Rotation) switchCanary(ctx context.Context, table string) error {
	c := r.cipher
	before := c.active.Load()
	if before == c.first() {
		return nil
	}
	values, err := r.store.SealedOtherwise(ctx, table, c.first().prefix(), 0, 1)
	if err != nil || len(values) == 0 {
		c.active.Store(c.first()) // another process has switched it
		return err
	}
	c.active.Store(c.first())
	by, whole, err := c.Reseal(values[0].Table, values[0].Row, values[0].Column, values[0].Sealed)
	if err == nil {
		err = r.store.ReplaceCanary(ctx, values[0], by, whole)
	}
	if err != nil {
		c.active.Store(before)
	}
	return err
}

func (r *Rotation) pass(ctx context.Context, tables []string) (replaced, left int, err error) {
	for _, table := range tables {
		skip := 0 // those that no known key opens
		for {
			values, err := r.store.SealedOtherwise(ctx, table, r.cipher.ActivePrefix(), skip, batch)
			if err != nil {
				return replaced, left, err
			}
			for _, v := range values {
				by, whole, err := r.cipher.Reseal(v.Table, v.Row, v.Column, v.Sealed)
				if err != nil {
					skip++
					continue
				}
				if err := r.store.ReplaceSealed(ctx, v, by, whole); err != nil {
					return replaced, left, err
				}
				replaced++
				r.mu.Lock()
				r.status.Resealed++
				r.mu.Unlock()
			}
			if len(values) < batch {
				break
			}
		}
		left += skip
	}
	return replaced, left, nil
}
