package dot

import "golang.org/x/sys/cpu"

var four = choose(cpu.X86.HasAVX2)

func choose(avx2 bool) func(*[Rows]int32, []int8, []int16) {
	if avx2 {
		return fourAVX2
	}
	return fourPlain
}
