package config

import (
	"math/big"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// parseDuration reads Go durations with an optional number of days in front: 30d, 1d12h.
func parseDuration(s string) (time.Duration, bool) {
	days, rest, ok := strings.Cut(s, "d")
	var d time.Duration
	if ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return 0, false
		}
		if d = time.Duration(n) * 24 * time.Hour; rest == "" {
			return d, true
		}
		s = rest
	}
	more, err := time.ParseDuration(s)
	if err != nil || ok && more < 0 {
		return 0, false
	}
	return d + more, true
}

var sizeUnits = []struct {
	name  string
	bytes int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1}, {"", 1}}

// parseSize reads a number of bytes with a unit: 32MiB, 1.5GiB, 1000000.
func parseSize(s string) (int64, bool) {
	for _, u := range sizeUnits {
		digits, ok := strings.CutSuffix(s, u.name)
		if !ok {
			continue
		}
		digits = strings.TrimSpace(digits)
		if digits == "" || strings.Trim(digits, "0123456789.") != "" || len(digits) > 20 {
			return 0, false
		}
		n, ok := new(big.Rat).SetString(digits)
		if !ok {
			return 0, false
		}
		n.Mul(n, new(big.Rat).SetInt64(u.bytes))
		if !n.IsInt() || !n.Num().IsInt64() {
			return 0, false
		}
		return n.Num().Int64(), true
	}
	return 0, false
}

// ListenProblem says what is wrong with an address to listen on, "" if nothing.
func ListenProblem(s string) string {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return `must be an address and a port, such as "127.0.0.1:8787" or ":8787"`
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n > 65535 {
		return "has no port between 0 and 65535"
	}
	return ""
}

// urlProblem returns a check for the URL of a server with one of the schemes.
func urlProblem(schemes ...string) func(string) string {
	return func(s string) string {
		u, err := url.Parse(s)
		if err != nil || u.Host == "" || u.Hostname() == "" {
			return "must be a URL such as " + schemes[0] + "://host:port"
		}
		for _, scheme := range schemes {
			if u.Scheme == scheme {
				return ""
			}
		}
		return "must be a URL with the scheme " + oneOf(schemes)
	}
}

// URLProblem says what is wrong with an http or https URL without credentials, "" if nothing.
func URLProblem(s string) string {
	if c := urlProblem("http", "https")(s); c != "" {
		return c
	}
	if u, err := url.Parse(s); err != nil || u.User != nil {
		return "must not hold a user or password"
	}
	return ""
}

// hostProblem says what is wrong with a host name or address, without a port.
func hostProblem(s string) string {
	if net.ParseIP(s) != nil {
		return ""
	}
	if strings.ContainsAny(s, ":/@?# *[]") {
		return "must be a host name or an IP address, without scheme, port or wildcard"
	}
	return ""
}

// nameProblem says what is wrong with the name of a key, config or workspace.
func nameProblem(s string) string {
	if gateway.IsName(s) {
		return ""
	}
	return "must be 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit"
}

// parsePrice reads USD per million tokens and returns nano-USD per million tokens.
func parsePrice(s string) (int64, bool) {
	if s == "" || len(s) > 30 || strings.Trim(s, "0123456789.") != "" {
		return 0, false
	}
	n, ok := new(big.Rat).SetString(s)
	if !ok {
		return 0, false
	}
	n.Mul(n, big.NewRat(1e9, 1))
	if !n.IsInt() || !n.Num().IsInt64() || n.Num().Int64() > 1e15 {
		return 0, false
	}
	return n.Num().Int64(), true
}
