package vault_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// double is Vault's HTTP API as it is documented: KV engines of both versions, tokens with a life,
// logins, namespaces, and a seal. secret/ is version 2, old/ is version 1.
type double struct {
	*httptest.Server
	now func() time.Time

	mu        sync.Mutex
	namespace string
	sealed    bool
	secrets   map[string]map[string]any // by mount and name: "secret/openai"
	tokens    map[string]time.Time      // when they expire; zero = never
	life      time.Duration             // of tokens
	renewable bool
	logins    int
	renewals  int
	asked     []string
}

func newDouble(t *testing.T, now func() time.Time) *double {
	d := &double{now: now, secrets: map[string]map[string]any{}, tokens: map[string]time.Time{"hvs.root": {}}, life: time.Hour, renewable: true}
	d.Server = httptest.NewServer(d)
	t.Cleanup(d.Close)
	return d
}

func (d *double) change(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f()
}

func (d *double) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/v1/")
	d.asked = append(d.asked, r.Method+" "+path)
	switch {
	case d.sealed:
		refuse(w, http.StatusServiceUnavailable, "Vault is sealed")
	case r.Header.Get("X-Vault-Request") != "true":
		refuse(w, http.StatusPreconditionFailed, "required header missing")
	case r.Header.Get("X-Vault-Namespace") != d.namespace:
		refuse(w, http.StatusNotFound, "no handler for route")
	case r.Method == http.MethodPost && strings.HasSuffix(path, "/login"):
		d.login(w, r, path)
	default:
		d.authorized(w, r, path)
	}
}

func (d *double) login(w http.ResponseWriter, r *http.Request, path string) {
	var in map[string]string
	if json.NewDecoder(r.Body).Decode(&in) != nil {
		refuse(w, http.StatusBadRequest, "failed to parse JSON input")
		return
	}
	switch {
	case path == "auth/approle/login" && in["role_id"] == "role" && in["secret_id"] == "planted-secret-id":
	case path == "auth/k8s/login" && in["role"] == "sluice" && in["jwt"] == "planted.jwt.x":
	case strings.HasPrefix(path, "auth/approle/"):
		refuse(w, http.StatusBadRequest, "invalid role or secret ID: "+in["secret_id"])
		return
	default:
		refuse(w, http.StatusForbidden, "permission denied")
		return
	}
	d.logins++
	d.grant(w, "hvs.login"+strconv.Itoa(d.logins))
}

func (d *double) grant(w http.ResponseWriter, token string) {
	d.tokens[token] = d.now().Add(d.life)
	answer(w, map[string]any{"auth": map[string]any{"client_token": token, "lease_duration": int(d.life.Seconds()), "renewable": d.renewable, "policies": []string{"default"}}})
}

func (d *double) authorized(w http.ResponseWriter, r *http.Request, path string) {
	token := r.Header.Get("X-Vault-Token")
	expires, ok := d.tokens[token]
	if !ok || !expires.IsZero() && !d.now().Before(expires) {
		refuse(w, http.StatusForbidden, "permission denied: "+token)
		return
	}
	switch path {
	case "auth/token/lookup-self":
		ttl := 0
		if !expires.IsZero() {
			ttl = int(expires.Sub(d.now()).Seconds())
		}
		answer(w, map[string]any{"data": map[string]any{"ttl": ttl, "renewable": d.renewable && ttl > 0}})
		return
	case "auth/token/renew-self":
		d.renewals++
		d.grant(w, token)
		return
	}
	if name, ok := strings.CutPrefix(path, "secret/data/"); ok && d.secrets["secret/"+name] != nil {
		answer(w, map[string]any{"lease_duration": 0, "data": map[string]any{"data": d.secrets["secret/"+name], "metadata": map[string]any{"version": 3, "destroyed": false}}})
		return
	}
	if strings.HasPrefix(path, "old/") && d.secrets[path] != nil {
		answer(w, map[string]any{"lease_duration": 2764800, "data": d.secrets[path]})
		return
	}
	refuse(w, http.StatusNotFound)
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, status int, errors ...string) {
	if errors == nil {
		errors = []string{}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": errors})
}
