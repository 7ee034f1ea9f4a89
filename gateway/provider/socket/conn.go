package socket

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/coder/websocket"
)

// Conn is a connection of JSON messages: a WebSocket, or a vendor inside this process.
type Conn interface {
	// Read returns the next message, which Google sends as a binary one. Once the vendor has closed the connection, its error is a *Closed.
	Read(ctx context.Context) ([]byte, error)
	Write(ctx context.Context, message []byte) error
	// Close closes the connection as WebSocket demands, without a failure.
	Close() error
	// CloseNow closes it at once.
	CloseNow() error
}

// The codes of WebSocket that say that nothing has failed.
const (
	CodeNormal    = int(websocket.StatusNormalClosure)
	CodeGoingAway = int(websocket.StatusGoingAway)
	CodeFailed    = int(websocket.StatusInternalError)
)

// Closed is the error of a connection that the vendor has closed.
type Closed struct {
	Code   int
	Reason string // as the vendor wrote it
}

func (c *Closed) Error() string {
	return "socket: closed with " + strconv.Itoa(c.Code) + " " + strings.ToValidUTF8(c.Reason, "\uFFFD")
}

// Dial opens a WebSocket. It takes messages of up to limit bytes. Without a connection, the answer to
// the handshake is returned where one came.
func Dial(ctx context.Context, to string, head http.Header, client *http.Client, limit int64) (Conn, *http.Response, error) {
	conn, res, err := websocket.Dial(ctx, to, &websocket.DialOptions{HTTPHeader: head, HTTPClient: client}) //nolint:bodyclose // the library closes it
	if err != nil {
		return nil, res, err
	}
	conn.SetReadLimit(limit)
	return wire{conn}, nil, nil
}

// wire is a Conn over the network.
type wire struct{ conn *websocket.Conn }

func (w wire) Read(ctx context.Context) ([]byte, error) {
	_, message, err := w.conn.Read(ctx)
	var closed websocket.CloseError
	if errors.As(err, &closed) {
		return nil, &Closed{int(closed.Code), closed.Reason}
	}
	return message, err
}

func (w wire) Write(ctx context.Context, message []byte) error {
	return w.conn.Write(ctx, websocket.MessageText, message)
}

func (w wire) Close() error    { return w.conn.Close(websocket.StatusNormalClosure, "") }
func (w wire) CloseNow() error { return w.conn.CloseNow() }
