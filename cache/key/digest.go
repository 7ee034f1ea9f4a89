package key

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"

	"github.com/sluicegate/sluice/gateway"
)

// Digest is a keyed hash. It identifies a thing without revealing it.
type Digest [16]byte

// IsZero reports whether d was never computed.
func (d Digest) IsZero() bool { return d == Digest{} }

// String returns d in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// Partition is the set of entries that one question may be compared with.
type Partition struct {
	Workspace Digest
	Context   Digest // everything that two questions must agree on
}

// Check refuses a partition with a zero part: a search or insert must never leave the
// partition out. op names the operation in the error.
func (p Partition) Check(op string) error {
	if p.Workspace.IsZero() || p.Context.IsZero() {
		return &gateway.Error{Op: op, Kind: gateway.Internal, Public: "A cache lookup without a partition was refused.", Param: "partition"}
	}
	return nil
}

// Hasher computes digests with a key that is derived from the installation's key, so that
// only this installation can relate a digest to a text. It is safe for concurrent use.
type Hasher struct{ derived []byte }

// version is part of every digest. It must change with the form of what is hashed: entries of
// an earlier form then become misses and expire.
const version = "sluice cache digests v2"

// NewHasher derives the key of the digests.
func NewHasher(installationKey []byte) Hasher {
	mac := hmac.New(sha256.New, installationKey)
	mac.Write([]byte(version))
	return Hasher{mac.Sum(nil)}
}

// Workspace returns the digest of a workspace's name.
func (h Hasher) Workspace(name string) Digest { return h.digester().workspace(name) }

func (d *digester) workspace(name string) Digest { return d.digest(labelWorkspace, []byte(name)) }

// label separates digests of different kinds.
type label byte

const (
	labelWorkspace label = 'w'
	labelNamespace label = 'n'
	labelScope     label = 's'
	labelContext   label = 'c' // of one target
	labelBody      label = 'b' // of one target
	labelExact     label = 'k'
	labelPartition label = 'p'
	labelAlias     label = 'a'
	labelAttribute label = 't'
)

// digester computes digests one after another. It is not safe for concurrent use.
type digester struct {
	mac    hash.Hash
	buffer []byte // of digest
}

func (h Hasher) digester() *digester { return &digester{mac: hmac.New(sha256.New, h.derived)} }

// digest hashes a list of parts under a label.
func (d *digester) digest(l label, parts ...[]byte) Digest {
	d.mac.Reset()
	d.buffer = append(d.buffer[:0], byte(l))
	d.mac.Write(d.buffer)
	for _, part := range parts {
		d.buffer = binary.AppendUvarint(d.buffer[:0], uint64(len(part)))
		d.mac.Write(d.buffer)
		d.mac.Write(part)
	}
	d.buffer = d.mac.Sum(d.buffer[:0])
	return Digest(d.buffer[:len(Digest{})])
}

// appendField appends a text with its length in front, so that two different lists of texts
// never have the same bytes.
func appendField[T string | []byte](dst []byte, text T) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

// appendList appends a list of texts as one field.
func appendList(dst []byte, list []string) []byte {
	fields := make([]byte, 0, 128) // stays on the stack
	for _, text := range list {
		fields = appendField(fields, text)
	}
	return appendField(dst, fields)
}
