package wire

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"
)

// tape is a connection that plays what it was given, cut into reads at the given places.
type tape struct {
	net.Conn
	parts []string
}

func cutTape(data string, cuts ...int) *tape {
	t, at := &tape{}, 0
	for _, c := range cuts {
		t.parts = append(t.parts, data[at:c])
		at = c
	}
	t.parts = append(t.parts, data[at:])
	return t
}

func (t *tape) Read(p []byte) (int, error) {
	for len(t.parts) > 0 && t.parts[0] == "" {
		t.parts = t.parts[1:]
	}
	if len(t.parts) == 0 {
		return 0, io.EOF
	}
	n := copy(p, t.parts[0])
	t.parts[0] = t.parts[0][n:]
	return n, nil
}

func (*tape) Write(p []byte) (int, error)     { return len(p), nil }
func (*tape) Close() error                    { return nil }
func (*tape) SetDeadline(time.Time) error     { return nil }
func (*tape) SetReadDeadline(time.Time) error { return nil }

// heardOf is what a reader made of an answer.
type heardOf struct {
	status int
	header http.Header
	body   string
	kept   bool   // wire: the connection went back to the pool
	left   string // of the tape, or of the oracle's input
}

func readWire(t testing.TB, tp *tape) (got heardOf, err error) {
	c := New(Config{})
	defer c.Close()
	cn, err := newConn(host{addr: "tape"}, tp, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, _, err := c.exchange(context.Background(), cn, []byte("POST"), nil)
	if err != nil {
		cn.unwatch()
		return got, err
	}
	defer res.Close()
	body, err := io.ReadAll(res)
	got = heardOf{status: res.Status, header: http.Header{}, body: string(body), kept: c.pool.total == 1, left: strings.Join(tp.parts, "")}
	for _, f := range res.Header {
		k := textproto.CanonicalMIMEHeaderKey(f.Name)
		got.header[k] = append(got.header[k], f.Value)
	}
	return got, err
}

func readOracle(data string) (got heardOf, err error) {
	in := bufio.NewReader(strings.NewReader(data))
	for {
		res, err := http.ReadResponse(in, &http.Request{Method: http.MethodPost})
		if err != nil {
			return got, err
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			return got, err
		}
		if res.StatusCode >= 100 && res.StatusCode < 200 {
			continue
		}
		left, _ := io.ReadAll(in)
		return heardOf{status: res.StatusCode, header: res.Header, body: string(body), left: string(left)}, nil
	}
}

// agree fails if wire accepted what net/http refuses, or read it differently.
func agree(t *testing.T, data string, got heardOf) {
	t.Helper()
	want, err := readOracle(data)
	if err != nil {
		t.Fatalf("net/http refuses %.300q: %v; wire read %+v", data, err, got)
	}
	if got.status != want.status || got.body != want.body {
		t.Fatalf("%.300q: wire %d %.300q, net/http %d %.300q", data, got.status, got.body, want.status, want.body)
	}
	if got.kept && got.left != want.left {
		t.Fatalf("%.300q: the connection was kept with %.300q before it, net/http has %.300q", data, got.left, want.left)
	}
	for k, v := range want.header {
		if k == "Cache-Control" && got.header.Get("Pragma") != "" { // which net/http makes up
			continue
		}
		if !slices.Equal(v, got.header[k]) {
			t.Fatalf("%.300q: %s: wire %.300q, net/http %.300q", data, k, got.header[k], v)
		}
	}
	for k := range got.header {
		if _, ok := want.header[k]; !ok && k != "Connection" && k != "Content-Length" && k != "Transfer-Encoding" && k != "Trailer" {
			t.Fatalf("%.300q: %s is wire's alone", data, k)
		}
	}
}

// answers are read by both, to the same end.
var answers = []string{
	"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
	"HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n",
	"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
	"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
	"HTTP/1.1 200 OK\r\nConnection: Keep-Alive, Close\r\nContent-Length: 2\r\n\r\nok",
	"HTTP/1.1 200 OK\r\nX: a\r\n\r\nall to the end",
	"HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n",
	"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
	"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n00a \r\n0123456789\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n1\r\na\r\n0\r\n\r\n",
	"HTTP/1.1 500 Oh no\r\nA: 1\r\nB:2 \r\na:\t3\r\nC:\r\nD: caf\xc3\xa9\r\nContent-Length: 1\r\n\r\n!",
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
}

// refused are no answers, or such that two readers might read differently.
var refused = []string{
	"", "\r\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n",
	"HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 200 O\x00K\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
	"\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "HTTP/1.1 200 OK\r\n A: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "HTTP/1.1 200 OK\r\n: b\r\n\r\n", "HTTP/1.1 200 OK\r\nnothing\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n", "HTTP/1.1 200 OK\r\nA: \x00\r\n\r\n", "HTTP/1.1 200 OK\r\nA\xc3: b\r\n\r\n",
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\ncontent-length: 3\r\n\r\nok!", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok", "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
	"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Content-Length\r\n\r\n0\r\n\r\n",
	chunkHead + "5\r\nhell", chunkHead + "5\r\nhello", chunkHead + "5\r\nhello\r\n", chunkHead + "5\r\nhello\r\n0\r\n", chunkHead + "5\r\nhello!\r\n0\r\n\r\n", chunkHead + "5\nhello\r\n0\r\n\r\n", chunkHead + "5\r\nhello\n0\r\n\r\n", chunkHead + "\r\nhello\r\n0\r\n\r\n",
	chunkHead + "-5\r\nhello\r\n0\r\n\r\n", chunkHead + "0x5\r\nhello\r\n0\r\n\r\n", chunkHead + "5 ;a\r\nhello\r\n0\r\n\r\n", chunkHead + "g\r\n\r\n0\r\n\r\n", chunkHead + "fffffffffffffffff\r\n", chunkHead + "5\r\r\nhello\r\n0\r\n\r\n", chunkHead + "0\r\nbad trailer\r\n\r\n", chunkHead + "0\r\nA: b\r\n c\r\n\r\n",
	chunkHead + strings.Repeat("1;"+strings.Repeat("x", 2000)+"\r\na\r\n", 12) + "0\r\n\r\n", chunkHead + "1;" + strings.Repeat("x", 5000) + "\r\na\r\n0\r\n\r\n", chunkHead + "0\r\n" + strings.Repeat("A: bbbbbbbbbb\r\n", 500) + "\r\n",
}

const chunkHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

func TestAnswersWhereverTheyAreCut(t *testing.T) {
	for _, a := range answers {
		for i := range len(a) + 1 {
			for _, cuts := range [][]int{{i}, {i, min(i+1, len(a))}} {
				got, err := readWire(t, cutTape(a, cuts...))
				if err != nil {
					t.Fatalf("%.300q cut at %v: %v", a, cuts, err)
				}
				agree(t, a, got)
			}
		}
		every := make([]int, 0, len(a))
		for i := range len(a) {
			every = append(every, i)
		}
		if got, err := readWire(t, cutTape(a, every...)); err != nil {
			t.Fatalf("%.300q byte by byte: %v", a, err)
		} else {
			agree(t, a, got)
		}
	}
}

func TestRefusedAnswers(t *testing.T) {
	for _, a := range refused {
		for _, cut := range []int{0, len(a) / 2, max(len(a)-1, 0)} {
			if got, err := readWire(t, cutTape(a, cut)); err == nil {
				t.Errorf("%.300q was read as %+v", a, got)
			}
		}
	}
}

func TestWhichConnectionsAreKept(t *testing.T) {
	for i, kept := range []bool{true, true, true, false, false, false, true, true, true, true, true, false, true, false} {
		if got, err := readWire(t, cutTape(answers[i])); err != nil || got.kept != kept {
			t.Errorf("%.300q: kept %v, %v", answers[i], got.kept, err)
		}
	}
}

// FuzzAnswer holds wire against net/http: what it accepts, it reads the same.
func FuzzAnswer(f *testing.F) {
	for _, a := range slices.Concat(answers, refused) {
		f.Add([]byte(a), uint16(len(a)/2))
	}
	f.Fuzz(func(t *testing.T, data []byte, cut uint16) {
		data = bytes.Clone(data)
		got, err := readWire(t, cutTape(string(data), min(int(cut), len(data))))
		if err == nil {
			agree(t, string(data), got)
		}
		whole, again := readWire(t, cutTape(string(data)))
		if (err == nil) != (again == nil) || err == nil && (whole.body != got.body || whole.status != got.status) {
			t.Fatalf("%.300q cut at %d: %+v, %v; in one piece: %+v, %v", data, cut, got, err, whole, again)
		}
	})
}
