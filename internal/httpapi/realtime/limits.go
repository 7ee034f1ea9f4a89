package realtime

import "time"

// Limits bound sessions. A zero value means the default.
type Limits struct {
	Event   int64         // bytes of one event of the caller's; default 16 MiB, which holds the vendor's 15 MiB of sound
	Rate    int           // events a second that a caller may send; more wait; default 200
	PerKey  int           // sessions of one API key at a time; default 100
	Length  time.Duration // of a session; default 1 h, as at OpenAI
	Silence time.Duration // without any event; default 15 min
	Recheck time.Duration // how often the caller's key is checked again; default 1 min
	Stall   time.Duration // how long a caller may take no event; default 30 s
	Ending  time.Duration // how long the vendor may take to tell what the last response used; default 5 s
}

func (l Limits) withDefaults() Limits {
	orDefault(&l.Event, 16<<20)
	orDefault(&l.Rate, 200)
	orDefault(&l.PerKey, 100)
	orDefault(&l.Length, time.Hour)
	orDefault(&l.Silence, 15*time.Minute)
	orDefault(&l.Recheck, time.Minute)
	orDefault(&l.Stall, 30*time.Second)
	orDefault(&l.Ending, 5*time.Second)
	return l
}

func orDefault[T int | int64 | time.Duration](v *T, standard T) {
	if *v <= 0 {
		*v = standard
	}
}
