package app

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/internal/config"
)

// TestLargeUploads: a file of 64 MB goes to the vendor without being held in memory, and leaves nothing on
// disk. One above the limit is refused with 413, naming the setting.
func TestLargeUploads(t *testing.T) {
	const size = 64 << 20
	got := make(chan int64, 1)
	vendor := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		select {
		case got <- n:
		default:
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"id":"file-large","object":"file","text":"Hello."}`)
	})
	o := openOfficeWith(t, vendor, func(cfg *config.Config) { cfg.HTTP.Limits.Upload = size + 1<<20 })
	o.virtualKey(`"name":"account","provider":"openai"`)
	const head, tail = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n", "\r\n--b--\r\n"
	ask := func(path string, size int64) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", path, io.MultiReader(strings.NewReader(head), io.LimitReader(silence{}, size), strings.NewReader(tail)))
		r.ContentLength = -1
		r.Header.Set("Authorization", "Bearer "+o.callers["a"])
		r.Header.Set("X-Sluice-Virtual-Key", "account")
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		w := httptest.NewRecorder()
		o.server.ServeHTTP(w, r)
		return w
	}
	for _, path := range []string{"/v1/audio/transcriptions", "/v1/files"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		w := ask(path, size)
		runtime.ReadMemStats(&after)
		if w.Code != http.StatusOK || <-got < size {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > size/2 {
			t.Errorf("%s allocated %d MiB in all", path, n>>20)
		}
		if w := ask(path, size+2<<20); w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "limits.upload") {
			t.Errorf("%s, too large: %d %s", path, w.Code, w.Body)
		}
	}
	if left, _ := os.ReadDir(filepath.Join(o.dir, "uploads")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// silence is a recording without an end.
type silence struct{}

func (silence) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
