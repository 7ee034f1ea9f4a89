package provider

import (
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/sluicegate/sluice/gateway"
)

// place is a URL that is called, parsed once. It is shared and never modified.
type place struct {
	url *url.URL
	ask *http.Request // the argument of Config.Proxy
}

func newPlace(u *url.URL) *place {
	return &place{url: u, ask: &http.Request{Method: http.MethodPost, URL: u, Host: u.Host, Header: http.Header{}}}
}

// places remembers what URLs came to: parsing one costs more than sending to it. Nothing
// in it belongs to a caller but the addresses and deployments that callers name, so it is
// bounded and holds no credential.
type places struct {
	mu    sync.RWMutex
	known map[placeKey]*place
}

type placeKey struct{ vendor, base, model, path string }

const (
	maxPlaces   = 1024
	maxPlaceKey = 4 << 10
)

// Host is the function of that name, without parsing the same URL again for every call.
func (c *Client) Host(t *gateway.Target) string {
	v := row(t.Provider)
	if v == nil || v.Format == FormatMock {
		return ""
	}
	p, err := c.places.at(v, t, "", "")
	if err != nil {
		return ""
	}
	return p.url.Host
}

// at is where one operation of a target is called.
func (ps *places) at(v *Vendor, t *gateway.Target, model, path string) (*place, error) {
	k := placeKey{vendor: v.ID, base: t.BaseURL, path: path}
	if v.Quirks.Deployment != "" {
		k.model = model
	}
	ps.mu.RLock()
	p := ps.known[k]
	ps.mu.RUnlock()
	if p != nil {
		return p, nil
	}
	u, err := endpoint(v, t, model, path)
	if err != nil {
		return nil, err
	}
	p = newPlace(u)
	if len(k.base)+len(k.model) > maxPlaceKey {
		return p, nil
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.known == nil || len(ps.known) >= maxPlaces {
		ps.known = make(map[placeKey]*place) // made anew sooner than tracked: the few in use come back at once
	}
	k.base, k.model = strings.Clone(k.base), strings.Clone(k.model) // they may be pieces of a request
	ps.known[k] = p
	return p, nil
}
