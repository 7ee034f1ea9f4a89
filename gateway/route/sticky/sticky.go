// Package sticky keeps the calls of a loadbalance that are alike, those of one user for example, at the
// same target for some time.
//
// Nothing is stored. The target follows from the values that the calls share by rendezvous hashing, so
// that it is the same in every replica and after every restart, and a target that is added or removed
// moves only the calls which it gains or loses. Time is cut into windows of the length TTL; in each
// window the calls are drawn anew. The windows of different values begin at different times, so that
// they do not all move at once.
package sticky

import (
	"crypto/sha256"
	"encoding/binary"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/rendezvous"
	"github.com/sluicegate/sluice/gateway/route/condition"
)

// Arm is a target of the loadbalance.
type Arm struct {
	Name   string // says what the target is, and stays when others are added or removed
	Weight float64
}

// Keeper is the setting of one loadbalance. Immutable. It implements gateway.Keeper.
type Keeper struct {
	Fields []condition.Field // whose values the calls share
	TTL    time.Duration     // in whole seconds
	Arms   []Arm
}

var _ gateway.Keeper = (*Keeper)(nil)

// Order returns the indices of the arms with a weight, in their order for a call. It is nil if the
// call lacks one of the fields, or if one is empty or longer than [condition.MaxValue].
func (k *Keeper) Order(env *gateway.Envelope, req *gateway.Request, scope string, at time.Time) []int {
	var key strings.Builder
	for _, f := range k.Fields {
		value, there := f.Value(env, req)
		if !there || value == "" || len(value) > condition.MaxValue {
			return nil
		}
		key.WriteString(strconv.Itoa(len(value)))
		key.WriteByte(':')
		key.WriteString(value)
	}
	key.WriteString(strconv.FormatInt(k.window(scope, key.String(), at), 10))
	return rendezvous.Order(scope, key.String(), len(k.Arms), func(i int) (string, float64) { return k.Arms[i].Name, k.Arms[i].Weight })
}

// window is the number of the window that a call is in.
func (k *Keeper) window(scope, key string, at time.Time) int64 {
	ttl := max(int64(k.TTL/time.Second), 1)
	sum := sha256.Sum256([]byte("window " + strconv.Itoa(len(scope)) + ":" + scope + key))
	phase := int64(binary.BigEndian.Uint64(sum[:]) % uint64(ttl))
	return (at.Unix() + phase) / ttl
}

// Scope names the loadbalance at path. Versions of a saved config are one scope, so that a new one moves
// as few calls as its weights need; so are all configs of a workspace without a slug.
func Scope(workspace, slug, path string) string {
	return "sticky " + url.PathEscape(workspace) + " " + slug + " " + path
}
