package config

import (
	"crypto/ed25519"
	"net/url"
	"path/filepath"
	"time"

	"github.com/sluicegate/sluice/gateway/catalog/signed"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// Catalog says where a newer catalogue of models and prices is looked for. Without a URL and a File
// the built-in one stays.
type Catalog struct {
	URL, File string
	Keys      []ed25519.PublicKey
	Every     time.Duration
}

// leastEvery bounds how often the publisher of a catalogue is asked.
const leastEvery = time.Minute

func (r *reader) catalog(n *yamltree.Node, to *Catalog) {
	r.object(n, []field{
		{"url", func(n *yamltree.Node) { r.checked(n, &to.URL, catalogURLProblem) }},
		{"file", func(n *yamltree.Node) { r.str(n, &to.File) }},
		{"public_keys", func(n *yamltree.Node) {
			r.list(n, func(item *yamltree.Node) {
				var text string
				if r.str(item, &text); text == "" {
					return
				}
				key, err := signed.ReadPublicKey(text)
				if err != nil {
					r.bad(item, "%s", err)
					return
				}
				to.Keys = append(to.Keys, key)
			})
		}},
		{"every", func(n *yamltree.Node) { r.duration(n, &to.Every) }},
	}, "public_keys")
	switch {
	case n.Kind != yamltree.Map:
	case (n.Get("url") == nil) == (n.Get("file") == nil):
		r.bad(n, "needs exactly one of url and file")
	case n.Get("public_keys") != nil && len(to.Keys) == 0 && !r.reported[n.Get("public_keys")]:
		r.bad(n.Get("public_keys"), "needs at least one key: an unsigned catalogue is never used")
	case to.Every != 0 && to.Every < leastEvery:
		r.bad(n.Get("every"), "must be at least 1m")
	}
}

// catalogURLProblem says what is wrong with the address of a catalogue, "" if nothing.
func catalogURLProblem(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "":
		return "must be a URL such as https://host/catalog"
	case u.Scheme != "https":
		return "must be a URL with the scheme https; a file of this machine is named with 'file'"
	case u.User != nil:
		return "must not hold a user or password"
	}
	return ""
}

// shown is where a catalogue is looked for, without what may be a secret.
func (c *Catalog) shown() string {
	if c.File != "" {
		return filepath.Base(c.File)
	}
	return origin(c.URL)
}
