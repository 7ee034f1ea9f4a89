package history

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Store holds the rows. An id is unique in its workspace; a second row replaces the first.
type Store interface {
	// PutResponses stores rows, and removes what has expired at now and, of each API key among
	// the rows, all but the newest keep rows.
	PutResponses(ctx context.Context, rows []Row, keep int, now time.Time) error
	// Response returns a row. Its error is of the kind NotFound if there is none, or it has
	// expired at now.
	Response(ctx context.Context, workspace, id string, now time.Time) (Row, error)
	// ResponseWithItem returns the row of an API key that has an item with that id. Its error is of
	// the kind NotFound if there is none that has not expired at now, and if there are several: the
	// id of an item means one item.
	ResponseWithItem(ctx context.Context, workspace, apiKey, item string, now time.Time) (Row, error)
	// DeleteResponse removes a row. Its error is of the kind NotFound if there is none.
	DeleteResponse(ctx context.Context, workspace, id string) error
}

// Cipher seals text for one row and column of a table.
type Cipher interface {
	Seal(table, row, column string, text gateway.Secret) []byte
	Open(table, row, column string, sealed []byte) (gateway.Secret, error)
}

// Config configures a Service. A field's zero value means its default.
type Config struct {
	TTL     time.Duration // default 30 days
	PerKey  int           // entries of one API key; default 1000
	MaxSize int           // bytes of one entry; default 8 MiB
	MaxHeld int           // bytes of entries that wait for the writer; default 64 MiB
	Now     func() time.Time
	Log     *slog.Logger // of rows that could not be written; nil = none
}

const (
	writeEvery = 20 * time.Millisecond
	maxWaiting = 256
)

// Service keeps entries. It is safe for concurrent use.
type Service struct {
	store  Store
	cipher Cipher
	cfg    Config

	mu      sync.Mutex
	waiting map[string]Row // by place
	writing map[string]Row // taken by the writer, not stored yet
	next    *batch         // of what waits

	wake chan struct{}
	stop chan struct{}
	done chan struct{}
	once sync.Once
}

