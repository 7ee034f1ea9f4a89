package httpapi

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var testTime = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// script is the part of a golden file that says what the pipeline does.
type script struct {
	Body   json.RawMessage   `json:"body"`
	Events []json.RawMessage `json:"events"`
	Fail   *failure          `json:"fail"`  // instead of a stream
	Break  *failure          `json:"break"` // after the chunks
	Facts  gateway.Facts     `json:"facts"`
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
	return gatewaytest.NewStream(s.Break.err(), chunks...), nil
}

// TestGolden plays testdata/*.txtar: a request as it stands on the wire, what the pipeline
// does with it, and the response.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { golden(t, file) })
	}
}

func golden(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]*txtar.File{}
	for i := range archive.Files {
		parts[archive.Files[i].Name] = &archive.Files[i]
	}
	var play script
	if p := parts["pipeline"]; p != nil {
		if err := json.Unmarshal(p.Data, &play); err != nil {
			t.Fatal(err)
		}
	}
	var stream *gatewaytest.Stream
	s := New(Settings{
		NewID: func(time.Time) string { return "01TESTREQUEST" }, Now: func() time.Time { return testTime },
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
	s.ServeHTTP(w, wire(t, parts["request"].Data))
	if stream != nil && stream.Closes() != 1 {
		t.Errorf("the stream was closed %d times", stream.Closes())
	}
	got := response(w)
	want := parts["response"]
	if *update {
		if want == nil {
			archive.Files = append(archive.Files, txtar.File{Name: "response"})
			want = &archive.Files[len(archive.Files)-1]
		}
		want.Data = got
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want == nil {
		t.Fatal("no response in the file; run with -update")
	}
	if d := cmp.Diff(string(want.Data), string(got)); d != "" {
		t.Errorf("response (-want +got):\n%s", d)
	}
}

// wire reads a request whose lines end in "\n" and whose body needs no length.
func wire(t *testing.T, raw []byte) *http.Request {
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
