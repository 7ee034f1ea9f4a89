package history_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/history"
	"github.com/sluicegate/sluice/gateway/history/historytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is a Store in memory; gate, if set, holds writes back.
type memory struct {
	mu   sync.Mutex
	rows map[string]history.Row
	gate chan struct{}
	fail error
	puts int
}

func (m *memory) PutResponses(_ context.Context, rows []history.Row, keep int, now time.Time) error {
	if m.gate != nil {
		<-m.gate
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.puts++; m.fail != nil {
		return m.fail
	}
	for _, r := range rows {
		m.rows[r.Workspace+"/"+r.ID] = r
	}
	for at, r := range m.rows {
		newer := 0
		for _, other := range m.rows {
			if other.APIKey == r.APIKey && other.Created.After(r.Created) {
				newer++
			}
		}
		if newer >= keep || !r.Expires.After(now) {
			defer delete(m.rows, at)
		}
	}
	return nil
}

func (m *memory) Response(_ context.Context, workspace, id string, now time.Time) (history.Row, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.rows[workspace+"/"+id]
	r.Items = nil
	if !ok || !r.Expires.After(now) {
		return r, &gateway.Error{Op: "test", Kind: gateway.NotFound, Public: "absent"}
	}
	return r, nil
}

func (m *memory) ResponseWithItem(ctx context.Context, workspace, apiKey, item string, now time.Time) (history.Row, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []history.Row
	for _, r := range m.rows {
		if r.Workspace == workspace && r.APIKey == apiKey && slices.Contains(r.Items, item) && r.Expires.After(now) {
			r.Items = nil
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		return history.Row{}, &gateway.Error{Op: "test", Kind: gateway.NotFound, Public: "absent"}
	}
	return found[0], nil
}

func (m *memory) DeleteResponse(_ context.Context, workspace, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.rows[workspace+"/"+id]; !ok {
		return &gateway.Error{Op: "test", Kind: gateway.NotFound, Public: "absent"}
	}
	delete(m.rows, workspace+"/"+id)
	return nil
}

func TestMemory(t *testing.T) { historytest.Suite(t, &memory{rows: map[string]history.Row{}}) }

// plain seals by writing the place before the text, so that a test can read it.
type plain struct{}

func (plain) Seal(table, row, column string, text gateway.Secret) []byte {
	return []byte(table + "|" + row + "|" + column + "|" + text.Reveal())
}

func (plain) Open(table, row, column string, sealed []byte) (gateway.Secret, error) {
	text, ok := strings.CutPrefix(string(sealed), table+"|"+row+"|"+column+"|")
	if !ok {
		return gateway.Secret{}, errors.New("sealed for another place")
	}
	return gateway.NewSecret(text), nil
}

func entry(id string) history.Entry {
	return history.Entry{ID: id, Workspace: "ws", APIKey: "k", VirtualKey: "vk", Redacted: true, Input: []byte(`[1.0]`), Response: []byte(`{"id":"` + id + `"}`)}
}

// An entry is found at once, while it waits, while it is written and afterwards; it is deleted in
// each of these states; and Close stores what waits.
func TestKeepFindDelete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		store := &memory{rows: map[string]history.Row{}, gate: make(chan struct{})}
		s := history.New(store, plain{}, history.Config{})
		for _, id := range []string{"a", "b"} {
			if !s.Keep(ctx, entry(id)) {
				t.Fatal("not kept")
			}
		}
		find := func(id string) bool {
			e, err := s.Find(ctx, "ws", id)
			return err == nil && e.ID == id && e.Redacted && string(e.Input) == `[1.0]` && strings.Contains(string(e.Response), id)
		}
		if !find("a") || !find("b") {
			t.Error("an entry that waits is not found")
		}
		if _, err := s.Find(ctx, "other", "a"); err == nil {
			t.Error("found in another workspace")
		}
		if err := s.Delete(ctx, "ws", "b"); err != nil || find("b") {
			t.Errorf("not deleted while it waits: %v", err)
		}
		time.Sleep(time.Minute) // the writer is at the gate
		if !find("a") {
			t.Error("an entry that is being written is not found")
		}
		go func() { store.gate <- struct{}{} }()
		if err := s.Delete(ctx, "ws", "a"); err != nil || find("a") {
			t.Errorf("not deleted while it is written: %v", err)
		}
		close(store.gate)
		s.Keep(ctx, entry("c"))
		if err := s.Close(ctx); err != nil || !find("c") || len(store.rows) != 1 {
			t.Errorf("Close must store what waits: %v, %d rows", err, len(store.rows))
		}
		moved := store.rows["ws/c"]
		moved.Workspace = "other"
		store.rows["other/c"] = moved
		if _, err := s.Find(ctx, "other", "c"); err == nil {
			t.Error("a row that was moved opens")
		}
	})
}

