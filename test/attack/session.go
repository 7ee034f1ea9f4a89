package main

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"time"
)

// sessions fill the process's memory through realtime sessions, with events that never end, and flood
// them with control frames.
type sessions struct{}

func (sessions) Name() string   { return "sessions" }
func (sessions) Bounds() Bounds { return Bounds{CPU: 20 * time.Second, RSS: 250 * mib} }

// File is the server's file without redaction, which no session can have.
func (sessions) File() string {
	redacting := strings.Index(serverFile, "\nredact: ") + 1
	return serverFile[:redacting] + serverFile[redacting+strings.IndexByte(serverFile[redacting:], '\n')+1:]
}

const openSession = "GET /v1/realtime?model=mock%2Frealtime HTTP/1.1\r\nHost: sluice\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer " + otherKey + "\r\n\r\n"

// Opcodes of WebSocket frames (RFC 6455, section 5.2).
const (
	opContinue = 0x0
	opText     = 0x1
	opPing     = 0x9
	finalFrame = 0x80
)

// frame is a masked frame, with a mask of zeros.
func frame(head byte, payload string) string {
	const masked = 0x80
	var length []byte
	switch n := len(payload); {
	case n < 126:
		length = []byte{masked | byte(n)}
	case n < 1<<16:
		length = binary.BigEndian.AppendUint16([]byte{masked | 126}, uint16(n))
	default:
		length = binary.BigEndian.AppendUint64([]byte{masked | 127}, uint64(n))
	}
	return string([]byte{head}) + string(length) + "\x00\x00\x00\x00" + payload
}

func (sessions) Run(ctx context.Context, t *Target, r *Result) error {
	open := func() (net.Conn, bool) {
		c, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", t.Address())
		if err != nil {
			return nil, false
		}
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		head := make([]byte, 12)
		if _, err = io.WriteString(c, openSession); err == nil {
			_, err = io.ReadFull(c, head)
		}
		if err == nil && strings.HasSuffix(string(head), " 101") {
			go func() { _, _ = io.Copy(io.Discard, c) }() // ends when the connection is closed
			return c, true
		}
		_ = c.Close()
		return nil, false
	}
	before, err := t.Usage()
	if err != nil {
		return err
	}
	var all []net.Conn
	defer func() {
		for _, c := range all {
			_ = c.Close()
		}
	}()
	for range 40 {
		c, ok := open()
		if r.Check(ok, "a session cannot be opened"); !ok {
			return nil
		}
		all = append(all, c)
	}
	piece := strings.Repeat("a", 1<<20)
	for i := range 15 { // an event of 15 MiB in 40 sessions each, and no end
		op := byte(opContinue)
		if i == 0 {
			op = opText
		}
		for _, c := range all {
			_ = c.SetDeadline(time.Now().Add(5 * time.Second))
			_, _ = io.WriteString(c, frame(op, piece)) // the gateway may have hung up
		}
	}
	after, err := t.Usage()
	if err != nil {
		return err
	}
	r.Check(after.PeakRSS-before.PeakRSS <= 200*mib, "40 events of 15 MiB that do not end: the peak of the resident set rises by %d MiB, with limits.memory of 64 MiB", (after.PeakRSS-before.PeakRSS)/mib)
	for _, c := range all {
		_ = c.Close()
	}
	for _, flood := range []string{frame(opPing|finalFrame, "x"), frame(opPing|finalFrame, strings.Repeat("x", 125)), frame(opText|finalFrame, ""), frame(opText|finalFrame, "{}"), frame(opText, "") + frame(opContinue, "")} {
		c, ok := open()
		if r.Check(ok, "a session cannot be opened after others filled the memory"); !ok {
			return nil
		}
		begin, text := time.Now(), strings.Repeat(flood, 2000)
		_ = c.SetDeadline(begin.Add(2 * time.Second)) // text waits at the gateway
		for time.Since(begin) < time.Second && ctx.Err() == nil {
			if _, err := io.WriteString(c, text); err != nil {
				break
			}
		}
		_ = c.Close()
		r.Check(t.Ready(ctx, 2*time.Second) == nil, "the server is not ready after a flood of frames %.20q", flood)
	}
	return ctx.Err()
}
