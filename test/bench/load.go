package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// load sends requests to one address. No two of its requests are alike.
type load struct {
	url    string
	header http.Header
	body   func() []byte // makes the next request
	stream bool          // the answers are streams
	cache  string        // the cache status that every answer must have
}

// reply is one answer as a client saw it. For an answer that is no stream, first equals all.
type reply struct {
	first  time.Duration // to the first chunk
	all    time.Duration
	chunks int
}

// run sends requests for the given time from that many clients. Each client has a connection of
// its own and waits for its answer before it sends again.
func (l *load) run(ctx context.Context, clients int, length time.Duration, p *process) (sample, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}}
	defer client.CloseIdleConnections()
	before, err := p.cpu()
	if err != nil {
		return sample{}, err
	}
	var (
		wg      sync.WaitGroup
		replies = make([][]reply, clients)
		errs    = make([]error, clients)
	)
	begin := time.Now()
	for i := range clients {
		wg.Go(func() {
			for time.Since(begin) < length && errs[i] == nil {
				var r reply
				if r, errs[i] = l.send(ctx, client); errs[i] == nil {
					replies[i] = append(replies[i], r)
				}
			}
		})
	}
	wg.Wait()
	s := sample{took: time.Since(begin)}
	after, err := p.cpu()
	if err := errors.Join(append(errs, err)...); err != nil {
		return sample{}, err
	}
	s.cpu, s.memory = after-before, p.memory()
	for _, rs := range replies {
		s.add(rs)
	}
	s.sort()
	return s, nil
}

func (l *load) send(ctx context.Context, client *http.Client) (reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url, bytes.NewReader(l.body()))
	if err != nil {
		return reply{}, err
	}
	req.Header = l.header
	sent := time.Now()
	res, err := client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	if err := l.check(res); err != nil {
		return reply{}, err
	}
	if l.stream {
		return readStream(res.Body, sent)
	}
	_, err = io.Copy(io.Discard, res.Body)
	took := time.Since(sent)
	return reply{first: took, all: took, chunks: 1}, err
}

func (l *load) check(res *http.Response) error {
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(res.Body)
		return fmt.Errorf("%s: status %d: %s", l.url, res.StatusCode, text)
	}
	if status := res.Header.Get("X-Sluice-Cache-Status"); status != l.cache {
		return fmt.Errorf("%s: cache status %q, want %q", l.url, status, l.cache)
	}
	return nil
}

// readStream reads server-sent events up to the end mark.
func readStream(body io.Reader, sent time.Time) (reply, error) {
	var r reply
	lines := bufio.NewScanner(body)
	for lines.Scan() {
		data, isData := bytes.CutPrefix(lines.Bytes(), []byte("data: "))
		if !isData {
			continue
		}
		if r.chunks++; r.chunks == 1 {
			r.first = time.Since(sent)
		}
		if string(data) == "[DONE]" {
			r.all = time.Since(sent)
			return r, nil
		}
	}
	return r, fmt.Errorf("the stream broke off after %d chunks: %w", r.chunks, errors.Join(lines.Err(), io.ErrUnexpectedEOF))
}
