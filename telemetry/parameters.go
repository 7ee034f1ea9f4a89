package telemetry

import (
	"strconv"
	"time"
)

// Parameter returns a number that the caller asked for, "temperature" or "max_tokens" for example.
// ok is false if the request has none of that name.
func (r *Record) Parameter(name string) (value float64, ok bool) {
	for i := range r.Parameters {
		if r.Parameters[i].Key == name {
			value, err := strconv.ParseFloat(r.Parameters[i].Value, 64)
			return value, err == nil
		}
	}
	return 0, false
}

// MaxOutput returns the limit of output tokens that the caller asked for.
func (r *Record) MaxOutput() (tokens int64, ok bool) {
	n, ok := r.Parameter("max_tokens")
	return int64(n), ok
}

// Chunks returns how many chunks the streams of all attempts had.
func (r *Record) Chunks() (n int) {
	for i := range r.Attempts {
		n += r.Attempts[i].Chunks
	}
	return n
}

// LongestGap returns the longest time between two chunks of a stream.
func (r *Record) LongestGap() (gap time.Duration) {
	for i := range r.Attempts {
		gap = max(gap, r.Attempts[i].LongestGap)
	}
	return gap
}

// User returns the caller's id of the end user, "" if there is none.
func (r *Record) User() string {
	for i := range r.Metadata {
		if r.Metadata[i].Key == UserKey {
			return r.Metadata[i].Value
		}
	}
	return ""
}

// UserKey is the metadata entry with the caller's id of the end user.
const UserKey = "_user"
