package rollup

import (
	"time"

	"github.com/sluicegate/sluice/telemetry"
)

// Column is a column of exchanges that buckets are divided by.
type Column string

// The columns. All but the last three name rows of small tables.
const (
	Caller   Column = "caller"
	Target   Column = "target"
	Team     Column = "team"
	Template Column = "template"
	Result   Column = "result"
	Verdict  Column = "verdict"
	Rescued  Column = "rescued"
	User     Column = "user"
)

// Columns are all columns.
var Columns = [...]Column{Caller, Target, Team, Template, Result, Verdict, Rescued, User}

// None is the number of exchanges that have no value in a column.
const None = -1

// Lengths of buckets, the longest first. Each divides the one before.
var Lengths = [...]time.Duration{3 * time.Hour, 10 * time.Minute}

// Sums are the sums of one column by its numbers.
type Sums map[int64]*telemetry.AnalyticsPart

// of returns the part of a number.
func (s Sums) of(n int64, latencies, users bool) *telemetry.AnalyticsPart {
	part := s[n]
	if part == nil {
		part = telemetry.NewAnalyticsPart(latencies, users)
		s[n] = part
	}
	return part
}

// Bucket collects the sums of all columns. The numbers of User are places in Users.
type Bucket struct {
	Start   time.Time
	Columns map[Column]Sums
	Users   []string

	places map[string]int64
}

// NewBucket returns a bucket without exchanges.
func NewBucket(start time.Time) *Bucket {
	b := &Bucket{Start: start, Columns: map[Column]Sums{}, places: map[string]int64{}}
	for _, c := range Columns {
		b.Columns[c] = Sums{}
	}
	return b
}

// Add adds an exchange, with its numbers in the order of Columns. That of User is not used.
func (b *Bucket) Add(v *telemetry.Sample, numbers *[len(Columns)]int64) {
	for i, c := range Columns {
		n := numbers[i]
		if c == User {
			n = b.place(v.User)
		}
		b.Columns[c].of(n, true, true).Add(v)
	}
}

// place returns the number of a user.
func (b *Bucket) place(user string) int64 {
	if user == "" {
		return None
	}
	n, ok := b.places[user]
	if !ok {
		n = int64(len(b.Users))
		b.places[user], b.Users = n, append(b.Users, user)
	}
	return n
}
