package e2e

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// broken posts a body on a connection of its own and reads the answer, whose body must end
// without the last chunk.
func (s *server) broken(path, body string) reply {
	s.t.Helper()
	conn, err := net.DialTimeout("tcp", strings.TrimPrefix(s.url, "http://"), 5*time.Second)
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: sluice.test\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", path, ownerKey, len(body), body)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		s.t.Errorf("%s: the body ends with %v: %s", path, err, text)
	}
	return reply{res, string(text)}
}

// TestGeminiBrokenBody: a stream of Google's that breaks has an error event and no end of its
// body, and leaves its row; nothing is logged as a failure of Sluice.
func TestGeminiBrokenBody(t *testing.T) {
	s, up := startGemini(t)
	up.Set("breaks", gatewaytest.Reply{Pieces: []string{"one ", "two ", "three "}, Fault: gatewaytest.Fault{Cut: true, CutAfter: 2}})
	r := s.broken("/v1beta/models/@google/breaks:streamGenerateContent?alt=sse", `{"contents":[{"parts":[{"text":"Hi"}]}]}`)
	if all := events(r.body); len(all) != 3 || !strings.HasPrefix(all[2], `{"error":{"code":502`) {
		t.Errorf("%s", r.body)
	}
	row := s.logged(r.Header.Get("X-Sluice-Request-Id"))
	if row.Get("outcome").String() != "provider_error" || row.Get("error.message").String() == "" || row.Get("http_status").Int() == 500 {
		t.Errorf("the row: %s", row.Raw)
	}
	if log := s.output.String(); strings.Contains(log, "panic") || !strings.Contains(log, r.Header.Get("X-Sluice-Request-Id")) {
		t.Errorf("the log: %s", log)
	}
}
