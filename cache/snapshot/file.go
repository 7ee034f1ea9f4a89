// Package snapshot keeps frames in an encrypted file, with a journal beside it of what came after.
//
// # Flow
//
// [File.Add] notes a frame, and [File.Flush], once a second, appends what was noted to the journal: a process
// that is killed loses no more than that. [File.Save] begins a new journal, writes a snapshot of everything
// beside the old one, puts it in the place of that, and removes the journal before. [File.Read] reads the
// snapshot, the journal before, if a snapshot was under way, and the journal.
//
// # What holds
//
// A file is a line with the version, then frames, each bound to its place: none can be moved, dropped in the
// middle, or taken from another file. An empty frame ends a snapshot and proves that nothing is missing; a
// journal has no end. Frames are read in their order, and reading those of a journal over a newer snapshot must
// change nothing. What frames mean is their owner's business.
//
// # Ownership
//
// Add may be called at any time, by anybody. The other methods belong to one goroutine. A nil File keeps nothing.
package snapshot

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sluicegate/sluice/cache/seal"
	"github.com/sluicegate/sluice/gateway"
)

// version begins each file.
const version = "sluice cache snapshot 4\n"

// File is a snapshot and its journal.
type File struct {
	path    string
	seal    seal.Seal
	journal journal
}

// New returns the file at a path, which need not be there yet; nil for no path.
func New(path string, s seal.Seal) *File {
	if path == "" {
		return nil
	}
	return &File{path: path, seal: s, journal: journal{path: path + ".journal", seal: s}}
}

const op = "cache.snapshot"

// Save writes a snapshot of the frames that write gives to frame.
func (f *File) Save(write func(frame func(parts ...[]byte) error) error) error {
	if f == nil {
		return nil
	}
	err := f.journal.rotate()
	if err == nil {
		err = f.replace(write)
	}
	if err == nil {
		err = f.journal.replaced()
	}
	if err != nil {
		return &gateway.Error{Op: op, Kind: gateway.Internal, Public: "The cache's snapshot could not be written.", Err: err}
	}
	return nil
}

// replace writes a new file beside the old one and then replaces it.
func (f *File) replace(write func(frame func(parts ...[]byte) error) error) (err error) {
	temporary, err := os.CreateTemp(filepath.Dir(f.path), filepath.Base(f.path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			temporary.Close()
			os.Remove(temporary.Name())
		}
	}()
	b := bufio.NewWriterSize(temporary, 1<<16)
	if _, err = b.WriteString(version); err != nil {
		return err
	}
	w := seal.FrameWriter{W: b, Seal: f.seal}
	frame := func(parts ...[]byte) error {
		w.Write(parts...)
		return w.Err
	}
	if err = write(frame); err != nil {
		return err
	}
	if err = frame(); err != nil {
		return err
	}
	if err = b.Flush(); err != nil {
		return err
	}
	if err = temporary.Sync(); err != nil {
		return err
	}
	if err = temporary.Close(); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), f.path)
}

// Read has the frames of each file read. next returns io.EOF after the last one; read returns why it ended before
// that. What stands before damage is read, and what stands after it is lost: the error names the first damaged
// file. unsaved: there are frames that the snapshot has not, or should have.
func (f *File) Read(read func(next func() ([]byte, error)) error) (unsaved bool, err error) {
	if f == nil {
		return false, nil
	}
	for _, path := range []string{f.path, f.journal.before(), f.journal.path} {
		exists, damage := f.readFile(path, read)
		f.journal.killed = f.journal.killed || exists && path != f.path
		unsaved = unsaved || damage != nil || f.journal.killed
		if damage != nil && err == nil {
			err = &gateway.Error{Op: op, Kind: gateway.Internal,
				Public: "The cache's file " + path + " is damaged or of another release: what stands before the damage is used, and the file is written anew.", Err: damage}
		}
	}
	return unsaved, err
}

func (f *File) readFile(path string, read func(next func() ([]byte, error)) error) (exists bool, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return true, err
	}
	defer file.Close()
	b := bufio.NewReaderSize(file, 1<<16)
	begin := make([]byte, len(version))
	if _, err := io.ReadFull(b, begin); err != nil || string(begin) != version {
		return true, errors.New("not a snapshot of this version")
	}
	frames := seal.FrameReader{R: b, Seal: f.seal}
	if path != f.path {
		frames.Place = seal.PlaceOfJournal
	}
	return true, read(func() ([]byte, error) {
		frame, err := frames.Read()
		switch {
		case errors.Is(err, seal.ErrTruncated) && path != f.path: // it has no end, and was being written when the process was killed
			return nil, io.EOF
		case err == nil && len(frame) == 0:
			return nil, io.EOF
		}
		return frame, err
	})
}

// Add notes a frame, a record of a kind, for the journal. Nobody writes to the record afterwards.
func (f *File) Add(kind byte, record []byte) {
	if f != nil {
		f.journal.add(kind, record)
	}
}

// AddRemoval notes a frame that takes others back. It has room where [File.Add] has none any more.
func (f *File) AddRemoval(kind byte, record []byte) {
	if f != nil {
		f.journal.addRemoval(kind, record)
	}
}

// Killed reports whether Read found a journal, which no snapshot has yet. Until Save has written one, nothing
// is appended, so that the journal is not lost.
func (f *File) Killed() bool { return f != nil && f.journal.killed }

// Flush appends to the journal what was noted.
func (f *File) Flush() error {
	if f == nil {
		return nil
	}
	return f.journal.flush()
}
