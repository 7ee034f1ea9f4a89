// Package dot multiplies rows of 8-bit weights with rows of 16-bit values.
//
// All arithmetic is in integers, so the assembly for AVX2 and the plain Go for other processors
// give the same sums, bit for bit; a test compares them. The assembly is written by
// kernel_gen.go and committed:
//
//	go run -modfile=gen.mod kernel_gen.go -out kernel_amd64.s
package dot

// Lanes is the multiple that the length of a row must be of. Shorter rows are padded with
// zeros.
const Lanes = 16

// Rows is how many rows of values one call multiplies with a row of weights.
const Rows = 4

// Four returns the sums of w[i]*x[i], w[i]*x[n+i], w[i]*x[2n+i] and w[i]*x[3n+i], where n is
// the length of w, a multiple of Lanes, and x has 4n values. The caller keeps n times the
// largest products below 2^31.
func Four(w []int8, x []int16) (sums [Rows]int32) {
	if len(w)%Lanes != 0 || len(x) != Rows*len(w) {
		panic("dot: the lengths of weights and values do not agree")
	}
	four(&sums, w, x)
	return sums
}

// fourPlain is the form for every processor.
func fourPlain(sums *[Rows]int32, w []int8, x []int16) {
	for r := range sums {
		row := x[r*len(w):][:len(w)]
		var sum int32
		for i, weight := range w {
			sum += int32(weight) * int32(row[i])
		}
		sums[r] = sum
	}
}
