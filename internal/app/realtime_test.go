package app

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// caller is a client of a realtime session.
type caller struct {
	t    *testing.T
	conn *websocket.Conn
	id   string // of the request
}

// openSession opens a session of the mock's.
func openSession(t *testing.T, server, key, model string, headers http.Header) (*caller, *http.Response, error) {
	t.Helper()
	if headers == nil {
		headers = http.Header{}
	}
	headers.Set("Authorization", "Bearer "+key)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	conn, res, err := websocket.Dial(ctx, server+"/v1/realtime?model="+model, &websocket.DialOptions{HTTPHeader: headers})
	if err != nil {
		return nil, res, err
	}
	t.Cleanup(func() { conn.CloseNow() })
	return &caller{t, conn, res.Header.Get("X-Sluice-Request-Id")}, res, nil
}

func (c *caller) send(events ...string) {
	c.t.Helper()
	for _, e := range events {
		if err := c.conn.Write(c.t.Context(), websocket.MessageText, []byte(e)); err != nil {
			c.t.Fatal(err)
		}
	}
}

// until reads events up to the first one of a type.
func (c *caller) until(kind string) gjson.Result {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 30*time.Second)
	defer cancel()
	for {
		_, event, err := c.conn.Read(ctx)
		if err != nil {
			c.t.Fatalf("no %s: %v", kind, err)
		}
		if e := gjson.ParseBytes(event); e.Get("type").String() == kind {
			return e
		}
	}
}

