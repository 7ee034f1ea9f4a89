package audit

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// headed is a memory with heads.
type headed struct{ memory }

func (h headed) Head(context.Context, string) (Head, error) {
	return h.memory[len(h.memory)-1].Head(), nil
}

func anchorOf(t *testing.T, seed byte) []byte {
	t.Helper()
	var head Head
	rows := memory{head.Append("n", &Event{Action: "chat"}, time.Now())}
	raw, err := MakeAnchor(t.Context(), headed{rows}, bytes.Repeat([]byte{seed}, 32), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestReadAnchors(t *testing.T) {
	mine, other := string(anchorOf(t, 1)), string(anchorOf(t, 2))
	myKey, otherKey := PublicKey(bytes.Repeat([]byte{1}, 32)), PublicKey(bytes.Repeat([]byte{2}, 32))
	for name, c := range map[string]struct {
		file string
		keys []string
		says string // "" = it is read
	}{
		"one":                        {mine, nil, ""},
		"two, an empty line":         {mine + "\n" + mine, nil, ""},
		"the key is named":           {mine, []string{myKey}, ""},
		"another key is named":       {mine, []string{otherKey}, "line 1: it is signed by the key"},
		"a second key":               {mine + other, nil, "line 2: it is signed by the key"},
		"both keys are named":        {mine + other, []string{myKey, otherKey}, ""},
		"a moved head":               {strings.Replace(mine, `"seq":1`, `"seq":2`, 1), nil, "line 1: the signature is wrong"},
		"another chain":              {strings.Replace(mine, `"chain":"n"`, `"chain":"m"`, 1), nil, "the signature is wrong"},
		"a signature of another key": {strings.Replace(mine, myKey, otherKey, 1), nil, "the signature is wrong"},
		"no signature":               {strings.Replace(mine, `"signature"`, `"other"`, 1), nil, "the signature is wrong"},
		"a key that is none":         {strings.Replace(mine, myKey, "AAAA", 1), nil, "the signature is wrong"},
		"no JSON":                    {mine + "{", nil, "line 2: this is no anchor"},
		"another file":               {`{"a":1}`, nil, "line 1: this is no anchor"},
		"nothing":                    {"", nil, "there is no anchor"},
	} {
		read, err := ReadAnchors(strings.NewReader(c.file), c.keys...)
		if c.says == "" {
			if err != nil || len(read) == 0 || read[0].Heads["n"].Seq != 1 {
				t.Errorf("%s: %v, %v", name, read, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

func TestExport(t *testing.T) {
	anchor := anchorOf(t, 1)
	path := filepath.Join(t.TempDir(), "anchors")
	for range 2 {
		if err := (&Exporter{To: path}).Export(t.Context(), anchor); err != nil {
			t.Fatal(err)
		}
	}
	if raw, err := os.ReadFile(path); err != nil || string(raw) != string(anchor)+string(anchor) {
		t.Errorf("%s, %v", raw, err)
	}
	var asked, failures atomic.Int64
	var got atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) <= failures.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		var b bytes.Buffer
		_, _ = b.ReadFrom(r.Body)
		got.Store(b.String())
	}))
	defer server.Close()
	for fail, works := range map[int64]bool{0: true, 2: true, exportAttempts: false} {
		asked.Store(0)
		failures.Store(fail)
		got.Store("")
		err := (&Exporter{To: server.URL + "/secret-path", Client: server.Client(), Pause: time.Millisecond}).Export(t.Context(), anchor)
		if (err == nil) != works || works && got.Load() != string(anchor) {
			t.Errorf("%d failures: %v, %q", fail, err, got.Load())
		}
		if err != nil && (strings.Contains(err.Error(), "secret-path") || !strings.Contains(err.Error(), "502")) {
			t.Errorf("the error: %v", err)
		}
	}
}
