//go:build unix

package http1_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/http1"
	"github.com/sluicegate/sluice/gateway/socket"
)

// BenchmarkServer compares with net/http's server: the same handler, which reads 1 KB and
// answers with 1 KB under as many headers as Sluice sends, on the same sockets, for the same
// eight clients. cpu-us/op is the process's, clients included, which are the same as well.
func BenchmarkServer(b *testing.B) {
	answer := bytes.Repeat([]byte("x"), 1<<10)
	names := strings.Fields("A B C D E F G H I J K L M N")
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for _, n := range names {
			w.Header()["X-Sluice-"+n] = names[:1]
		}
		w.Header()["Content-Type"] = names[:1]
		_, _ = w.Write(answer)
	})
	type server interface {
		Serve(net.Listener) error
		Close() error
	}
	for name, build := range map[string]func() server{
		"http1": func() server { return &http1.Server{Handler: handler, Idle: time.Minute, Head: time.Minute} },
		"nethttp": func() server {
			return &http.Server{Handler: handler, IdleTimeout: time.Minute, ReadHeaderTimeout: time.Minute}
		},
	} {
		b.Run(name, func(b *testing.B) {
			s := build()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			served := make(chan error, 1)
			go func() { served <- s.Serve(socket.Listener{Listener: l}) }()
			b.SetParallelism(4)
			b.ReportAllocs()
			before := spent(b)
			b.RunParallel(func(pb *testing.PB) { ask(b, l.Addr().String(), pb) })
			b.ReportMetric(float64(spent(b)-before)/float64(b.N)/1e3, "cpu-us/op")
			if err := errors.Join(s.Close(), <-served); !errors.Is(err, http.ErrServerClosed) {
				b.Error(err)
			}
		})
	}
}

// ask is a client that allocates nothing per request.
func ask(b *testing.B, addr string, pb *testing.PB) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		b.Error(err)
		return
	}
	defer c.Close()
	request := []byte("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1024\r\n\r\n" + strings.Repeat("x", 1024))
	buf := make([]byte, 16<<10)
	for pb.Next() {
		if _, err := c.Write(request); err != nil {
			b.Error(err)
			return
		}
		for n, whole := 0, false; !whole; {
			k, err := c.Read(buf[n:])
			if err != nil {
				b.Error(err)
				return
			}
			n += k
			head := bytes.Index(buf[:n], []byte("\r\n\r\n"))
			whole = head >= 0 && n >= head+4+1024
		}
	}
}

// spent is the CPU time of this process, in nanoseconds.
func spent(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
