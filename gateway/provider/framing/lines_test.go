package framing

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sluicegate/sluice/gateway/sse"
)

func TestLines(t *testing.T) {
	long := strings.Repeat("x", 9000) // more than the reader's own buffer
	for name, c := range map[string]struct {
		src  io.Reader
		want string
		err  error
	}{
		"lines":           {strings.NewReader("{}\r\n\n  \n[1]\n"), "{}|[1]|", io.EOF},
		"no last end":     {strings.NewReader("{}\n{\"a\":1}"), `{}|{"a":1}|`, io.EOF},
		"empty":           {strings.NewReader(""), "", io.EOF},
		"long":            {strings.NewReader(long + "\n{}"), long + "|{}|", io.EOF},
		"too long":        {strings.NewReader("{}\n" + long + long), "{}|", sse.ErrTooLong},
		"byte by byte":    {iotest.OneByteReader(strings.NewReader("{}\n{}\n")), "{}|{}|", io.EOF},
		"a broken reader": {io.MultiReader(strings.NewReader("{}\n{"), iotest.ErrReader(io.ErrUnexpectedEOF)), "{}|", io.ErrUnexpectedEOF},
	} {
		lines, got := NewLines(c.src, 10_000), ""
		var err error
		for err == nil {
			var e sse.Event
			if e, err = lines.Next(); err == nil {
				got += string(e.Data) + "|"
			}
		}
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
}
