// Package console serves the web console: the pages of console/dist, which Vite builds from
// console/src. The build is part of the repository, so that Go alone builds the binary; a test
// fails where it is not what src builds to.
//
// # Flow
//
// The console is a single page. Every path below /console/ that is no file of the build gets
// the page, and the page's router shows what the path names. The page calls the same HTTP API
// as everybody else, with the cookie of its session.
//
// # Invariants
//
//   - All references are relative. The page works behind any path prefix that a proxy adds,
//     because its base is told as a way up from the path that was asked for.
//   - Nothing is loaded from another origin, and no script or style stands in the page: the
//     content security policy forbids both.
//   - Files under assets/ have a hash in their names and never change; the page is never kept.
package console

import (
	"bytes"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// policy is the content security policy of the console.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

// basePlaceholder is the base in index.html as it is built.
const basePlaceholder = `<base href="./"`

// Handler serves the console below /console. It needs no Close.
func Handler() (http.Handler, error) {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	page, err := fs.ReadFile(built, "index.html")
	if err != nil {
		return nil, err
	}
	if !bytes.Contains(page, []byte(basePlaceholder)) {
		return nil, errors.New("console: dist/index.html has no " + basePlaceholder)
	}
	return &handler{built: built, files: http.FileServerFS(built), page: page}, nil
}

type handler struct {
	built fs.FS
	files http.Handler
	page  []byte
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked, _, _ := strings.Cut(r.RequestURI, "?") // as it was sent: the server trims slashes from r.URL
	_, below, found := strings.Cut(asked, "/console/")
	if !found {
		w.Header().Set("Location", "console/") // http.Redirect would make it absolute, and lose a prefix
		w.WriteHeader(http.StatusFound)
		return
	}
	header := w.Header()
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "same-origin")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	if name := path.Clean(below); strings.HasPrefix(name, "assets/") || name == "icon.svg" {
		if _, err := fs.Stat(h.built, name); err == nil && strings.HasPrefix(name, "assets/") {
			header.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		r2 := r.Clone(r.Context())
		r2.URL.Path, r2.URL.RawPath = "/"+name, ""
		h.files.ServeHTTP(w, r2)
		return
	}
	base := "./" + strings.Repeat("../", strings.Count(below, "/"))
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	_, _ = w.Write(bytes.Replace(h.page, []byte(basePlaceholder), []byte(`<base href="`+base+`"`), 1))
}
