package httpapi

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"
)

// idSource makes ULIDs that grow, within one millisecond and when the clock is set back. Their
// random part keeps those of several processes apart; it is no secret.
type idSource struct {
	mu   sync.Mutex
	ms   uint64
	high uint16 // the random part: 80 bits
	low  uint64
}

func (g *idSource) next(at time.Time) string {
	var id ulid.ULID
	g.mu.Lock()
	if now := ulid.Timestamp(at); now > g.ms {
		g.ms, g.high, g.low = now, uint16(rand.Uint32())>>1, rand.Uint64() // half of the room is left to grow
	} else {
		before := g.low
		if g.low += 1 + uint64(rand.Uint32()); g.low < before {
			g.high++
		}
	}
	_ = id.SetTime(g.ms) // fails in the year 10889
	binary.BigEndian.PutUint16(id[6:], g.high)
	binary.BigEndian.PutUint64(id[8:], g.low)
	g.mu.Unlock()
	return id.String()
}
