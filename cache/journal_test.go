package cache_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/key"
	"github.com/sluicegate/sluice/gateway"
)

// killed copies the files of a cache as they are, once the journal has so many bytes: what a
// process that is killed leaves behind.
func killed(t *testing.T, file string, atLeast int64) string {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		info, err := os.Stat(file + ".journal")
		if err == nil && info.Size() > atLeast {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the journal was not written: %v", err)
		}
	}
	left := filepath.Join(t.TempDir(), "cache.snapshot")
	for _, suffix := range []string{"", ".journal", ".journal.before"} {
		if b, err := os.ReadFile(file + suffix); err == nil {
			if err := os.WriteFile(left+suffix, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return left
}

// killedAfter is killed once the journal has the answer to a question.
func killedAfter(t *testing.T, file, text string) string {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		probe := killed(t, file, 0)
		if f, _ := newRig(t, func(c *cache.Config) { c.File = probe }).ask(chat(text)); f.Cache.Status.Hit() {
			return killed(t, file, 0)
		}
	}
	t.Fatalf("the journal never had the answer to %q", text)
	return ""
}

func size(t *testing.T, file string) int64 {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		return 0
	}
	return info.Size()
}

// TestKilled holds that a process that is killed loses no more than what it stored last, and that
// what was removed stays removed.
func TestKilled(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cache.snapshot")
	open := func(file string) *rig { return newRig(t, func(c *cache.Config) { c.File = file }) }
	r := open(file)
	r.ask(chat("Who wrote Hamlet?"), func(ex *gateway.Exchange) { ex.ID = "gone" })
	r.ask(chat(question))
	left := killedAfter(t, file, rewording)
	before := size(t, file+".journal")
	b := open(left)
	for text, want := range map[string]string{question: "HIT exact", rewording: "SEMANTIC HIT semantic", "Who wrote Hamlet?": "HIT exact"} {
		if f, _ := b.ask(chat(text)); outcome(f) != want {
			t.Errorf("%q: %+v", text, f.Cache)
		}
	}
	if n, err := r.cache.Purge(context.Background(), "w1", cache.PurgeFilter{Answer: "gone"}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	c := open(killed(t, file, before))
	if f, _ := c.ask(chat("Who wrote Hamlet?")); f.Cache.Status.Hit() {
		t.Error("what was purged came back")
	}
	if f, _ := c.ask(chat(question)); !f.Cache.Status.Hit() {
		t.Error("what was not purged is gone")
	}
	raw, err := os.ReadFile(file + ".journal")
	if err != nil || bytes.Contains(raw, []byte("Hamlet")) || bytes.Contains(raw, []byte("answer")) {
		t.Errorf("the journal is readable: %v", err)
	}
}

// TestTornJournal holds that what stands before a torn frame is used, without a warning.
func TestTornJournal(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cache.snapshot")
	r := newRig(t, func(c *cache.Config) { c.File = file })
	r.ask(chat(question))
	left := killedAfter(t, file, question)
	f, err := os.OpenFile(left+".journal", os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("\x40\x00\x00\x00half"); err != nil {
		t.Fatal(err)
	}
	f.Close()
	b := newRig(t, func(c *cache.Config) { c.File = left })
	if w := b.cache.Warning(); w != nil {
		t.Error(w)
	}
	if f, _ := b.ask(chat(question)); !f.Cache.Status.Hit() {
		t.Error("what stood before the torn frame is gone")
	}
}

// TestDamagedSnapshotIsRebuilt holds that a damaged file is named, that what stands before the damage is
// used, and that the file is written anew.
func TestDamagedSnapshotIsRebuilt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cache.snapshot")
	open := func() *rig { return newRig(t, func(c *cache.Config) { c.File = file }) }
	r := open()
	r.ask(chat(question))
	if err := r.cache.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)-3] ^= 1
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	b := open()
	if w := b.cache.Warning(); w == nil || !strings.Contains(gateway.AsError(w).Public, file) {
		t.Errorf("%v does not name the file", w)
	}
	if f, _ := b.ask(chat(question)); !f.Cache.Status.Hit() {
		t.Error("what stood before the damage is gone")
	}
	if err := b.cache.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if w := open().cache.Warning(); w != nil {
		t.Errorf("the file was not written anew: %v", w)
	}
}

