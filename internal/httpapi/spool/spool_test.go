package spool

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/sluicegate/sluice/gateway"
)

// TestKeep: content is read as it came, from memory or disk, and gives back its room.
func TestKeep(t *testing.T) {
	path := filepath.Join(t.TempDir(), "uploads")
	d := New(path, 1<<20)
	for _, size := range []int{0, 1, inMemory, inMemory + 1, 1 << 20} {
		data := bytes.Repeat([]byte{byte(size), 7}, size/2+1)[:size]
		c, err := d.Keep(iotest.HalfReader(bytes.NewReader(data)))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			got, err := io.ReadAll(io.NewSectionReader(c, 0, c.Size))
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d bytes of %d, %v", len(got), size, err)
			}
		}
		c.Close()
		c.Close()
	}
	_, err := d.Keep(bytes.NewReader(make([]byte, 1<<20+1)))
	if e := gateway.AsError(err); e == nil || e.Kind != gateway.Unavailable || e.Code != "overloaded" {
		t.Error(err)
	}
	broken := errors.New("broken")
	for _, size := range []int64{1, 2 * inMemory} {
		if _, err := d.Keep(io.MultiReader(io.LimitReader(zeros{}, size), iotest.ErrReader(broken))); !errors.Is(err, broken) {
			t.Error(err)
		}
	}
	if n := d.used.Load(); n != 0 {
		t.Errorf("%d bytes are still taken", n)
	}
	if left, _ := os.ReadDir(path); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := New(filepath.Join(os.DevNull, "x"), 1<<20).Keep(io.LimitReader(zeros{}, 2*inMemory)); gateway.AsError(err).Kind != gateway.Unavailable {
		t.Error(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
