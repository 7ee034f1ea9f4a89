package alert

import (
	"context"
	"time"
)

// Store keeps targets, announcements and deliveries. The conformance suite is alerttest.Store.
type Store interface {
	AlertTargets(ctx context.Context) ([]SealedTarget, error)
	// PutAlertTarget is gateway.Conflict if another target of the workspace has the name.
	PutAlertTarget(ctx context.Context, t SealedTarget) error
	// DeleteAlertTarget deletes its deliveries, too.
	DeleteAlertTarget(ctx context.Context, id string) error

	// Announce keeps the announcement with its deliveries, unless it was announced before: then
	// first is false and nothing changes.
	Announce(ctx context.Context, a Announcement, deliveries []Delivery) (first bool, err error)
	// Due takes up to limit deliveries to targets that are due at now, and lets them be due again at
	// until.
	Due(ctx context.Context, targets []string, now, until time.Time, limit int) ([]Delivery, error)
	// Delivered removes a delivery.
	Delivered(ctx context.Context, id string) error
	// Postpone lets a delivery that failed be due again at next.
	Postpone(ctx context.Context, id string, next time.Time) error
	// Forget removes deliveries that were made before a time, and announcements of periods that
	// ended before it. It returns the number of deliveries.
	Forget(ctx context.Context, before time.Time) (int, error)
}

// SealedTarget is a target as it is kept: the URL and the secret are sealed for it.
type SealedTarget struct {
	Target        // without URL and Secret
	Sealed []byte // both, as JSON
}

// Announcement is a crossing of a share, kept so that it is announced once.
type Announcement struct {
	Account string
	Limit   int64
	Percent int64
	At      time.Time
	Ends    time.Time // of the account's period; zero: never
}

// Delivery is an event on its way to a target.
type Delivery struct {
	ID       string // the receiver's, too
	Target   string // id
	Event    []byte // JSON
	Attempts int    // that failed
	Made     time.Time
}
