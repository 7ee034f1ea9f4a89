package gateway

import (
	"strconv"
	"strings"
)

// NanoPerUSD is the number of nano-USD in one USD. Money is integer nano-USD everywhere.
const NanoPerUSD = 1_000_000_000

// ParseUSD parses an amount such as "12.50" to nano-USD. Amounts with more than nine
// decimals are an error; they are not rounded. The error is Invalid and names param.
func ParseUSD(param, text string) (int64, error) {
	const op = "gateway.ParseUSD"
	bad := func() (int64, error) {
		return 0, InvalidField(op, param, "The field '"+param+"' must be an amount in USD such as 12.50, up to 9000000000, with at most nine decimals.")
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
	if err != nil || n > 9_000_000_000*NanoPerUSD {
		return bad()
	}
	return n, nil
}

// FormatUSD formats nano-USD as an exact decimal amount in USD: 12.5, 0.000001, never 1e-6.
func FormatUSD(nano int64) string {
	sign := ""
	if nano < 0 {
		sign, nano = "-", -nano
	}
	s := sign + strconv.FormatInt(nano/NanoPerUSD, 10)
	if frac := nano % NanoPerUSD; frac != 0 {
		digits := strconv.FormatInt(frac+NanoPerUSD, 10)[1:]
		s += "." + strings.TrimRight(digits, "0")
	}
	return s
}
