package budget

import (
	"math/rand/v2"
	"testing"
	"time"
)

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, ok := zone(name)
	if !ok {
		t.Fatal("unknown zone", name)
	}
	return loc
}

// The edges of calendars: month ends, leap days, days of 23 and 25 hours, midnights that do not
// exist or exist twice, a date that was left out.
func TestBounds(t *testing.T) {
	for _, tc := range []struct {
		name, zone string
		period     Period
		now        string
		start, end string
		hours      float64
	}{
		{"a day", "", Day, "2026-11-29T23:59:59Z", "2026-11-29T00:00:00Z", "2026-11-30T00:00:00Z", 24},
		{"the first instant of a day", "", Day, "2026-11-30T00:00:00Z", "2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z", 24},
		{"east of UTC", "Asia/Shanghai", Day, "2026-11-29T16:00:00Z", "2026-11-30T00:00:00+08:00", "2026-12-01T00:00:00+08:00", 24},
		{"a week begins on Monday", "Europe/Berlin", Week, "2026-11-29T12:00:00+01:00", "2026-11-23T00:00:00+01:00", "2026-11-30T00:00:00+01:00", 168},
		{"a week over the new year", "", Week, "2027-01-01T00:00:00Z", "2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z", 168},
		{"the last day of a month", "", Month, "2026-04-30T23:59:59Z", "2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z", 720},
		{"a leap day", "America/New_York", Day, "2028-02-29T12:00:00-05:00", "2028-02-29T00:00:00-05:00", "2028-03-01T00:00:00-05:00", 24},
		{"a leap month", "", Month, "2028-02-29T12:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z", 29 * 24},
		{"a short month", "", Month, "2027-02-28T12:00:00Z", "2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z", 28 * 24},
		{"the last month", "Asia/Kolkata", Month, "2026-12-31T23:00:00+05:30", "2026-12-01T00:00:00+05:30", "2027-01-01T00:00:00+05:30", 744},
		{"23 hours", "Europe/Berlin", Day, "2026-03-29T12:00:00+02:00", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", 23},
		{"25 hours", "Europe/Berlin", Day, "2026-10-25T02:30:00+01:00", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", 25},
		{"a month with a change", "Europe/Berlin", Month, "2026-10-25T02:30:00+01:00", "2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00", 745},
		{"half an hour", "Australia/Lord_Howe", Day, "2026-10-04T12:00:00+11:00", "2026-10-04T00:00:00+10:30", "2026-10-05T00:00:00+11:00", 23.5},
		{"no midnight", "America/Sao_Paulo", Day, "2018-11-04T12:00:00-02:00", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00", 23},
		{"the day before no midnight", "America/Sao_Paulo", Day, "2018-11-03T23:59:59-03:00", "2018-11-03T00:00:00-03:00", "2018-11-04T01:00:00-02:00", 24},
		{"no midnight on a Monday's eve", "Africa/Cairo", Day, "2026-04-24T12:00:00+03:00", "2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00", 23},
		{"a week without a midnight", "Asia/Beirut", Week, "2026-03-29T12:00:00+03:00", "2026-03-23T00:00:00+02:00", "2026-03-30T00:00:00+03:00", 167},
		{"two midnights", "America/Havana", Day, "2026-11-01T12:00:00-05:00", "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00", 25},
		{"an hour before midnight twice", "America/Sao_Paulo", Day, "2018-02-17T23:30:00-03:00", "2018-02-17T00:00:00-02:00", "2018-02-18T00:00:00-03:00", 25},
		{"a date left out", "Pacific/Apia", Day, "2011-12-29T12:00:00-10:00", "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00", 24},
		{"after a date left out", "Pacific/Apia", Day, "2011-12-31T00:00:00+14:00", "2011-12-31T00:00:00+14:00", "2012-01-01T00:00:00+14:00", 24},
	} {
		now, err := time.Parse(time.RFC3339, tc.now)
		if err != nil {
			t.Fatal(err)
		}
		start, end := tc.period.Bounds(now, mustZone(t, tc.zone))
		if s, e := start.Format(time.RFC3339), end.Format(time.RFC3339); s != tc.start || e != tc.end || end.Sub(start).Hours() != tc.hours {
			t.Errorf("%s: %s to %s, %v hours; want %s to %s, %v hours", tc.name, s, e, end.Sub(start).Hours(), tc.start, tc.end, tc.hours)
		}
	}
}

// Whatever the zone and the instant: the period contains it, begins where the one before ends, and
// every instant of it has the same bounds. All but the clock's odd days begin at midnight.
func TestBoundsPartitionTime(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	zones := []string{"", "UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/Havana", "Africa/Cairo", "Asia/Beirut", "America/St_Johns", "America/Santiago",
		"Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Chatham", "America/Asuncion", "Atlantic/Azores", "Asia/Amman", "Asia/Gaza", "Africa/Casablanca", "Antarctica/Troll"}
	from, to := time.Date(1995, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	for _, name := range zones {
		loc := mustZone(t, name)
		for range 2_000 {
			now := time.Unix(from+rnd.Int64N(to-from), rnd.Int64N(1e9))
			if rnd.IntN(2) == 0 { // near a change of the clocks
				if _, change := now.In(loc).ZoneBounds(); !change.IsZero() {
					now = change.Add(time.Duration(rnd.Int64N(int64(6*time.Hour))) - 3*time.Hour)
				}
			}
			for _, p := range []Period{Day, Week, Month} {
				start, end := p.Bounds(now, loc)
				if now.Before(start) || !now.Before(end) {
					t.Fatalf("%s %s: %s is not between %s and %s", name, p, now.In(loc), start, end)
				}
				if s, e := p.Bounds(start, loc); !s.Equal(start) || !e.Equal(end) {
					t.Fatalf("%s %s of %s: %s to %s, of its start %s to %s", name, p, now.In(loc), start, end, s, e)
				}
				if s, e := p.Bounds(end.Add(-time.Nanosecond), loc); !s.Equal(start) || !e.Equal(end) {
					t.Fatalf("%s %s of %s: %s to %s, of its last instant %s to %s", name, p, now.In(loc), start, end, s, e)
				}
				if _, e := p.Bounds(start.Add(-time.Nanosecond), loc); !e.Equal(start) {
					t.Fatalf("%s %s: the one before %s ends at %s", name, p, start, e)
				}
				if p == Month && start.In(loc).Day() != 1 || p == Week && start.In(loc).Weekday() != time.Monday {
					t.Fatalf("%s: a %s begins at %s", name, p, start)
				}
			}
		}
	}
}

func TestZones(t *testing.T) {
	for name, known := range map[string]bool{"": true, "UTC": true, "Europe/Berlin": true, "Mars/Olympus": false, "Local": false, "local": false, "../etc/passwd": false, "+01:00": false} {
		if _, ok := zone(name); ok != known {
			t.Errorf("%q: known %v", name, ok)
		}
	}
}
