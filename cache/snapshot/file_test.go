package snapshot_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/cache/seal"
	"github.com/sluicegate/sluice/cache/snapshot"
	"github.com/sluicegate/sluice/gateway"
)

var sealed = seal.New([]byte("key"))

// read opens the file at a path and reads its frames.
func read(path string) (f *snapshot.File, frames []string, unsaved bool, err error) {
	f = snapshot.New(path, sealed)
	unsaved, err = f.Read(func(next func() ([]byte, error)) error {
		for {
			frame, err := next()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			frames = append(frames, string(frame))
		}
	})
	return f, frames, unsaved, err
}

func save(t *testing.T, f *snapshot.File, frames ...string) {
	t.Helper()
	if err := f.Save(func(frame func(...[]byte) error) error {
		for _, text := range frames {
			if err := frame([]byte(text[:1]), []byte(text[1:])); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func journal(t *testing.T, f *snapshot.File, frames ...string) {
	t.Helper()
	for _, text := range frames {
		f.Add(text[0], []byte(text[1:]))
	}
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, what, path string, frames ...string) *snapshot.File {
	t.Helper()
	f, got, _, err := read(path)
	if err != nil || !slices.Equal(got, frames) {
		t.Errorf("%s: %q, %v, want %q", what, got, err, frames)
	}
	return f
}

// TestFile: what was saved is read, then what was journalled after it, in order; a snapshot takes the place of
// both. Nothing on disk is readable.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	f := want(t, "no file", path)
	journal(t, f, "xone", "ytwo")
	want(t, "a journal", path, "xone", "ytwo")
	save(t, f, "xone", "ythree")
	want(t, "a snapshot", path, "xone", "ythree")
	journal(t, f)
	journal(t, f, "zfour")
	journal(t, f, "zfive")
	want(t, "both", path, "xone", "ythree", "zfour", "zfive")
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) != 2 {
		t.Errorf("%q, %v", files, err)
	}
	for _, name := range files {
		if raw, err := os.ReadFile(name); err != nil || strings.Contains(string(raw), "three") || strings.Contains(string(raw), "four") {
			t.Errorf("%s: %q, %v", name, raw, err)
		}
	}
	if _, _, unsaved, _ := read(path); !unsaved {
		t.Error("a journal counts as saved")
	}
	save(t, f, "all")
	if _, got, unsaved, err := read(path); unsaved || err != nil || !slices.Equal(got, []string{"all"}) {
		t.Errorf("%q, unsaved: %v, %v", got, unsaved, err)
	}
}

// TestFailedSnapshot: what was journalled before and after a snapshot that failed is read.
func TestFailedSnapshot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	f := want(t, "no file", path)
	save(t, f, "xone")
	journal(t, f, "ytwo")
	for range 2 {
		if err := f.Save(func(func(...[]byte) error) error { return errors.New("disk full") }); err == nil {
			t.Fatal("it did not fail")
		}
	}
	journal(t, f, "zthree")
	want(t, "after a failure", path, "xone", "ytwo", "zthree")
	if files, _ := filepath.Glob(path + "*"); len(files) != 3 {
		t.Errorf("%q", files)
	}
	save(t, f, "all")
	want(t, "after a success", path, "all", "zthree") // it is there already, and read over it
}

// TestKilled: what a process that was killed has journalled is not written over before a snapshot has it, also
// where it was killed while it wrote one.
func TestKilled(t *testing.T) {
	for _, snapshotting := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "s")
		f := want(t, "no file", path)
		journal(t, f, "xone")
		left := []string{"xone"}
		if snapshotting {
			_ = f.Save(func(func(...[]byte) error) error { return errors.New("killed") })
			journal(t, f, "ytwo")
			left = append(left, "ytwo")
		}
		next := want(t, "killed", path, left...)
		if !next.Killed() {
			t.Error("nothing was found")
		}
		journal(t, next, "zthree")
		want(t, "killed again", path, left...)
		save(t, next, "all")
		want(t, "saved", path, "all")
		journal(t, next)
		want(t, "journalled", path, "all", "zthree")
		if next.Killed() {
			t.Error("it is not saved")
		}
	}
}

// TestDamage: what stands before damage is read, the file is named, and the others are read all the same. A
// journal may end in the middle of a frame.
// A journal that has no room for more records still has it for removals.
func TestRemovalsInAFullJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache")
	f, _, _, err := read(path)
	if err != nil {
		t.Fatal(err)
	}
	f.Add('e', make([]byte, 40<<20))
	f.Add('e', make([]byte, 40<<20)) // too much
	f.Add('e', []byte("late"))
	f.AddRemoval('x', []byte("purged"))
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	_, frames, _, err := read(path)
	if err != nil || len(frames) != 2 || frames[1] != "xpurged" {
		t.Errorf("%d frames, %v", len(frames), err)
	}
}

func TestDamage(t *testing.T) {
	for _, c := range []struct {
		what, file string
		damage     func(raw []byte) []byte
		frames     []string
		named      bool
	}{
		{"a bit of the second frame", "s", func(raw []byte) []byte { raw[len(raw)-40] ^= 1; return raw }, []string{"xone", "zthree", "zfour"}, true},
		{"the end is missing", "s", func(raw []byte) []byte { return raw[:len(raw)-32] }, []string{"xone", "ytwo", "zthree", "zfour"}, true},
		{"another version", "s", func(raw []byte) []byte { return append([]byte("x"), raw...) }, []string{"zthree", "zfour"}, true},
		{"empty", "s", func([]byte) []byte { return nil }, []string{"zthree", "zfour"}, true},
		{"a torn journal", "s.journal", func(raw []byte) []byte { return raw[:len(raw)-3] }, []string{"xone", "ytwo", "zthree"}, false},
		{"a damaged journal", "s.journal", func(raw []byte) []byte { raw[len(raw)-3] ^= 1; return raw }, []string{"xone", "ytwo", "zthree"}, true},
	} {
		folder := t.TempDir()
		f := snapshot.New(filepath.Join(folder, "s"), sealed)
		save(t, f, "xone", "ytwo")
		journal(t, f, "zthree", "zfour")
		raw, err := os.ReadFile(filepath.Join(folder, c.file))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, c.file), c.damage(raw), 0o600); err != nil {
			t.Fatal(err)
		}
		_, got, unsaved, err := read(filepath.Join(folder, "s"))
		if !slices.Equal(got, c.frames) || !unsaved || (err != nil) != c.named || c.named && !strings.Contains(gateway.AsError(err).Public, c.file+" is damaged") {
			t.Errorf("%s: %q, unsaved: %v, %v", c.what, got, unsaved, err)
		}
	}
}

// TestNoFile: without a path nothing is kept, and nothing fails.
func TestNoFile(t *testing.T) {
	f, got, unsaved, err := read("")
	if f != nil || got != nil || unsaved || err != nil {
		t.Errorf("%v %q %v %v", f, got, unsaved, err)
	}
	save(t, f, "xone")
	journal(t, f, "ytwo")
	if f.Killed() {
		t.Error("killed")
	}
}
