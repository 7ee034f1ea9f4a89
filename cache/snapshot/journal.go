package snapshot

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"sync"

	"github.com/sluicegate/sluice/cache/seal"
)

// journal keeps the frames since the last snapshot. A snapshot begins a new file and then removes the one
// before.
type journal struct {
	path string
	seal seal.Seal

	mu      sync.Mutex
	pending []frame
	size    int
	full    bool // pending was too large: the rest waits for the next snapshot

	file   *os.File // nil before the first flush; the run goroutine's
	number uint64
	killed bool // the files of a process that was killed are there, and no snapshot has them yet: they are not written over
}

// frame is a record of a kind. Nobody writes to the record any more.
type frame struct {
	kind   byte
	record []byte
}

// What waits for the next flush is bounded, in bytes. Removals have a part of their own: a record
// that is lost is a miss, but an answer whose removal is lost comes back when the process is killed.
const (
	maxPending  = 64 << 20
	maxRemovals = 16 << 20
)

// add notes a record of a kind, unless more than that would wait.
func (j *journal) add(kind byte, record []byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.full = j.full || j.size+len(record) > maxPending; !j.full {
		j.append(kind, record)
	}
}

// addRemoval notes a removal, however many records wait.
func (j *journal) addRemoval(kind byte, record []byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.size+len(record) <= maxPending+maxRemovals {
		j.append(kind, record)
	}
}

func (j *journal) append(kind byte, record []byte) {
	j.pending = append(j.pending, frame{kind, record})
	j.size += len(record)
}

// flush appends what is pending to the file.
func (j *journal) flush() error {
	if j.killed {
		return nil
	}
	j.mu.Lock()
	pending := j.pending
	j.pending, j.size, j.full = nil, 0, false
	j.mu.Unlock()
	if len(pending) == 0 {
		return nil
	}
	if err := j.open(); err != nil {
		return err
	}
	b := bufio.NewWriterSize(j.file, 1<<16)
	f := seal.FrameWriter{W: b, Seal: j.seal, Number: j.number, Place: seal.PlaceOfJournal}
	for _, p := range pending {
		f.Write([]byte{p.kind}, p.record)
	}
	j.number = f.Number
	return b.Flush()
}

// open begins a file with a line that says what it is.
func (j *journal) open() (err error) {
	if j.file != nil {
		return nil
	}
	if j.file, err = os.OpenFile(j.path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600); err != nil {
		return err
	}
	j.number = 0
	_, err = j.file.WriteString(version)
	return err
}

// before is the file that the snapshot under way will replace.
func (j *journal) before() string { return j.path + ".before" }

// rotate begins a new file for what comes after a snapshot that is about to be written. If the last
// snapshot failed, the file before is still needed, and the current one goes on; if the process was killed
// meanwhile, both stay until the snapshot is there.
func (j *journal) rotate() error {
	if err := j.flush(); err != nil {
		return err
	}
	if _, err := os.Stat(j.before()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := j.close(); err != nil {
		return err
	}
	if err := os.Rename(j.path, j.before()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// replaced removes what the snapshot has now.
func (j *journal) replaced() error {
	if err := os.Remove(j.before()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if j.killed { // the file may still be there, beside the one before
		if err := os.Remove(j.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	j.killed = false
	return nil
}

func (j *journal) close() error {
	if j.file == nil {
		return nil
	}
	err := j.file.Close()
	j.file = nil
	return err
}
