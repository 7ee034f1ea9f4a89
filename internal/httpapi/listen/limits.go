package listen

import "time"

// Limits bound what callers may take from the process. A zero value means the default.
type Limits struct {
	Connections int           // open connections in all
	PerAddress  int           // open connections, and requests in flight, of one client address
	Memory      int64         // bytes of all request bodies in flight
	Upload      int64         // bytes of one form, or of a body that is passed on as it arrives
	Uploads     int64         // bytes that the files of forms take on disk, of all calls in flight
	Head        int           // bytes of a request's head; larger: 431
	Header      time.Duration // from the first byte of a connection or request to the end of its head
	Body        time.Duration // how far a body may fall behind BodyRate; further: 408
	BodyRate    int64         // bytes per second that a body must bring
	WriteStall  time.Duration // how long a write may make no progress
	Idle        time.Duration // how long a connection may wait for its next request
}

// DefaultLimits are limits that a public listener can live with.
func DefaultLimits() Limits {
	return Limits{
		Connections: 10_000, PerAddress: 4096, Memory: 512 << 20, Upload: 512 << 20, Uploads: 4 << 30, Head: 256 << 10, Header: 10 * time.Second,
		Body: 15 * time.Second, BodyRate: 16 << 10, WriteStall: time.Minute, Idle: 2 * time.Minute,
	}
}

// WithDefaults replaces zero values by the defaults.
func (l Limits) WithDefaults() Limits {
	d := DefaultLimits()
	orDefault(&l.Connections, d.Connections)
	orDefault(&l.PerAddress, d.PerAddress)
	orDefault(&l.Memory, d.Memory)
	orDefault(&l.Upload, d.Upload)
	orDefault(&l.Uploads, d.Uploads)
	orDefault(&l.Head, d.Head)
	orDefault(&l.Header, d.Header)
	orDefault(&l.Body, d.Body)
	orDefault(&l.BodyRate, d.BodyRate)
	orDefault(&l.WriteStall, d.WriteStall)
	orDefault(&l.Idle, d.Idle)
	return l
}

// Due is when the next bytes of a body must have come, after n that came when some were due at due. Bytes
// that come early buy no more than Body.
func (l Limits) Due(due time.Time, n int) time.Time {
	due = due.Add(time.Duration(float64(n) / float64(l.BodyRate) * float64(time.Second)))
	if latest := time.Now().Add(l.Body); due.After(latest) {
		return latest
	}
	return due
}

func orDefault[T int | int64 | time.Duration](v *T, standard T) {
	if *v <= 0 {
		*v = standard
	}
}
