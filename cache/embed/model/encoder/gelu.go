package encoder

import "math"

// The table of gelu: from -geluEnd to geluEnd in steps of 1/geluSteps. A line between two of its
// points is within 1e-6 of the function.
const (
	geluEnd   = 8
	geluSteps = 512
)

var geluTable = makeGeluTable()

func makeGeluTable() *[2*geluEnd*geluSteps + 2]float32 {
	var table [2*geluEnd*geluSteps + 2]float32
	for i := range table {
		x := float64(i)/geluSteps - geluEnd
		table[i] = float32(.5 * x * (1 + math.Erf(x/math.Sqrt2)))
	}
	return &table
}

// gelu applies BERT's activation to each number: x times the probability that a normal variable
// is below x. Beyond the table that is 0 or x.
func gelu(x []float32) {
	for i, v := range x {
		switch {
		case v <= -geluEnd:
			x[i] = 0
		case v < geluEnd:
			at := (v + geluEnd) * geluSteps
			n := int(at)
			low := geluTable[n]
			x[i] = low + (geluTable[n+1]-low)*(at-float32(n))
		}
	}
}
