package credentials

import (
	"errors"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/credential/credentialtest"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/store/sql/accounts"
	"github.com/sluicegate/sluice/internal/store/sql/db"
	"github.com/sluicegate/sluice/internal/store/sql/db/dbtest"
)

func TestCredentialStore(t *testing.T) {
	dbtest.OnBoth(t, func(t *testing.T, open func(testing.TB) *db.DB) {
		credentialtest.Store(t, func(t *testing.T, workspaces ...string) credential.Store {
			d, at := open(t), time.Unix(1, 0)
			owners := accounts.New(d)
			err := owners.PutOrganisation(t.Context(), identity.Organisation{ID: "o", Name: "acme", CreatedAt: at})
			for _, w := range workspaces {
				err = errors.Join(err, owners.PutWorkspace(t.Context(), identity.Workspace{ID: w, Organisation: "o", Name: w, CreatedAt: at}))
			}
			if err != nil {
				t.Fatal(err)
			}
			return New(d)
		})
	})
}
