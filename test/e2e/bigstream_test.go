package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestHugeStream: a stream of 400 MB passes whole, in bounded memory; what is recorded of it
// says that it is truncated.
func TestHugeStream(t *testing.T) {
	const events = 400 << 20 / (64 << 10)
	piece := strings.Repeat("x", 64<<10)
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for range events {
			_, err := fmt.Fprintf(w, "data: {\"id\":\"x\",\"model\":\"big\",\"choices\":[{\"index\":0,\"delta\":{\"content\":%q},\"finish_reason\":null}]}\n\n", piece)
			if err != nil {
				return
			}
		}
		_, _ = io.WriteString(w, "data: {\"id\":\"x\",\"model\":\"big\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
	}))
	t.Cleanup(up.Close)
	s := start(t, strings.ReplaceAll(moneyConfig, "UPSTREAM", up.URL), nil)
	before := peakMemory(t, s.cmd.Process.Pid)
	req, err := http.NewRequest("POST", s.url+chat, strings.NewReader(ask("@shop/big", `"stream":true,`)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+ownerKey)
	req.Header.Set("X-Sluice-Config", `{"cache":"simple","redact":["email"]}`)
	req.Header.Set("X-Sluice-Trace-Id", "big")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if n, err := io.Copy(io.Discard, res.Body); err != nil || n < events*int64(len(piece)) {
		t.Errorf("%d bytes, %v", n, err)
	}
	if grown := peakMemory(t, s.cmd.Process.Pid) - before; grown > 150 {
		t.Errorf("the process grew by %d MB", grown)
	}
	row := s.logged("big")
	if !row.Get("response.truncated").Bool() || len(row.Get("response").Raw) < 400<<10 || row.Get("response.choices.0.finish_reason").String() != "stop" || row.Get("cost_basis").String() != "counted" {
		t.Errorf("recorded: %d bytes, truncated %s, %s, %s", len(row.Get("response").Raw), row.Get("response.truncated"), row.Get("response.choices.0.finish_reason"), row.Get("cost_basis"))
	}
}

// peakMemory is the largest resident size of a process so far, in MB.
func peakMemory(t *testing.T, pid int) int {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip("memory is measured on Linux only")
	}
	_, rest, _ := strings.Cut(string(raw), "VmHWM:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kb >> 10
}
