package httpapi

import (
	"compress/gzip"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// eager is how much is allocated on the word of a Content-Length alone.
const eager = 1 << 20

// body reads the request's body once, decoded, and never more of it than MaxBody. The
// memory is the caller's for good.
func (c *call) body() ([]byte, error) {
	const op = "httpapi.body"
	most := c.server.MaxBody
	length := c.r.ContentLength
	var from io.Reader = c.r.Body
	switch encoding := strings.ToLower(first(c.r.Header, "Content-Encoding")); encoding {
	case "", "identity":
		if length > most {
			return nil, tooLarge(most)
		}
	case "gzip", "x-gzip":
		unzip, err := gzip.NewReader(io.LimitReader(from, most))
		if err != nil {
			return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: "content-encoding", Public: "The request body is not gzip, as content-encoding says.", Err: err}
		}
		from, length = unzip, -1
	default:
		return nil, &gateway.Error{Op: op, Kind: gateway.Unsupported, Param: "content-encoding", Code: "unsupported_content_encoding",
			Public: "The header content-encoding must be gzip or absent."}
	}
	raw, err := readAll(from, length, most)
	switch {
	case err == nil:
		return raw, nil
	case errors.Is(err, errTooLarge):
		return nil, tooLarge(most)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, &gateway.Error{Op: op, Kind: gateway.Timeout, Public: "The request body did not arrive in time.", Err: err}
	case c.r.Context().Err() != nil:
		return nil, &gateway.Error{Op: op, Kind: gateway.Cancelled, Public: "The caller closed the connection.", Err: err}
	}
	return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Public: "The request body could not be read to its end.", Err: err}
}

var errTooLarge = errors.New("httpapi: body too large")

func tooLarge(most int64) error {
	return &gateway.Error{Op: "httpapi.body", Kind: gateway.TooLarge, Code: "request_too_large",
		Public: "The request body is larger than max_body, which is " + strconv.FormatInt(most, 10) + " bytes."}
}

// readAll reads a body of the announced length (-1 = unknown) into memory of just that
// size. A long one is believed only as far as it arrives.
func readAll(from io.Reader, length, most int64) ([]byte, error) {
	if length >= 0 && length <= eager {
		raw := make([]byte, length)
		_, err := io.ReadFull(from, raw)
		return raw, err
	}
	size := int64(4096)
	if length > 0 {
		size = eager
	}
	raw := make([]byte, 0, size)
	for {
		if len(raw) == cap(raw) {
			grown := int64(cap(raw)) * 2
			if length > 0 {
				grown = min(grown, length+1) // one more: room to see the end
			}
			raw = append(make([]byte, 0, max(grown, int64(len(raw))+512)), raw...)
		}
		n, err := from.Read(raw[len(raw):cap(raw)])
		raw = raw[:len(raw)+n]
		if int64(len(raw)) > most {
			return nil, errTooLarge
		}
		if err == io.EOF {
			return raw, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
