package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Heads keeps the signed heads of chains in a file of their own, apart from the store. They
// reveal rows that were cut off the end of a chain. Any goroutine may use it.
type Heads struct {
	path string
	key  []byte

	mu     sync.Mutex
	file   map[string]signedHead // as the file has it
	known  map[string]Head       // whose signature holds
	forged map[string]string     // what is wrong with the others, by chain
}

// signedHead is an entry of the file.
type signedHead struct {
	Seq       uint64 `json:"seq"`
	Hash      string `json:"hash"`
	Time      int64  `json:"time_us"`
	Signature string `json:"signature"`
}

// OpenHeads reads the heads in the file at path, which need not exist. key signs them.
func OpenHeads(path string, key []byte) (*Heads, error) {
	h := &Heads{path: path, key: key, file: map[string]signedHead{}, known: map[string]Head{}, forged: map[string]string{}}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return nil, fmt.Errorf("audit.OpenHeads: %w", err)
	}
	if err := json.Unmarshal(raw, &h.file); err != nil {
		h.file = map[string]signedHead{}
		h.forged[filepath.Base(path)] = "the file of signed heads is damaged"
		return h, nil
	}
	for chain, s := range h.file {
		head := Head{Seq: s.Seq, Time: time.UnixMicro(s.Time).UTC()}
		hash, err := hex.DecodeString(s.Hash)
		copy(head.Hash[:], hash)
		if err != nil || len(hash) != len(head.Hash) || !hmac.Equal([]byte(s.Signature), []byte(h.sign(chain, head))) {
			h.forged[chain] = "the signature of its head is wrong"
			continue
		}
		h.known[chain] = head
	}
	return h, nil
}

// Save notes the head of a chain whose rows up to it are on disk. It returns the signature.
func (h *Heads) Save(chain string, head Head) (signature string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	signature = h.sign(chain, head)
	h.known[chain] = head
	h.file[chain] = signedHead{Seq: head.Seq, Hash: hex.EncodeToString(head.Hash[:]), Time: head.Time.UnixMicro(), Signature: signature}
	raw, err := json.MarshalIndent(h.file, "", " ")
	if err == nil {
		err = replaceFile(h.path, raw)
	}
	if err != nil {
		return signature, fmt.Errorf("audit.Heads.Save: %w", err)
	}
	return signature, nil
}

// Known returns the heads whose signature holds, by chain.
func (h *Heads) Known() map[string]Head {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.known)
}

// Forged tells what is wrong with other entries, by chain.
func (h *Heads) Forged() map[string]string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.forged)
}

// Latest returns the name of the chain that node wrote last: its own, or one that it began
// because an earlier one could not be continued. Those are named node.ULID.
func (h *Heads) Latest(node string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	latest := node
	for chain := range h.file {
		if strings.HasPrefix(chain, node+".") && chain > latest {
			latest = chain
		}
	}
	return latest
}

func (h *Heads) sign(chain string, head Head) string {
	m := hmac.New(sha256.New, h.key)
	fmt.Fprintf(m, "audit head\n%s\n%d\n%x\n%d", chain, head.Seq, head.Hash, head.Time.UnixMicro())
	return hex.EncodeToString(m.Sum(nil))
}

// replaceFile writes a file so that a crash leaves the old content or the new.
func replaceFile(path string, content []byte) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(content); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
