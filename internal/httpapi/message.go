package httpapi

import (
	"io"
	"time"

	"github.com/sluicegate/sluice/internal/httpapi/listen"
)

// Message reads one of the messages that a caller sends on a connection of its own, as a body is read: its
// memory is reserved while it arrives, and late is called once it falls behind Limits.BodyRate by
// Limits.Body. free gives the memory back; without it the message counts until the call has ended. One
// message is read, and given back, before the next.
func (c *Call) Message(from io.Reader, most int64, late func()) (raw []byte, free func(), err error) {
	before, limits := c.reserved, c.server.settings.Limits
	m := &message{from: from, limits: limits, due: time.Now().Add(limits.Body), late: time.AfterFunc(limits.Body, late)}
	defer m.late.Stop()
	raw, err = c.readAll(m, -1, most)
	return raw, func() {
		c.server.memory.give(c.reserved - before)
		c.reserved = before
	}, err
}

// message is a message as it arrives.
type message struct {
	from   io.Reader
	limits listen.Limits
	due    time.Time // when the next bytes must have come
	late   *time.Timer
}

// Read implements io.Reader.
func (m *message) Read(p []byte) (int, error) {
	n, err := m.from.Read(p)
	m.due = m.limits.Due(m.due, n)
	m.late.Reset(time.Until(m.due))
	return n, err
}
