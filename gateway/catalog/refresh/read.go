package refresh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"

	"github.com/sluicegate/sluice/gateway/catalog/signed"
)

// read returns what the source has; nil if it has not changed since the last file that was used.
func (s *Service) read(ctx context.Context) (raw []byte, tag string, err error) {
	if s.cfg.File != "" {
		raw, err = readFile(s.cfg.File)
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
		return nil, "", fmt.Errorf("download it: %w", err)
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusNotModified && s.tag != "":
		return nil, s.tag, nil
	case res.StatusCode != http.StatusOK:
		return nil, "", fmt.Errorf("the server of the catalogue answers with status %d", res.StatusCode)
	}
	raw, err = bounded(res.Body)
	return raw, res.Header.Get("ETag"), err
}

// onlyHTTPS refuses redirects to anything else.
func onlyHTTPS(req *http.Request, before []*http.Request) error {
	if req.URL.Scheme != "https" {
		return errors.New("it is redirected to an address that is not one of https")
	}
	if len(before) > 5 {
		return errors.New("it is redirected more than five times")
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
	if err == nil && len(raw) > signed.MaxFile {
		err = fmt.Errorf("the file is larger than %d bytes", signed.MaxFile)
	}
	return raw, err
}
