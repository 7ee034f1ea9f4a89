package control

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential/seal"
	"github.com/sluicegate/sluice/internal/config"
	sqlstore "github.com/sluicegate/sluice/internal/store/sql"
)

// Copy is the file with a copy of the control data, from which a process starts while
// PostgreSQL is away. Its first line is a copyHeader; the rest is sealed under the master key and
// opens only behind that header.
type Copy struct {
	path   string
	cipher *seal.Cipher
	maxAge time.Duration // how old a copy may be that a process starts from
}

type copyHeader struct {
	Copy   int       `json:"sluice_control_copy"` // version of the format
	Schema int64     `json:"schema"`              // number of the last migration
	Made   time.Time `json:"made"`
	Key    string    `json:"master_key"` // id
}

const copyVersion = 1

// NewCopy returns the copy of a data directory, which cipher seals and opens.
func NewCopy(cfg config.Config, cipher *seal.Cipher) *Copy {
	return &Copy{path: filepath.Join(cfg.DataDir, "control.copy"), cipher: cipher, maxAge: cfg.Control.MaxOutage}
}

// CopyFile is where the copy is opened as a database, while PostgreSQL is away.
func CopyFile(cfg config.Config) string { return filepath.Join(cfg.DataDir, "control.copy.db") }

// OpenOrCopy opens the control store. Where PostgreSQL does not answer, it opens the copy that
// this data directory has, and returns when that was made; zero otherwise.
func OpenOrCopy(ctx context.Context, cfg config.Config, c *Copy, log *slog.Logger) (*sqlstore.Store, time.Time, error) {
	store, away := Open(ctx, cfg)
	if away == nil || !Shared(cfg) || c.maxAge <= 0 || gateway.AsError(away).Kind != gateway.Unavailable {
		return store, time.Time{}, away
	}
	data, made, err := c.read(sqlstore.NewestSchema())
	if err != nil {
		return nil, time.Time{}, errors.Join(away, err)
	}
	store, err = sqlstore.OpenCopy(ctx, CopyFile(cfg), bytes.NewReader(data))
	if err != nil {
		return nil, time.Time{}, errors.Join(away, err)
	}
	log.Warn("the control database does not answer: calls are served from the copy in the data directory", "error", away.Error(), "made", made)
	return store, made, nil
}

// write replaces the file by a copy of store.
func (c *Copy) write(ctx context.Context, store *sqlstore.Store) error {
	schema, err := store.Schema(ctx)
	if err != nil {
		return err
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	head, err := json.Marshal(copyHeader{copyVersion, schema, time.Now().UTC().Truncate(time.Second), c.cipher.Active()})
	if err == nil {
		err = errors.Join(store.Copy(ctx, zip), zip.Close())
	}
	if err != nil {
		return err
	}
	sealed := c.cipher.Seal("control copy", string(head), "data", gateway.NewSecret(packed.String()))
	return replaceFile(c.path, bytes.Join([][]byte{head, sealed}, []byte("\n")))
}

// How often the copy is compared with the store, and how often it is made anew although nothing has
// changed.
const (
	copyEvery   = 5 * time.Second
	copyRefresh = time.Minute
	copyTimeout = time.Minute // of one reading or writing
)

// maxAhead is how far the clock of the process may be behind that of the copy.
const maxAhead = 5 * time.Minute

// read returns the copy, and when it was made. schema is the newest that this Sluice knows.
func (c *Copy) read(schema int64) (data []byte, made time.Time, err error) {
	refuse := func(why string) ([]byte, time.Time, error) {
		return nil, time.Time{}, fmt.Errorf("the copy of the control data, %s, %s", c.path, why)
	}
	raw, err := os.ReadFile(c.path)
	if errors.Is(err, fs.ErrNotExist) {
		return refuse("is not there")
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	var h copyHeader
	head, sealed, _ := bytes.Cut(raw, []byte("\n"))
	if err := json.Unmarshal(head, &h); err != nil || h.Copy == 0 {
		return refuse("is damaged")
	}
	age := time.Since(h.Made)
	switch {
	case h.Copy > copyVersion || h.Schema > schema:
		return refuse(fmt.Sprintf("was written by a newer Sluice (migration %d, this one knows %d)", h.Schema, schema))
	case !slices.Contains(c.cipher.Known(), h.Key):
		return refuse("was sealed with another master key; see SLUICE_MASTER_KEY")
	case age > c.maxAge:
		return refuse(fmt.Sprintf("is %s old, and 'control.max_outage' is %s", age.Round(time.Second), c.maxAge))
	case age < -maxAhead:
		return refuse("was made in the future: the clock of this machine is wrong, or the file was changed")
	}
	text, err := c.cipher.Open("control copy", string(head), "data", sealed)
	if err != nil {
		return refuse("is damaged, or somebody has changed it")
	}
	unzip, err := gzip.NewReader(bytes.NewReader([]byte(text.Reveal())))
	if err == nil {
		data, err = io.ReadAll(unzip)
	}
	if err != nil {
		return refuse("is damaged")
	}
	return data, h.Made, nil
}

// Keep makes the copy anew when the store has changed, and so often that its age tells how long the
// store has been away.
func (c *Copy) Keep(ctx context.Context, store *sqlstore.Store, log *slog.Logger) {
	var made time.Time
	position, failing := int64(-1), false
	for c.maxAge > 0 {
		err := func() error {
			ctx, cancel := context.WithTimeout(ctx, copyTimeout)
			defer cancel()
			now, err := store.Position(ctx)
			if err != nil || now == position && time.Since(made) < min(copyRefresh, c.maxAge/4) {
				return err
			}
			if err := c.write(ctx, store); err != nil {
				return err
			}
			position, made = now, time.Now()
			return nil
		}()
		if (err != nil) != failing && ctx.Err() == nil {
			if failing = err != nil; failing {
				log.Warn("the copy of the control data cannot be made", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(copyEvery):
		}
	}
}

// replaceFile writes a file that its owner alone may read, so that a crash leaves the old content or
// the new.
func replaceFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
