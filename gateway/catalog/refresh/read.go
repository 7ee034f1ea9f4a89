package refresh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"

	"github.com/sluicegate/sluice/gateway/catalog/signed"
)

// read returns what the source has; nil if it has not changed since the last file that was used.
func (s *Service) read(ctx context.Context) (raw []byte, tag string, err error) {
	if s.cfg.File != "" {
		raw, err = readFile(s.cfg.File)
		var path *fs.PathError
		if errors.As(err, &path) {
			err = &failure{"the file cannot be read", err}
		}
		return raw, "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.cfg.URL, nil)
	if err != nil || req.URL.Scheme != "https" {
		return nil, "", errors.New("the address is not one of https")
	}
	req.Header.Set("User-Agent", "sluice")
	if s.tag != "" {
		req.Header.Set("If-None-Match", s.tag)
	}
	res, err := s.client.Do(req)
	if err != nil {
		var where *url.Error // shows the address, whose parameters may hold a secret
		if errors.As(err, &where) {
			err = where.Err
		}
		if refused := (refusedRedirect)(""); errors.As(err, &refused) {
			return nil, "", refused
		}
		return nil, "", &failure{"the server of the catalogue cannot be reached", err}
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusNotModified && s.tag != "":
		return nil, s.tag, nil
	case res.StatusCode != http.StatusOK:
		return nil, "", fmt.Errorf("the server of the catalogue answers with status %d", res.StatusCode)
	}
	if raw, err = bounded(res.Body); err != nil {
		return nil, "", err
	}
	return raw, res.Header.Get("ETag"), nil
}

// refusedRedirect is why a redirect is not followed.
type refusedRedirect string

func (r refusedRedirect) Error() string { return string(r) }

// onlyHTTPS refuses redirects to anything else.
func onlyHTTPS(req *http.Request, before []*http.Request) error {
	if req.URL.Scheme != "https" {
		return refusedRedirect("it is redirected to an address that is not one of https")
	}
	if len(before) > 5 {
		return refusedRedirect("it is redirected more than five times")
	}
	return nil
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return bounded(f)
}

func bounded(r io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, signed.MaxFile+1))
	if err != nil {
		return nil, &failure{"the file cannot be read to its end", err}
	}
	if len(raw) > signed.MaxFile {
		return nil, fmt.Errorf("the file is larger than %d bytes", signed.MaxFile)
	}
	return raw, nil
}
