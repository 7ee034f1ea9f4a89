package redact

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/pii"
)

// Detector finds personal data and this installation's credentials. It is safe for
// concurrent use.
type Detector struct {
	key      []byte
	list     func() []gateway.Secret
	known    atomic.Pointer[knownSecrets]
	complete *pii.Scanner // every entity

	mu       sync.RWMutex
	scanners map[string]*pii.Scanner // by entity names, joined with commas
}

// maxScanners bounds the scanners that are kept.
const maxScanners = 1024

// NewDetector returns a detector. The key makes pseudonyms; if it is empty, a random one is
// used, and pseudonyms change with every start. known returns the credentials that this
// installation stores. It is called for every text: it should return the same list until a
// credential changes, and must not change a list that it returned. It may be nil.
func NewDetector(key []byte, known func() []gateway.Secret) *Detector {
	d := &Detector{key: key, list: known, scanners: map[string]*pii.Scanner{}}
	if len(d.key) == 0 {
		d.key = make([]byte, 32)
		_, _ = rand.Read(d.key) // crypto/rand.Read never fails
	}
	if d.list == nil {
		d.list = func() []gateway.Secret { return nil }
	}
	d.known.Store(newKnownSecrets(nil))
	d.complete, _ = pii.New(pii.Entities()...) // New accepts its own names
	return d
}

// scanner returns the scanner for a policy's entities. Credentials are always among them.
func (d *Detector) scanner(entities []string) (*pii.Scanner, error) {
	name := strings.Join(entities, ",")
	d.mu.RLock()
	sc, ok := d.scanners[name]
	d.mu.RUnlock()
	if ok {
		return sc, nil
	}
	sc, err := pii.New(append([]string{"secret"}, entities...)...)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.scanners) >= maxScanners {
		clear(d.scanners)
	}
	d.scanners[name] = sc
	return sc, nil
}

// secrets returns the finder for the credentials as they are now.
func (d *Detector) secrets() *knownSecrets {
	known, now := d.known.Load(), d.list()
	if !known.madeOf(now) {
		known = newKnownSecrets(now)
		d.known.Store(known)
	}
	return known
}

// Pseudonym returns a keyed stand-in for text, "pseudo_" and 16 hex digits, if any entity is
// found in it, else text itself.
func (d *Detector) Pseudonym(text string) string {
	if len(d.secrets().find(d.complete, "", text)) == 0 {
		return text
	}
	return "pseudo_" + d.digest(text)[:16]
}

// digest is a keyed hash of a text in hexadecimal digits.
func (d *Detector) digest(text string) string {
	mac := hmac.New(sha256.New, d.key)
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

// Find locates the entities and the credentials in a text that is no JSON, in order; none overlaps
// another. It returns an error for an unknown entity.
func (d *Detector) Find(entities []string, text string) ([]pii.Span, error) {
	sc, err := d.scanner(entities)
	if err != nil {
		return nil, err
	}
	return d.secrets().find(sc, "", text), nil
}

// Holds reports whether a key, string or number of the JSON text raw holds one of the
// entities or a credential. Placeholders do not count. It returns true for an unknown
// entity.
func (d *Detector) Holds(entities []string, raw []byte) bool {
	sc, err := d.scanner(entities)
	if err != nil {
		return true
	}
	known, found := d.secrets(), false
	visitNested(raw, maxNesting, func(label, value string) {
		found = found || len(known.find(sc, label, value)) > 0
	})
	return found
}
