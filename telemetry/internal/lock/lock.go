// Package lock keeps two processes from writing the same files.
package lock

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/sluicegate/sluice/gateway"
)

// File is a lock held by this process until Close, or until the process ends.
type File struct{ f *os.File }

// Take creates and locks path. If another process has the lock, the error is a Conflict.
func Take(path string) (*File, error) {
	const op = "lock.Take"
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%s: open lock file: %w", op, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		e := &gateway.Error{Op: op, Kind: gateway.Conflict, Public: "Another process uses the folder " + filepath.Dir(path) + ". Stop it, or use another data directory."}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			e.Public, e.Err = "The file "+path+" cannot be locked.", err
		}
		return nil, e
	}
	return &File{f}, nil
}

// Close releases the lock. The file stays: if it were removed, two processes could lock two files
// of the same name.
func (l *File) Close() error { return l.f.Close() }
