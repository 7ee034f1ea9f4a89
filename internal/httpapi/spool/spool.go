// Package spool keeps the files of forms while their calls last, on disk where they are large, so that
// an upload does not take the process's memory and can be sent again to another target.
//
// A [Dir] bounds what all calls keep together. A file has no name once it is open, so that a process that
// dies leaves nothing behind.
package spool

import (
	"bytes"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// inMemory is the size up to which content is kept in memory, in bytes.
const inMemory = 64 << 10

// Dir is a folder for the files of all calls. Safe for concurrent use.
type Dir struct {
	path  string
	limit int64
	used  atomic.Int64
}

// New returns the folder at path, which is made when it is needed. limit is what all calls may keep
// in it at once, in bytes.
func New(path string, limit int64) *Dir { return &Dir{path: path, limit: limit} }

// Content is what was kept. It is read until Close, by any number of readers.
type Content struct {
	io.ReaderAt
	Size int64 // bytes

	dir  *Dir
	file *os.File // nil: it is in memory
}

// Keep reads from to its end, and keeps what it reads. The error is from's own, or says that there is no
// room.
func (d *Dir) Keep(from io.Reader) (*Content, error) {
	var head bytes.Buffer
	n, err := io.CopyN(&head, from, inMemory+1)
	switch {
	case err == io.EOF:
		return &Content{ReaderAt: bytes.NewReader(head.Bytes()), Size: n}, nil
	case err != nil:
		return nil, err
	}
	file, err := d.open()
	if err != nil {
		return nil, err
	}
	c := &Content{ReaderAt: file, dir: d, file: file}
	if _, err = io.Copy(&kept{c}, io.MultiReader(&head, from)); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// open makes a file that nobody else can open.
func (d *Dir) open() (*os.File, error) {
	err := os.MkdirAll(d.path, 0o700)
	if err == nil {
		var file *os.File
		if file, err = os.CreateTemp(d.path, "upload-*"); err == nil {
			_ = os.Remove(file.Name()) // where a system does not allow that, Close does it
			return file, nil
		}
	}
	return nil, noRoom(err)
}

func noRoom(err error) error {
	return &gateway.Error{Op: "spool.Keep", Kind: gateway.Unavailable, Code: "overloaded", RetryAfter: time.Second,
		Public: "Sluice has no room for this upload now.", Err: err}
}

// kept writes to the file of a Content, as far as there is room.
type kept struct{ *Content }

func (k *kept) Write(p []byte) (int, error) {
	n := int64(len(p))
	k.Size += n
	if k.dir.used.Add(n) > k.dir.limit {
		return 0, noRoom(nil)
	}
	if _, err := k.file.Write(p); err != nil {
		return 0, noRoom(err)
	}
	return len(p), nil
}

// Close gives up what was kept. It is idempotent.
func (c *Content) Close() {
	if c.file == nil {
		return
	}
	_ = c.file.Close()
	_ = os.Remove(c.file.Name())
	c.dir.used.Add(-c.Size)
	c.file = nil
}
