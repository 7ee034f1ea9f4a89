package promptcache

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/sluicegate/sluice/gateway"
)

// minCached is the size of the shortest body that a vendor may cache, in bytes: 1024 tokens is the
// least that OpenAI, Anthropic and Google cache.
const minCached = 4 << 10

// Affinity tells which calls should reach the same account of a vendor, because its prompt cache
// belongs to the account: those of one session that the caller named, else those whose prompts
// begin alike, if the body is long enough to be cached. It is the same in every process, and 0 if
// the account does not matter.
func Affinity(ex *gateway.Exchange) uint64 {
	h := sha256.New()
	write := func(b []byte) {
		_ = binary.Write(h, binary.BigEndian, int64(len(b))) // a hash does not fail
		_, _ = h.Write(b)
	}
	if p := ex.Principal; p != nil {
		write([]byte(p.Workspace))
		write([]byte(p.APIKey))
	}
	id, _ := ex.Session()
	if id == "" {
		format, ok := ex.Request.Dialect.(gateway.PromptFormat)
		if !ok || ex.Request.Op != gateway.OpChat || len(ex.Request.Raw) < minCached {
			return 0
		}
		prompt := format.Prompt(ex.Request.Raw)
		for _, part := range prompt.Parts[:prompt.First] {
			part.Segments(ex.Request.Raw, func(_ int, segment []byte) bool {
				write(segment)
				return true
			})
		}
	} else {
		write([]byte(id))
	}
	return max(binary.BigEndian.Uint64(h.Sum(nil)), 1)
}
