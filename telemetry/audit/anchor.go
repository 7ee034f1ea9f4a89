package audit

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"
)

// Anchor is a signed statement about the heads of all chains of a store at one time. Kept where
// nobody who can write the store can write, anchors reveal a cut tail and a chain that was written
// anew, even by somebody who has the master key.
type Anchor struct {
	Made  time.Time
	Heads map[string]Head // by chain
	Key   ed25519.PublicKey
}

// anchorJSON is a line of a file of anchors.
type anchorJSON struct {
	Version   int              `json:"sluice_audit_anchor"`
	Made      time.Time        `json:"made"`
	Heads     []anchorHeadJSON `json:"heads"`
	Key       string           `json:"public_key"` // Ed25519, base64
	Signature string           `json:"signature"`  // base64
}

type anchorHeadJSON struct {
	Chain string `json:"chain"`
	Seq   uint64 `json:"seq"`
	Hash  string `json:"hash"`
	Time  int64  `json:"time_us"`
}

const anchorVersion = 1

// message is what is signed: a text that no encoder changes.
func (a *anchorJSON) message() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "sluice audit anchor %d\n%s\n", a.Version, a.Made.UTC().Format(time.RFC3339Nano))
	for _, h := range a.Heads {
		fmt.Fprintf(&b, "%q %d %s %d\n", h.Chain, h.Seq, h.Hash, h.Time)
	}
	return b.Bytes()
}

// HeadReader reads chains and their heads.
type HeadReader interface {
	ChainReader
	Head(ctx context.Context, chain string) (Head, error)
}

// MakeAnchor signs the heads of all chains of a store, as one line of JSON. seed is that of the
// Ed25519 key.
func MakeAnchor(ctx context.Context, store HeadReader, seed []byte, now time.Time) ([]byte, error) {
	key := ed25519.NewKeyFromSeed(seed)
	out := anchorJSON{Version: anchorVersion, Made: now.UTC().Truncate(time.Second), Heads: []anchorHeadJSON{}, Key: PublicKey(seed)}
	chains, err := store.Chains(ctx)
	if err != nil {
		return nil, err
	}
	for _, chain := range chains {
		head, err := store.Head(ctx, chain)
		if err != nil {
			return nil, err
		}
		out.Heads = append(out.Heads, anchorHeadJSON{chain, head.Seq, hex.EncodeToString(head.Hash[:]), head.Time.UnixMicro()})
	}
	out.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(key, out.message()))
	raw, err := json.Marshal(out)
	return append(raw, '\n'), err
}

// PublicKey is the public half of the key with a seed, as anchors name it.
func PublicKey(seed []byte) string {
	return base64.StdEncoding.EncodeToString(ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey))
}

// Bounds of a file of anchors.
const (
	maxAnchorLine = 8 << 20
	maxAnchors    = 1_000_000
)

// ReadAnchors reads a file of anchors, and checks each signature. keys are the public keys that are
// trusted; if there are none, the one that signed the first anchor. An error names the line.
func ReadAnchors(r io.Reader, keys ...string) ([]Anchor, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxAnchorLine)
	var out []Anchor
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		a, err := readAnchor(lines.Bytes(), &keys)
		if err == nil && len(out) >= maxAnchors {
			err = fmt.Errorf("there are more than %d anchors", maxAnchors)
		}
		if err != nil {
			return nil, fmt.Errorf("audit.ReadAnchors: line %d: %w", n, err)
		}
		out = append(out, a)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("audit.ReadAnchors: %w", err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("audit.ReadAnchors: there is no anchor")
	}
	return out, nil
}

func readAnchor(line []byte, keys *[]string) (Anchor, error) {
	var a anchorJSON
	if err := json.Unmarshal(line, &a); err != nil || a.Version != anchorVersion {
		return Anchor{}, fmt.Errorf("this is no anchor")
	}
	if len(*keys) == 0 {
		*keys = append(*keys, a.Key)
	}
	if !slices.Contains(*keys, a.Key) {
		return Anchor{}, fmt.Errorf("it is signed by the key %q, which is not trusted; name it, too, if the master key was changed", a.Key)
	}
	key, err := base64.StdEncoding.DecodeString(a.Key)
	signature, serr := base64.StdEncoding.DecodeString(a.Signature)
	if err != nil || serr != nil || len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, a.message(), signature) {
		return Anchor{}, fmt.Errorf("the signature is wrong")
	}
	out := Anchor{Made: a.Made, Heads: map[string]Head{}, Key: key}
	for _, h := range a.Heads {
		head := Head{Seq: h.Seq, Time: time.UnixMicro(h.Time).UTC()}
		hash, err := hex.DecodeString(h.Hash)
		if copy(head.Hash[:], hash); err != nil || len(hash) != len(head.Hash) {
			return Anchor{}, fmt.Errorf("the hash of chain %q is no SHA-256", h.Chain)
		}
		out.Heads[h.Chain] = head
	}
	return out, nil
}
