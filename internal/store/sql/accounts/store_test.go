package accounts

import (
	"errors"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/device"
	"github.com/sluicegate/sluice/gateway/identity/device/devicetest"
	"github.com/sluicegate/sluice/gateway/identity/identitytest"
	"github.com/sluicegate/sluice/gateway/identity/session"
	"github.com/sluicegate/sluice/gateway/identity/session/sessiontest"
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/internal/store/sql/db/dbtest"
)

func TestIdentityStore(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, open func(testing.TB) *db.DB) {
		identitytest.Store(t, func(t *testing.T) identity.Store { return New(open(t)) })
	})
}

func TestSessionStore(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, open func(testing.TB) *db.DB) {
		sessiontest.Store(t, func(t *testing.T) session.Store {
			s, at := New(open(t)), time.Unix(1, 0)
			err := s.PutOrganisation(t.Context(), identity.Organisation{ID: "o", Name: "acme", CreatedAt: at})
			err = errors.Join(err, s.PutWorkspace(t.Context(), identity.Workspace{ID: "w", Organisation: "o", Name: "w", CreatedAt: at}))
			for _, m := range []string{"m1", "m2"} {
				err = errors.Join(err, s.PutMember(t.Context(), identity.Member{ID: m, Organisation: "o", Name: m, CreatedAt: at}))
			}
			if err != nil {
				t.Fatal(err)
			}
			return s
		})
	})
}

func TestDeviceStore(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, open func(testing.TB) *db.DB) {
		devicetest.Store(t, func(t *testing.T) device.Store { return New(open(t)) })
	})
}
