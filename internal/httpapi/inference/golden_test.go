package inference

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/internal/goldentest"
)

var testTime = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// script is the part of a golden file that says what the pipeline does.
type script struct {
	Body    json.RawMessage   `json:"body"`
	Events  []json.RawMessage `json:"events"`
	Fail    *failure          `json:"fail"`    // instead of a stream
	Break   *failure          `json:"break"`   // after the chunks
	Dialect string            `json:"dialect"` // of body and events; "" = "openai"
	Facts   gateway.Facts     `json:"facts"`
}

type failure struct {
	Kind       gateway.Kind
	Public     string
	Param      string
	Code       string
	Status     int
	RetryAfter time.Duration
}

func (f *failure) err() error {
	if f == nil {
		return nil
	}
	return &gateway.Error{Op: "test", Kind: f.Kind, Public: f.Public, Param: f.Param, Code: f.Code, Status: f.Status, RetryAfter: f.RetryAfter}
}

func (s *script) stream() (*gatewaytest.Stream, error) {
	if s.Fail != nil {
		return nil, s.Fail.err()
	}
	var chunks []gateway.Chunk
	if s.Body != nil {
		chunks = append(chunks, gatewaytest.Body(string(s.Body)))
	}
	for _, e := range s.Events {
		chunks = append(chunks, gatewaytest.Event(string(e)))
	}
	for _, d := range []gateway.Dialect{responses.Dialect{}, anthropic.Dialect{}} {
		for i := range chunks {
			if s.Dialect == d.Name() {
				chunks[i].Dialect = d
				chunks[i].Read()
			}
		}
	}
	return gatewaytest.NewStream(s.Break.err(), chunks...), nil
}

// TestGolden reads testdata: a request as it stands on the wire and what the pipeline does
// with it in, the response out.
func TestGolden(t *testing.T) { goldentest.Run(t, "testdata/*.txtar", golden) }

func golden(t *testing.T, in *txtar.Archive) *txtar.Archive {
	var play script
	if raw := goldentest.Section(in, "pipeline"); raw != nil {
		if err := json.Unmarshal(raw, &play); err != nil {
			t.Fatal(err)
		}
	}
	var stream *gatewaytest.Stream
	s := api(Settings{
		Pipeline: func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			status, first := ex.Facts.Status, ex.Facts.FirstByte
			*ex.Facts = play.Facts
			ex.Facts.Status, ex.Facts.FirstByte = status, first
			if ex.Refused != nil {
				return nil, ex.Refused
			}
			var err error
			if stream, err = play.stream(); err != nil {
				return nil, err
			}
			return gateway.Prime(stream)
		},
	})
	w := httptest.NewRecorder()
	s.ServeHTTP(w, wireText(t, goldentest.Section(in, "request")))
	if stream != nil && stream.Closes() != 1 {
		t.Errorf("the stream was closed %d times", stream.Closes())
	}
	return goldentest.With(in, txtar.File{Name: "response", Data: response(w)})
}

// wire reads a request whose lines end in "\n" and whose body needs no length.
func wireText(t *testing.T, raw []byte) *http.Request {
	head, body, _ := bytes.Cut(raw, []byte("\n\n"))
	body = bytes.TrimSuffix(body, []byte("\n"))
	text := strings.ReplaceAll(string(head), "\n", "\r\n")
	if len(body) > 0 {
		text += fmt.Sprintf("\r\nContent-Length: %d", len(body))
	}
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text + "\r\nHost: sluice.test\r\n\r\n" + string(body))))
	if err != nil {
		t.Fatal(err)
	}
	r.RemoteAddr = "192.0.2.1:1234"
	r.Header.Set("Authorization", "Bearer sk-sl-test")
	return r
}

var ids = regexp.MustCompile(`\b([0-9a-f]{32}|[0-9a-f]{16})\b`)

// response is what was sent, with minted ids made equal.
func response(w *httptest.ResponseRecorder) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%d\n", w.Code)
	var names []string
	for name := range w.Header() {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		for _, v := range w.Header()[name] {
			fmt.Fprintf(&b, "%s: %s\n", name, ids.ReplaceAllStringFunc(v, func(id string) string {
				return strings.Repeat("x", len(id))
			}))
		}
	}
	b.WriteString("\n")
	b.Write(w.Body.Bytes())
	b.WriteString("\n")
	return b.Bytes()
}
