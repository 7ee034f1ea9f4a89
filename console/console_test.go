package console

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, path string) (*http.Response, string) {
	t.Helper()
	h, err := Handler()
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(body)
}

// TestPage holds that every path below /console/ gets the page, with the way back to its root.
func TestPage(t *testing.T) {
	for path, base := range map[string]string{
		"/console/":                       "./",
		"/console/requests":               "./",
		"/console/requests?status=5xx":    "./",
		"/console/requests/01M8MNHJ7AXM9": "./../",
		"/console/requests/":              "./../",
		"/console/a/b/c":                  "./../../",
	} {
		res, body := get(t, path)
		if res.StatusCode != http.StatusOK || !strings.Contains(body, `<base href="`+base+`"`) {
			t.Errorf("%s: status %d, no base %s in\n%s", path, res.StatusCode, base, body)
		}
		if got := res.Header.Get("Content-Security-Policy"); got != policy || strings.Contains(got, "unsafe") {
			t.Errorf("%s: policy %q", path, got)
		}
		if res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: the page may be kept", path)
		}
	}
	if res, _ := get(t, "/console"); res.StatusCode != http.StatusFound || res.Header.Get("Location") != "console/" {
		t.Errorf("/console: status %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
}

// TestAssets holds that the page's own files are there, are kept, and that absent ones are absent.
func TestAssets(t *testing.T) {
	_, page := get(t, "/console/")
	names := regexp.MustCompile(`(?:src|href)="\./(assets/[^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(names) < 2 {
		t.Fatalf("the page names %d assets, want a script and a style:\n%s", len(names), page)
	}
	for _, n := range names {
		res, body := get(t, "/console/"+n[1])
		if res.StatusCode != http.StatusOK || body == "" || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: status %d, %d bytes, Cache-Control %q", n[1], res.StatusCode, len(body), res.Header.Get("Cache-Control"))
		}
	}
	for _, name := range []string{"assets/absent.js", "assets/../../console.go", "assets/"} {
		if res, body := get(t, "/console/"+name); res.StatusCode == http.StatusOK && !strings.Contains(body, "<base") {
			t.Errorf("%s is served:\n%.200s", name, body)
		}
	}
	if strings.Contains(page, "<style") || regexp.MustCompile(`<script(?:>|[^>]*>[^<])`).MatchString(page) || strings.Contains(page, "http://") || strings.Contains(page, "https://") {
		t.Errorf("the page holds a script, a style or an address of its own:\n%s", page)
	}
}

// The budget of the console, in bytes.
const (
	maxFirstLoad = 250 << 10 // what the page loads at once, compressed
	maxBuild     = 2 << 20   // everything, as it is embedded
)

// TestSize prints the sizes of the build and holds them to the budget.
func TestSize(t *testing.T) {
	_, page := get(t, "/console/")
	first, all := 0, 0
	err := fs.WalkDir(dist, "dist", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := dist.ReadFile(path)
		if err != nil {
			return err
		}
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := w.Write(data); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		t.Logf("%8d bytes, %7d with gzip  %s", len(data), packed.Len(), path)
		if all += len(data); strings.Contains(page, strings.TrimPrefix(path, "dist/")) || path == "dist/index.html" {
			first += packed.Len()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("first load: %d of %d bytes; all: %d of %d bytes", first, maxFirstLoad, all, maxBuild)
	if first > maxFirstLoad || all > maxBuild {
		t.Error("the console is over its budget")
	}
}