// ended reads up to the end of the session, and gives the code that it is closed with.
func (c *caller) ended() websocket.StatusCode {
	ctx, cancel := context.WithTimeout(c.t.Context(), 30*time.Second)
	defer cancel()
	for {
		if _, _, err := c.conn.Read(ctx); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

func say(text string) string {
	return fmt.Sprintf(`{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":%q}]}}`, text)
}

const (
	textOnly = `{"type":"response.create","response":{"output_modalities":["text"]}}`
	spoken   = `{"type":"response.create"}`
)

// TestSessionsAreSettled: however a session ends, its row, the ledger and the key have the same cost,
// and the row tells what it rests on.
func TestSessionsAreSettled(t *testing.T) {
	o := openOffice(t)
	server := httptest.NewServer(o.server)
	defer server.Close()
	key := func(name, budget string) string {
		t.Helper()
		return o.must("POST", "/v1/api-keys", `{"name":"`+name+`","workspace":"a","member":"member@example.com","budget_usd":`+budget+`}`).Get("key").String()
	}
	books, err := sql.Open("sqlite", "file:"+filepath.Join(o.dir, "sluice.db")+"?_pragma=busy_timeout(30000)&mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer books.Close()
	leave := func(c *caller) { _ = c.conn.Close(websocket.StatusNormalClosure, "") }
	// A word is 2 tokens of text at 100 nano-USD, read from the cache at 10, and written at 400; sound
	// is written at 4,000, 10 tokens a word.
	for name, x := range map[string]struct {
		model  string
		budget string
		call   func(*caller)
		nano   int64
		state  gateway.CostState
		basis  gateway.CostBasis
	}{
		"no response": {"realtime", "1", leave, 0, gateway.CostKnown, gateway.CostReported},
		"text":        {"realtime", "1", func(c *caller) { c.send(say("one two three"), textOnly); c.until("response.done"); leave(c) }, 6*100 + 6*400, gateway.CostKnown, gateway.CostReported},
		"sound":       {"realtime", "1", func(c *caller) { c.send(say("one two three"), spoken); c.until("response.done"); leave(c) }, 6*100 + 6*400 + 30*4000, gateway.CostKnown, gateway.CostReported},
		"two responses": {"realtime", "1", func(c *caller) {
			c.send(say("one"), textOnly)
			c.until("response.done")
			c.send(textOnly)
			c.until("response.done")
			leave(c)
		}, 2*100 + 2*400 + 100 + 10 + 2*400, gateway.CostKnown, gateway.CostReported},
		"gone in a response": {"realtime-open", "1", func(c *caller) { c.send(say("one two"), textOnly); c.until("response.output_text.delta"); leave(c) }, 4*100 + 2*400, gateway.CostKnown, gateway.CostReported},
		"connection lost": {"realtime-open", "1", func(c *caller) {
			c.send(say("one two"), textOnly)
			c.until("response.output_text.delta")
			c.conn.CloseNow()
		}, 4*100 + 2*400, gateway.CostKnown, gateway.CostReported},
		"vendor broke off": {"realtime-cut", "1", func(c *caller) {
			c.send(say("one two"), textOnly)
			if code := c.until("error").Get("error.code").String(); code == "" {
				t.Error("an error event without a code")
			}
			if code := c.ended(); code != websocket.StatusInternalError {
				t.Errorf("closed with %d", code)
			}
		}, 400, gateway.CostPartial, gateway.CostCounted}, // "one "
		"usage missing": {"realtime-mute", "1", func(c *caller) { c.send(say("one two"), textOnly); c.until("response.done"); leave(c) }, 2 * 400, gateway.CostPartial, gateway.CostCounted}, // "one two\n"
		"written down": {"realtime", "1", func(c *caller) {
			c.send(`{"type":"session.update","session":{"audio":{"input":{"transcription":{"model":"transcribe"}}}}}`,
				`{"type":"input_audio_buffer.append","audio":"`+strings.Repeat("AAAA", 64_000)+`"}`, `{"type":"input_audio_buffer.commit"}`, textOnly) // 4 s
			c.until("response.done")
			leave(c)
		}, (40*100 + 4*400) + (40*1000 + 8*400), gateway.CostPartial, gateway.CostReported}, // the model that writes has no price of sound
		"spent while it lasts": {"realtime", "0.0001", func(c *caller) {
			c.send(say("one two three"), spoken)
			if code := c.until("error").Get("error.type").String(); code != "api_key_exhaust_error" {
				t.Errorf("the error is %q", code)
			}
			if code := c.ended(); code != websocket.StatusPolicyViolation {
				t.Errorf("closed with %d", code)
			}
		}, 0, gateway.CostPartial, gateway.CostCounted},
	} {
		t.Run(name, func(t *testing.T) {
			secret := key(strings.ReplaceAll(name, " ", "-"), x.budget)
			c, _, err := openSession(t, server.URL, secret, "mock/"+x.model, nil)
			if err != nil {
				t.Fatal(err)
			}
			c.until("session.created")
			x.call(c)
			row := o.row(c.id)
			if got := row.Get("cost_nano_usd").Int(); got != x.nano || row.Get("cost_state").String() != string(x.state) || row.Get("cost_basis").String() != string(x.basis) {
				t.Errorf("the row has %d nano-USD, %s, %s; want %d, %s, %s\n%s", got, row.Get("cost_state"), row.Get("cost_basis"), x.nano, x.state, x.basis, row.Raw)
			}
			if n := len(o.eventsOf(c.id, 1).Array()); n != 1 {
				t.Errorf("%d audit events", n)
			}
			var spent, standing int64
			if err := books.QueryRow("SELECT -coalesce(sum(amount), 0) FROM ledger_entries WHERE transaction_id LIKE ? || '-%' AND amount < 0", c.id).Scan(&spent); err != nil {
				t.Fatal(err)
			}
			if err := books.QueryRow("SELECT count(*) FROM reservations WHERE id LIKE ? || '-%'", c.id).Scan(&standing); err != nil {
				t.Fatal(err)
			}
			if want := row.Get("price_nano_usd").Int(); spent != want || standing != 0 { // what the workspace's price rule makes of the cost
				t.Errorf("the ledger has %d nano-USD and %d reservations; the row has %d", spent, standing, want)
			}
		})
	}
}

// TestSessionsAreGuarded: input guardrails judge the caller's events, and what a session cannot have
// is refused before the vendor is asked.
func TestSessionsAreGuarded(t *testing.T) {
	o := openOffice(t)
	server := httptest.NewServer(o.server)
	defer server.Close()
	contains := func(list string) string {
		return `{"` + list + `":[{"default.contains":{"words":["forbidden"],"operator":"none"},"deny":true}]}`
	}
	with := func(config string) http.Header { return http.Header{"X-Sluice-Config": {config}} }
	for name, config := range map[string]string{
		"output guardrails": contains("output_guardrails"),
		"redaction":         `{"redact":{"input":["email"]}}`,
		"a target's own":    `{"targets":[{"provider":"mock","input_guardrails":[{"default.contains":{"words":["x"],"operator":"none"},"deny":true}]}]}`,
	} {
		_, res, err := openSession(t, server.URL, o.callers["a"], "mock/realtime", with(config))
		if err == nil || res == nil || res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if text := body(t, res); !strings.Contains(text, "session_unguarded") {
			t.Errorf("%s: %s", name, text)
		}
	}
	c, _, err := openSession(t, server.URL, o.callers["a"], "mock/realtime", with(contains("input_guardrails")))
	if err != nil {
		t.Fatal(err)
	}
	c.send(`{"type":"session.update","session":{"instructions":"a forbidden word"}}`)
	if e := c.until("error"); e.Get("error.code").String() != "guardrail_denied" {
		t.Error(e)
	}
	c.send(say("forbidden"))
	if e := c.until("error"); e.Get("error.code").String() != "guardrail_denied" {
		t.Error(e)
	}
	c.send(say("fine"), textOnly)
	if e := c.until("response.output_text.done"); e.Get("text").String() != "fine" {
		t.Error(e)
	}
	_ = c.conn.Close(websocket.StatusNormalClosure, "")
	o.row(c.id)
	o.waitForRow("a", func(row gjson.Result) bool {
		return row.Get("operation").String() == "realtime" && row.Get("status").Int() == 446
	})
}
