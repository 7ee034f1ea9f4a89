package gateway

import (
	"strconv"
	"strings"
)

// NanoPerUSD is the number of nano-USD in one USD. Money is integer nano-USD everywhere.
const NanoPerUSD = 1_000_000_000

// ParseUSD parses an amount such as "12.50" or "1e-2" to nano-USD. Amounts with more than nine
// decimals are an error; they are not rounded. The error is Invalid and names param.
func ParseUSD(param, text string) (int64, error) {
	const op = "gateway.ParseUSD"
	bad := func() (int64, error) {
		return 0, InvalidField(op, param, "The field '"+param+"' must be an amount in USD such as 12.50, up to 9000000000, with at most nine decimals.")
	}
	text, shift, ok := cutExponent(strings.TrimSpace(text))
	whole, frac, dotted := strings.Cut(text, ".")
	if !ok || dotted && frac == "" {
		return bad()
	}
	whole, frac = shiftPoint(whole, frac, shift)
	if whole == "" || len(whole) > 10 || len(frac) > 9 {
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

// cutExponent splits "1.5e-2" into "1.5" and -2. ok is false if the exponent is malformed or
// of no use for an amount.
func cutExponent(text string) (mantissa string, exponent int, ok bool) {
	i := strings.IndexAny(text, "eE")
	if i < 0 {
		return text, 0, true
	}
	exponent, err := strconv.Atoi(text[i+1:])
	return text[:i], exponent, err == nil && exponent >= -20 && exponent <= 20
}

// shiftPoint multiplies the digits whole.frac by ten to the power of shift, without the zeros
// that this adds or leaves over.
func shiftPoint(whole, frac string, shift int) (string, string) {
	if shift == 0 || whole == "" {
		return whole, frac
	}
	digits, point := whole+frac, len(whole)+shift
	if point < 1 {
		digits, point = strings.Repeat("0", 1-point)+digits, 1
	}
	if point > len(digits) {
		digits += strings.Repeat("0", point-len(digits))
	}
	whole = strings.TrimLeft(digits[:point-1], "0") + digits[point-1:point]
	return whole, strings.TrimRight(digits[point:], "0")
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
