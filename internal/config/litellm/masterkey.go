package litellm

import (
	"net"
	"net/netip"

	"github.com/sluicegate/sluice/gateway"
)

// strongKey is the length, in characters, from which a key cannot be guessed.
const strongKey = 20

// Weak reports whether a key is so short that it can be guessed, as sk-1234 of LiteLLM's
// documentation.
func Weak(key gateway.Secret) bool { return !key.Empty() && len(key.Reveal()) < strongKey }

// Loopback reports whether an address to listen on is reached from this machine only.
func Loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}
