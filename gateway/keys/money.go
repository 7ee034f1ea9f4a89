package keys

import (
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

const nanoPerUSD = 1_000_000_000

// ParseUSD reads an amount like "12.50" as nano-USD. Nine decimals are exact; more are
// refused, never rounded.
func ParseUSD(param, text string) (int64, error) {
	const op = "keys.ParseUSD"
	bad := func() (int64, error) {
		return 0, gateway.Refuse(op, param, "The field '"+param+"' must be an amount in USD such as 12.50, up to 9000000000, with at most nine decimals.")
	}
	whole, frac, dotted := strings.Cut(strings.TrimSpace(text), ".")
	if whole == "" || dotted && frac == "" || len(whole) > 10 || len(frac) > 9 {
		return bad()
	}
	for _, c := range whole + frac {
		if c < '0' || c > '9' {
			return bad()
		}
	}
	n, err := strconv.ParseInt(whole+frac+strings.Repeat("0", 9-len(frac)), 10, 64)
	if err != nil || n > 9_000_000_000*nanoPerUSD {
		return bad()
	}
	return n, nil
}

// FormatUSD writes nano-USD as an amount in USD: 12.5, 0.000001, never 1e-6.
func FormatUSD(nano int64) string {
	sign := ""
	if nano < 0 {
		sign, nano = "-", -nano
	}
	s := sign + strconv.FormatInt(nano/nanoPerUSD, 10)
	if frac := nano % nanoPerUSD; frac != 0 {
		digits := strconv.FormatInt(frac+nanoPerUSD, 10)[1:]
		s += "." + strings.TrimRight(digits, "0")
	}
	return s
}
