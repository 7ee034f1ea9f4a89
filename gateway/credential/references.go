package credential

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/recurring"
)

// references keeps the values that the references of virtual keys lead to. Calls use what is kept
// and never wait for a source. A source that fails is asked again, and what it gave last is used
// for as long as outage says.
type references struct {
	sources map[string]Source // by scheme
	outage  time.Duration
	clock   func() time.Time
	log     *slog.Logger

	mu   sync.Mutex
	kept map[string]*reading
}

// reading is what a source gave for one reference.
type reading struct {
	value  gateway.Secret // the last one that could be read
	at     time.Time      // of the last success
	due    time.Time      // of the next reading; zero = the value does not change
	failed int            // readings in a row
	err    *gateway.Error // of the last reading
	work   *recurring.Work

	used    gateway.Secret // what calls use
	refused bool           // they are refused, for lack of a value
}

const (
	readTimeout  = 10 * time.Second
	readsAtOnce  = 4
	firstReread  = time.Second
	longestRetry = 30 * time.Second
	maxValue     = 64 << 10 // bytes
)

// value returns what a reference leads to, or why it leads to nothing, for the calls that follow.
func (r *references) value(reference string) (gateway.Secret, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.kept[reference]
	v, err := r.usable(k)
	if k != nil {
		k.used, k.refused = v, err != nil
	}
	return v, err
}

// usable returns the value of a reading, unless its source has failed for too long. The caller
// holds mu.
func (r *references) usable(k *reading) (gateway.Secret, error) {
	switch {
	case k == nil:
		return gateway.Secret{}, &gateway.Error{Op: "credential.References", Kind: gateway.Unavailable, Public: "it was not read yet."}
	case k.err != nil && (k.at.IsZero() || r.clock().Sub(k.at) > r.outage):
		return gateway.Secret{}, k.err
	}
	return k.value, nil
}

// read reads those of the references that were never read. It forgets all others that are kept.
func (r *references) read(ctx context.Context, wanted map[string]bool) {
	r.mu.Lock()
	var unknown []string
	for reference := range wanted {
		if r.kept[reference] == nil {
			unknown = append(unknown, reference)
		}
	}
	for reference := range r.kept {
		if !wanted[reference] {
			delete(r.kept, reference)
		}
	}
	r.mu.Unlock()
	r.readAll(ctx, unknown)
}

// refresh reads what is due again. It reports whether a value that calls use has changed, came or
// went.
func (r *references) refresh(ctx context.Context) (changed bool) {
	now := r.clock()
	r.mu.Lock()
	var due []string
	for reference, k := range r.kept {
		if !k.due.IsZero() && !k.due.After(now) {
			due = append(due, reference)
		}
	}
	r.mu.Unlock()
	r.readAll(ctx, due)
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range r.kept {
		v, err := r.usable(k)
		changed = changed || !v.Equal(k.used) || (err != nil) != k.refused
	}
	return changed
}

func (r *references) readAll(ctx context.Context, list []string) {
	places := make(chan struct{}, readsAtOnce)
	var all sync.WaitGroup
	for _, reference := range list {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			v, err := r.ask(ctx, reference)
			r.note(reference, v, err)
		})
	}
	all.Wait()
}

// ask reads a reference at its source.
func (r *references) ask(ctx context.Context, reference string) (Value, *gateway.Error) {
	const op = "credential.References"
	scheme, path, _ := strings.Cut(reference, ":")
	source := r.sources[scheme]
	if source == nil {
		return Value{}, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "the source of '" + reference + "' is not configured."}
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	v, err := source.Read(ctx, path)
	text := v.Secret.Reveal()
	if line := OneLine(text); line != text {
		text, v.Secret = line, gateway.NewSecret(line)
	}
	switch {
	case err != nil:
		e := gateway.AsError(err)
		return Value{}, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "'" + reference + "' cannot be read: " + e.Public, Err: err}
	case text == "" || len(text) > maxValue || strings.ContainsAny(text, "\r\n\x00"):
		return Value{}, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "'" + reference + "' must hold a credential on one line."}
	}
	return v, nil
}

func (r *references) note(reference string, v Value, err *gateway.Error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.kept[reference]
	if k == nil {
		k = &reading{work: recurring.New(r.log, "a credential cannot be read where its reference leads", "a credential can be read again where its reference leads", r.clock)}
		r.kept[reference] = k
	}
	now := r.clock()
	if k.err = err; err != nil {
		if !errors.Is(err, context.Canceled) { // the process ends, or a caller has left
			k.work.Done(err, "reference", reference)
		}
		k.due = now.Add(min(firstReread<<min(k.failed, 10), longestRetry))
		k.failed++
		return
	}
	k.work.Done(nil)
	k.value, k.at, k.failed, k.due = v.Secret, now, 0, time.Time{}
	if v.MaxAge > 0 {
		k.due = now.Add(v.MaxAge)
	}
}