// New starts a service.
func New(store Store, cipher Cipher, cfg Config) *Service {
	if cfg.TTL <= 0 {
		cfg.TTL = 30 * 24 * time.Hour
	}
	if cfg.PerKey <= 0 {
		cfg.PerKey = 1000
	}
	if cfg.MaxSize <= 0 {
		cfg.MaxSize = 8 << 20
	}
	if cfg.MaxHeld <= 0 {
		cfg.MaxHeld = 64 << 20
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{store: store, cipher: cipher, cfg: cfg, waiting: map[string]Row{}, next: newBatch(),
		wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
	go s.write()
	return s
}

// Keep keeps an entry. It reports whether it will be found again: an entry that is too large is
// not kept. One that is unfinished is stored when Keep returns: its caller asks for the rest, perhaps
// another process, and pays for it.
func (s *Service) Keep(ctx context.Context, e Entry) bool {
	raw, err := json.Marshal(content{e.Redacted, e.Credential, e.Input, e.Response, e.Unfinished})
	if err != nil || len(raw) > s.cfg.MaxSize {
		return false
	}
	now := s.cfg.Now()
	at := place(e.Workspace, e.ID)
	row := Row{ID: e.ID, Workspace: e.Workspace, APIKey: e.APIKey, VirtualKey: e.VirtualKey, Native: e.Native, Items: itemIDs(e.Response),
		Sealed: s.cipher.Seal(table, at, column, gateway.NewSecret(string(raw))), Created: now, Expires: now.Add(s.cfg.TTL)}
	s.mu.Lock()
	waits := s.holds(at) || !s.full(&row)
	if waits {
		s.waiting[at] = row
	}
	next := s.next
	s.mu.Unlock()
	if waits {
		select {
		case s.wake <- struct{}{}:
		default:
		}
		return e.Unfinished == nil || s.stored(ctx, next)
	}
	if err := s.store.PutResponses(ctx, []Row{row}, s.cfg.PerKey, now); err != nil {
		s.cfg.Log.Error("a response was not kept", "error", err)
		return false
	}
	return true
}

// stored waits for a batch, and reports whether it is in the store.
func (s *Service) stored(ctx context.Context, b *batch) bool {
	select {
	case <-b.done:
		return b.err == nil
	case <-ctx.Done():
	case <-s.done:
	}
	return false
}

// holds reports whether the writer has a row of the same place, which must not be stored after a newer
// one. The caller holds mu.
func (s *Service) holds(at string) bool {
	_, waits := s.waiting[at]
	_, busy := s.writing[at]
	return waits || busy
}

// full reports whether a row has no room before the writer. The caller holds mu.
func (s *Service) full(row *Row) bool {
	held := len(row.Sealed)
	for _, other := range s.waiting {
		held += len(other.Sealed)
	}
	return len(s.waiting) >= maxWaiting || held > s.cfg.MaxHeld
}

// Find returns an entry of a workspace. Its error is of the kind NotFound if there is none.
func (s *Service) Find(ctx context.Context, workspace, id string) (Entry, error) {
	at := place(workspace, id)
	s.mu.Lock()
	row, held := s.waiting[at]
	if !held {
		row, held = s.writing[at]
	}
	s.mu.Unlock()
	if !held {
		var err error
		if row, err = s.store.Response(ctx, workspace, id, s.cfg.Now()); err != nil {
			return Entry{}, err
		}
	}
	return s.open(row)
}

// FindItem returns the entry of an API key whose response has an item with that id. Its error is of
// the kind NotFound if there is none, or more than one.
func (s *Service) FindItem(ctx context.Context, workspace, apiKey, item string) (Entry, error) {
	found := s.heldWith(workspace, apiKey, item) // before the store is asked: rows move from here to there
	stored, err := s.store.ResponseWithItem(ctx, workspace, apiKey, item, s.cfg.Now())
	switch {
	case err == nil:
		found = append(found, stored)
	case gateway.AsError(err).Kind != gateway.NotFound || len(found) == 0:
		return Entry{}, err
	}
	for _, other := range found[1:] {
		if other.ID != found[0].ID {
			return Entry{}, &gateway.Error{Op: "history.FindItem", Kind: gateway.NotFound, Public: "Several responses have an item with this id."}
		}
	}
	return s.open(found[0])
}

// heldWith lists the rows that are not stored yet and have the item.
func (s *Service) heldWith(workspace, apiKey, item string) []Row {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []Row
	for _, held := range []map[string]Row{s.waiting, s.writing} {
		for _, row := range held {
			if row.Workspace == workspace && row.APIKey == apiKey && slices.Contains(row.Items, item) {
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// open opens what is sealed.
func (s *Service) open(row Row) (Entry, error) {
	text, err := s.cipher.Open(table, place(row.Workspace, row.ID), column, row.Sealed)
	var c content
	if err == nil {
		err = json.Unmarshal([]byte(text.Reveal()), &c)
	}
	if err != nil {
		return Entry{}, &gateway.Error{Op: "history.Find", Kind: gateway.Internal, Public: "The stored response cannot be read with this master key.", Err: err}
	}
	return Entry{ID: row.ID, Workspace: row.Workspace, APIKey: row.APIKey, VirtualKey: row.VirtualKey, Credential: c.Credential, Native: row.Native,
		Redacted: c.Redacted, Created: row.Created, Input: c.Input, Response: c.Response, Unfinished: c.Unfinished}, nil
}

// Delete removes an entry of a workspace. Its error is of the kind NotFound if there is none.
func (s *Service) Delete(ctx context.Context, workspace, id string) error {
	at := place(workspace, id)
	for {
		s.mu.Lock()
		_, waits := s.waiting[at]
		_, busy := s.writing[at]
		if waits {
			delete(s.waiting, at)
		}
		s.mu.Unlock()
		if !busy {
			err := s.store.DeleteResponse(ctx, workspace, id)
			if waits && gateway.AsError(err) != nil && gateway.AsError(err).Kind == gateway.NotFound {
				return nil
			}
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
}
