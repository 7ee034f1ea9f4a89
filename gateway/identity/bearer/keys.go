package bearer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Bounds of an issuer's keys.
const (
	maxKeySet  = 1 << 20 // bytes
	maxKeys    = 100
	keyAge     = 15 * time.Minute // keys are read again after it
	keyPause   = 10 * time.Second // the least time between two readings for unknown keys
	keyTimeout = 5 * time.Second  // of one reading
	keyLife    = 24 * time.Hour   // how long keys count that cannot be read again
)

// keySet caches the public keys of an issuer. Safe for concurrent use.
type keySet struct {
	read func(ctx context.Context) ([]byte, error)
	now  func() time.Time

	current atomic.Pointer[keysAt] // nil until they were read

	mu    sync.Mutex // held while the keys are read
	tried time.Time  // the latest reading, good or not
}

type keysAt struct {
	jose.JSONWebKeySet
	at time.Time
}

var (
	errUnknownKey = errors.New("no key of the issuer has the token's key id and algorithm")
	errNoKeys     = errors.New("the issuer's keys cannot be read")
)

// find returns the public key for a key id and an algorithm. It reads the keys again if there is
// none, but not often.
func (k *keySet) find(ctx context.Context, kid, algorithm string) (any, error) {
	if key := k.known(kid, algorithm); key != nil {
		return key, nil
	}
	err := k.refresh(context.WithoutCancel(ctx), keyPause) // a caller that hangs up must not keep the others from new keys
	if key := k.known(kid, algorithm); key != nil {
		return key, nil
	}
	if set := k.current.Load(); set == nil || k.now().Sub(set.at) > keyLife {
		return nil, errors.Join(errNoKeys, err)
	}
	return nil, errUnknownKey
}

// known returns a cached key. A token without a key id fits only a set of one key.
func (k *keySet) known(kid, algorithm string) any {
	set := k.current.Load()
	if set == nil || k.now().Sub(set.at) > keyLife || kid == "" && len(set.Keys) != 1 {
		return nil
	}
	for i := range set.Keys {
		key := &set.Keys[i]
		if (kid == "" || key.KeyID == kid) && (key.Algorithm == "" || key.Algorithm == algorithm) && (key.Use == "" || key.Use == "sig") {
			return key.Key
		}
	}
	return nil
}

// refresh reads the keys, unless they were read, or tried to be, within the pause.
func (k *keySet) refresh(ctx context.Context, pause time.Duration) error {
	k.mu.Lock() // whoever waits finds the keys that the one before has read
	defer k.mu.Unlock()
	if !k.tried.IsZero() && k.now().Sub(k.tried) < pause {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, keyTimeout)
	defer cancel()
	raw, err := k.read(ctx)
	k.tried = k.now()
	if err != nil {
		return err
	}
	set, err := readKeys(raw)
	if err != nil {
		return err
	}
	k.current.Store(&keysAt{set, k.tried})
	return nil
}

// readKeys reads a set of keys, and keeps the public ones for signatures.
func readKeys(raw []byte) (jose.JSONWebKeySet, error) {
	var list struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return jose.JSONWebKeySet{}, fmt.Errorf("read the keys: %w", err)
	}
	if len(list.Keys) > maxKeys {
		return jose.JSONWebKeySet{}, fmt.Errorf("the issuer has more than %d keys", maxKeys)
	}
	var set jose.JSONWebKeySet
	for _, one := range list.Keys {
		var key jose.JSONWebKey
		if json.Unmarshal(one, &key) == nil && key.Valid() && key.IsPublic() { // a set may hold keys of kinds that are not known here
			set.Keys = append(set.Keys, key)
		}
	}
	if len(set.Keys) == 0 {
		return set, errors.New("the issuer has no public key that can be used")
	}
	return set, nil
}

// fromURL reads keys from an address. It follows no redirects.
func fromURL(client *http.Client, url string) func(context.Context) ([]byte, error) {
	return func(ctx context.Context) ([]byte, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return nil, err
		}
		res, err := client.Do(req)
		if err != nil {
			return nil, err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("the address of the keys answers %d", res.StatusCode)
		}
		return readBounded(res.Body)
	}
}

// fromFile reads keys from a file.
func fromFile(path string) func(context.Context) ([]byte, error) {
	return func(context.Context) ([]byte, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return readBounded(f)
	}
}

func readBounded(r io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxKeySet+1))
	if err == nil && len(raw) > maxKeySet {
		err = errors.New("the keys are longer than 1 MiB")
	}
	return raw, err
}