// What is too large is not kept; where too many wait, Keep writes by itself and says if it cannot;
// a writer that fails forgets the rows.
func TestKeepBounds(t *testing.T) {
	ctx := context.Background()
	store := &memory{rows: map[string]history.Row{}, gate: make(chan struct{}), fail: errors.New("down")}
	s := history.New(store, plain{}, history.Config{MaxSize: 1000})
	big := entry("big")
	big.Input = bytes.Repeat([]byte("1"), 1000)
	if s.Keep(ctx, big) {
		t.Error("too large an entry was kept")
	}
	for i := range 256 {
		s.Keep(ctx, entry(fmt.Sprint(i)))
	}
	kept := make(chan bool)
	go func() { kept <- s.Keep(ctx, entry("late")) && s.Keep(ctx, entry("later")) }()
	close(store.gate)
	<-kept
	if err := s.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Find(ctx, "ws", "0"); err == nil {
		t.Error("a row that could not be written is found")
	}
}

// What waits is bounded by its bytes, too. A newer row of a place goes behind the one that waits.
func TestKeepBoundsBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // whose clock runs while everybody waits
		ctx := context.Background()
		store := &memory{rows: map[string]history.Row{}, gate: make(chan struct{})}
		s := history.New(store, plain{}, history.Config{MaxHeld: 1000})
		keep := func(id string, version int) {
			e := entry(id)
			e.Input = []byte(`"` + strings.Repeat("x", 300) + `"`)
			e.Response = fmt.Appendf(nil, `{"id":"%s","version":%d}`, id, version)
			if !s.Keep(ctx, e) {
				t.Error("not kept")
			}
		}
		written := make(chan bool)
		go func() {
			for i := range 8 { // at most two wait, and two are being written
				keep(fmt.Sprint(i), 1)
			}
			close(written)
		}()
		time.Sleep(time.Minute)
		select {
		case <-written:
			t.Error("all of them wait")
		default:
		}
		keep("0", 2)
		close(store.gate)
		<-written
		if err := s.Close(ctx); err != nil {
			t.Fatal(err)
		}
		if e, err := s.Find(ctx, "ws", "0"); err != nil || !bytes.Contains(e.Response, []byte(`"version":2`)) {
			t.Errorf("an older row is stored behind a newer one: %s, %v", e.Response, err)
		}
	})
}

// An item is found while its response waits, while that is written and afterwards; by its API key
// only; and not once a second response of the key has an item of that id.
func TestFindItem(t *testing.T) {
	ctx := context.Background()
	store := &memory{rows: map[string]history.Row{}, gate: make(chan struct{})}
	s := history.New(store, plain{}, history.Config{})
	keep := func(id, items string) {
		t.Helper()
		e := entry(id)
		e.Response = []byte(`{"id":"` + id + `","output":` + items + `}`)
		if !s.Keep(ctx, e) {
			t.Fatal("not kept")
		}
	}
	found := func(key, item string) string {
		e, err := s.FindItem(ctx, "ws", key, item)
		if err != nil && gateway.AsError(err).Kind != gateway.NotFound {
			t.Fatal(err)
		}
		return e.ID
	}
	keep("a", `[{"id":"rs_1"},{"type":"message"},{"id":"fc_1"}]`)
	if found("k", "rs_1") != "a" || found("k", "fc_1") != "a" || found("other", "fc_1") != "" || found("k", "") != "" {
		t.Error("an item of a response that waits")
	}
	close(store.gate)
	keep("b", `[{"id":"fc_2"}]`)
	if err := s.Close(ctx); err != nil || found("k", "fc_1") != "a" || found("k", "fc_2") != "b" {
		t.Errorf("an item of a stored response: %v", err)
	}
	keep("c", `[{"id":"fc_2"}]`) // it waits for ever: the writer has ended
	if found("k", "fc_2") != "" || found("k", "fc_1") != "a" {
		t.Error("an id that two items have names neither")
	}
}

// A response that the vendor still writes is stored when Keep returns: its caller may ask another process
// for the rest, and this one may die.
func TestUnfinishedIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{rows: map[string]history.Row{}, gate: make(chan struct{})}
		s := history.New(m, plain{}, history.Config{})
		defer s.Close(t.Context())
		e := history.Entry{ID: "r1", Workspace: "w", Response: []byte(`{}`), Unfinished: []byte(`{}`)}
		kept := make(chan bool)
		go func() { kept <- s.Keep(t.Context(), e) }()
		select {
		case <-kept:
			t.Error("it did not wait")
		case <-time.After(time.Minute):
		}
		close(m.gate)
		if !<-kept {
			t.Error("not kept")
		}
		if _, err := m.Response(t.Context(), "w", "r1", time.Now()); err != nil {
			t.Error(err)
		}
		m.mu.Lock()
		m.fail = errors.New("down")
		m.mu.Unlock()
		if e.ID = "r2"; s.Keep(t.Context(), e) {
			t.Error("kept by a store that is down")
		}
		if e.Unfinished = nil; !s.Keep(t.Context(), e) {
			t.Error("a whole response waited for the store")
		}
	})
}
