package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	idleStreams = 1000
	settle      = 2 * time.Second // for what a server still does after its last request
)

// memory is what a Sluice with everything on takes: before its first request, while 1,000
// streams wait for their upstream, and after these have been closed.
type memory struct{ before, during, after footprint }

type footprint struct{ bytes, goroutines int64 }

func (m memory) perStream() int64 { return (m.during.bytes - m.before.bytes) / idleStreams }

func measureMemory(ctx context.Context, binary, dir, upstream string) (m memory, err error) {
	p, err := startSluice(ctx, binary, dir, upstream+idlePath, "content: redacted")
	if err != nil {
		return m, err
	}
	defer p.stop()
	time.Sleep(settle)
	if m.before, err = footprintOf(ctx, p); err != nil {
		return m, err
	}
	closeStreams, err := openIdleStreams(ctx, p.url)
	if err == nil {
		time.Sleep(settle)
		m.during, err = footprintOf(ctx, p)
	}
	closeStreams()
	if err != nil {
		return m, err
	}
	time.Sleep(settle)
	m.after, err = footprintOf(ctx, p)
	return m, err
}

// openIdleStreams opens the streams, eight at a time, and reads the first chunk of each. The
// returned function closes those that were opened.
func openIdleStreams(ctx context.Context, url string) (closeAll func(), err error) {
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	ctx, cancel := context.WithCancel(ctx)
	var (
		wg    sync.WaitGroup
		slots = make(chan struct{}, 8)
		errs  = make([]error, idleStreams)
		open  = make([]io.Closer, idleStreams)
	)
	for i := range idleStreams {
		slots <- struct{}{}
		wg.Go(func() {
			open[i], errs[i] = openStream(ctx, client, url+promptPath)
			<-slots
		})
	}
	wg.Wait()
	return func() {
		cancel()
		for _, stream := range open {
			if stream != nil {
				_ = stream.Close()
			}
		}
		client.CloseIdleConnections()
	}, errors.Join(errs...)
}

// openStream returns the rest of an answer whose first line has arrived.
func openStream(ctx context.Context, client *http.Client, url string) (io.Closer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(promptCall(true)()))
	if err != nil {
		return nil, err
	}
	req.Header = everythingOn()
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	if line, err := bufio.NewReader(res.Body).ReadString('\n'); err != nil || res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return nil, fmt.Errorf("status %d: %s: %w", res.StatusCode, line, err)
	}
	return res.Body, nil
}

// footprintOf reads the resident set from /proc and the goroutines from /metrics.
func footprintOf(ctx context.Context, p *process) (footprint, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/metrics", nil)
	if err != nil {
		return footprint{}, err
	}
	f := footprint{bytes: p.memory()}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return f, err
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		if count, found := strings.CutPrefix(lines.Text(), "go_goroutines "); found {
			f.goroutines, err = strconv.ParseInt(count, 10, 64)
			return f, err
		}
	}
	return f, errors.Join(errors.New("/metrics does not give the goroutines"), lines.Err())
}
