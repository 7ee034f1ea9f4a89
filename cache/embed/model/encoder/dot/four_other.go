//go:build !amd64

package dot

func four(sums *[Rows]int32, w []int8, x []int16) { fourPlain(sums, w, x) }
