package app

import (
	"crypto/ed25519"
	"crypto/rand"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/catalog/signed"
	"github.com/sluicegate/sluice/gateway/catalog/table"
	"github.com/sluicegate/sluice/internal/config"
)

// TestCatalog: a signed file changes prices of the running server; one that is not signed changes
// nothing, and the server tells of it.
func TestCatalog(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(t.TempDir(), "catalog")
	publish := func(version int64, price string, key ed25519.PrivateKey) {
		t.Helper()
		unsigned, err := signed.Pack(table.Edition{Version: version, Day: "2027-01-01", Models: []string{"acme\tm-1\tchat\t1000\t\ttools\t\t\tone\t" + price}, Conflicts: []string{"acme/m-1\t1/2\t3/4"}})
		if err != nil {
			t.Fatal(err)
		}
		file, err := signed.Sign(unsigned, key)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(source+".new", file, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(source+".new", source); err != nil {
			t.Fatal(err)
		}
	}
	publish(1, "input=1500000000 output=2000000000", private)
	o := openOffice(t, func(cfg *config.Config) {
		cfg.Catalog = config.Catalog{File: source, Keys: []ed25519.PublicKey{public}, Every: time.Hour}
	})
	for deadline := time.Now().Add(30 * time.Second); o.must("GET", "/v1/catalog", "").Get("version").Int() != 1; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(o.must("GET", "/v1/catalog", "").Raw)
		}
	}
	publish(2, "input=2500000000 output=2000000000", private)
	if v := o.must("POST", "/v1/catalog/refresh", ""); v.Get("version").Int() != 2 || !v.Get("renewed").Bool() || v.Get("origin").String() != "source" || v.Get("conflicts").Int() != 1 {
		t.Errorf("%s", v.Raw)
	}
	if v := o.must("GET", "/v1/catalog/models?model=m-*&provider=acme", "").Get("data"); v.Get("#").Int() != 1 || v.Get("0.prices.0.usd.input").Raw != "2.5" {
		t.Errorf("%s", v.Raw)
	}
	if v := o.must("GET", "/v1/catalog/conflicts", "").Get("data.0"); v.Get("model").String() != "m-1" || v.Get("used.output").Raw != "4" {
		t.Errorf("%s", v.Raw)
	}
	if v := o.must("GET", "/v1/catalog/models?limit=1", ""); v.Get("next_cursor").String() == "" || v.Get("data.#").Int() != 1 {
		t.Errorf("%s", v.Raw)
	}
	_, stranger, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	publish(3, "input=9 output=9", stranger)
	if code, answer := o.call(ownersKey, "POST", "/v1/catalog/refresh", ""); code != http.StatusBadGateway || !strings.Contains(answer, "not one of a key that is trusted") {
		t.Errorf("%d %s", code, answer)
	}
	v := o.must("GET", "/v1/catalog", "")
	if v.Get("version").Int() != 2 || v.Get("problem").String() == "" || v.Get("failures").Int() != 1 {
		t.Errorf("%s", v.Raw)
	}
	if warnings := o.must("GET", "/v1/server", "").Get("warnings").Raw; !strings.Contains(warnings, "is not renewed") {
		t.Error(warnings)
	}
	for _, role := range []gateway.Role{gateway.RoleAdmin, gateway.RoleMember} {
		if code, _ := o.call(o.keys[role], "POST", "/v1/catalog/refresh", ""); code != http.StatusForbidden {
			t.Errorf("%s may refresh: %d", role, code)
		}
	}
	for _, bad := range []string{"/v1/catalog/models?limit=0", "/v1/catalog/models?vendor=x", "/v1/catalog/models?cursor=x", "/v1/catalog/conflicts?model=x"} {
		if code, answer := o.call(ownersKey, "GET", bad, ""); code != http.StatusBadRequest || !gjson.Valid(answer) {
			t.Errorf("%s: %d %s", bad, code, answer)
		}
	}
}