// TestKilledKeepsWhatWasLearnt holds that labels, what is known about answers, and what was saved
// are journalled, and that reading them over a snapshot that has them changes nothing.
func TestKilledKeepsWhatWasLearnt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cache.snapshot")
	r := newRig(t, func(c *cache.Config) { c.File = file })
	for _, thing := range []string{"door", "window", "fence"} {
		r.learn(chat("How do I change the colour of the " + thing + "?"))
	}
	want := r.cache.Report("w1")
	if g := want.Groups[0]; g.Requests != 3 || g.Other != 2 {
		t.Fatalf("%+v", g)
	}
	var got cache.Report
	for deadline := time.Now().Add(30 * time.Second); !reflect.DeepEqual(got, want); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after a kill %+v, want %+v", got, want)
		}
		left := newRig(t, func(c *cache.Config) { c.File = killed(t, file, 0) })
		got = left.cache.Report("w1")
	}
	journal, err := os.ReadFile(file + ".journal")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cache.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file+".journal", journal, 0o600); err != nil { // as if the process had been killed before it was removed
		t.Fatal(err)
	}
	if got := newRig(t, func(c *cache.Config) { c.File = file }).cache.Report("w1"); !reflect.DeepEqual(got, want) {
		t.Errorf("read again: %+v, want %+v", got, want)
	}
}

// TestLinksOutliveTheProcess holds that what is known about answers that are the same is there after a
// restart, and after a kill.
func TestLinksOutliveTheProcess(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cache.snapshot")
	open := func(file string) *rig { return newRig(t, func(c *cache.Config) { c.File = file }) }
	r := open(file)
	r.cache.Links().Compared([]key.Digest{{1}, {2}}, []bool{true, true}, 0)
	r.ask(chat(question))
	want := r.cache.Links().All()
	if got := open(killed(t, file, 0)).cache.Links().All(); len(want) != 1 || !reflect.DeepEqual(got, want) {
		t.Errorf("after a kill: %v, want %v", got, want)
	}
	if err := r.cache.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := open(file).cache.Links().All(); !reflect.DeepEqual(got, want) {
		t.Errorf("after a restart: %v, want %v", got, want)
	}
}

// TestKilledTwice holds that a process which is killed before its first regular snapshot loses nothing of what
// the one before it had, which was killed as well, maybe while it wrote a snapshot. What the new one stored
// after a purge of the old one stays.
func TestKilledTwice(t *testing.T) {
	for _, snapshotting := range []bool{false, true} {
		file := filepath.Join(t.TempDir(), "cache.snapshot")
		open := func(file string) *rig { return newRig(t, func(c *cache.Config) { c.File = file }) }
		const purged, other = "How do magnets work?", "Who wrote Hamlet?"
		r := open(file)
		r.ask(chat(purged))
		if _, err := r.cache.Purge(t.Context(), "w1", cache.PurgeFilter{Model: "m"}); err != nil {
			t.Fatal(err)
		}
		r.clock.Add(time.Millisecond)
		r.ask(chat(question))
		left := killedAfter(t, file, question)
		if snapshotting {
			if err := os.Rename(left+".journal", left+".journal.before"); err != nil {
				t.Fatal(err)
			}
			r.ask(chat("Where do eels spawn?"))
			again := killedAfter(t, file, "Where do eels spawn?")
			if err := os.Rename(again+".journal", left+".journal"); err != nil {
				t.Fatal(err)
			}
		}
		b := open(left)
		b.ask(chat(purged))
		b.ask(chat(other))
		c := open(killedAfter(t, left, other))
		for _, text := range []string{question, other, purged} {
			if f, _ := c.ask(chat(text)); !f.Cache.Status.Hit() {
				t.Errorf("while a snapshot was written: %v: %q is lost: %+v", snapshotting, text, f.Cache)
			}
		}
		if size(t, left+".journal.before") > 0 {
			t.Error("the journal before stays")
		}
	}
}
