package inference

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// counted counts what is read of it.
type counted struct {
	io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

// twins is an object with n times the same two members.
func twins(n int) string {
	return "{" + strings.TrimSuffix(strings.Repeat(`"0":1,"1":1,`, n), ",") + "}"
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"%d":1,`, i)
	}
	return "{" + strings.TrimSuffix(b.String(), ",") + "}"
}

// manyMetadata has n keys with values of that many bytes, in characters of three bytes where they
// would be too long.
func manyMetadata(n, bytes int) string {
	value := strings.Repeat("v", bytes)
	if bytes > 128 {
		value = strings.Repeat("値", bytes/3)
	}
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"key-%d":"%s"`, i, value)
	}
	return "{" + b.String()[1:] + "}"
}

// TestHostileBodies: what would take long to read costs nothing without a key, not even its
// reading, and with one is refused by name within a moment.
func TestHostileBodies(t *testing.T) {
	around := func(extra string) string {
		return strings.TrimSuffix(gatewaytest.Hello, "}") + `,"extra":` + extra + "}"
	}
	for name, c := range map[string]struct{ body, holds string }{
		"100,000 twins at the top":    {twins(50_000), "The field '0' is given twice"},
		"100,000 keys at the top":     {manyKeys(100_000), "more than 10000 fields"},
		"100,000 keys inside":         {around(`[{"a":` + manyKeys(100_000) + `}]`), "more than 10000 fields"},
		"a depth of 129":              {around(strings.Repeat("[", 128) + strings.Repeat("]", 128)), "more than 128 levels"},
		"a depth of a million":        {around(strings.Repeat("[", 1_000_000)), "more than 128 levels"},
		"2,000,001 values":            {around("[" + strings.Repeat("1,", 2_000_000) + "1]"), "more than 2000000 values"},
		"a name of 2 MB, twice":       {`{"` + strings.Repeat("a", 1<<20) + `":1,"` + strings.Repeat("a", 1<<20) + `":1}`, "is given twice"},
		"10,000 twins inside are one": {around(twins(5000)), ""},
	} {
		t.Run(name, func(t *testing.T) {
			ask := func(by httpapi.Authenticator) (*httptest.ResponseRecorder, int, time.Duration) {
				s := httpapi.New(httpapi.Settings{Authenticator: by, Routes: Routes(Settings{Pipeline: func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
					if ex.Refused != nil {
						return nil, ex.Refused
					}
					return gateway.Chunks(gatewaytest.Body(`{"choices":[]}`)), nil
				}})})
				body := &counted{Reader: strings.NewReader(c.body)}
				r := httptest.NewRequest("POST", "/v1/chat/completions", body)
				r.Header.Set("Authorization", "Bearer sk-sl-test")
				w, begin := httptest.NewRecorder(), time.Now()
				s.ServeHTTP(w, r)
				return w, body.n, time.Since(begin)
			}
			if w, read, _ := ask(nobody{}); w.Code != http.StatusUnauthorized || read > 0 {
				t.Errorf("without a key: %d, %d bytes were read", w.Code, read)
			}
			bound := 20 * time.Second // a slow machine with the race detector reads 2 million values in 7 s
			if strings.Contains(name, "100,000") {
				bound = 5 * time.Second // comparing the names in pairs takes 10 s on a fast one
			}
			want := http.StatusBadRequest
			if c.holds == "" {
				want = http.StatusOK
			}
			w, _, took := ask(anyone{})
			if w.Code != want || !strings.Contains(w.Body.String(), c.holds) || took > bound {
				t.Errorf("with a key: %d %.300s after %v", w.Code, w.Body, took)
			}
			if w.Body.Len() > 4096 {
				t.Errorf("the answer has %d bytes", w.Body.Len())
			}
		})
	}
}
