package main

import (
	"fmt"
	"math/big"
	"strings"
)

// nano returns what a decimal number of USD is in nano-USD, times factor, rounded to the nearest.
func nano(usd string, factor int64) (int64, error) {
	r, ok := new(big.Rat).SetString(strings.TrimSpace(usd))
	if !ok {
		return 0, fmt.Errorf("%q is no amount", usd)
	}
	r.Mul(r, new(big.Rat).SetInt64(1_000_000_000))
	r.Mul(r, new(big.Rat).SetInt64(factor))
	r.Add(r, big.NewRat(1, 2))
	n := new(big.Int).Div(r.Num(), r.Denom())
	if !n.IsInt64() || n.Sign() < 0 {
		return 0, fmt.Errorf("%q is out of range", usd)
	}
	return n.Int64(), nil
}

// usd writes nano-USD per million tokens as USD per million tokens.
func usd(n int64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%09d", n/1_000_000_000, n%1_000_000_000), "0"), ".")
}
