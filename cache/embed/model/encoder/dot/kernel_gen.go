//go:build ignore

// This program writes the assembly of fourAVX2. Each step of its loop widens 16 weights to 16
// bits, multiplies them with 16 values of each of four rows, and adds neighbouring products.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

func main() {
	TEXT("fourAVX2", NOSPLIT, "func(sums *[4]int32, w []int8, x []int16)")
	Doc("fourAVX2 is fourPlain for processors with AVX2. The length of w is a multiple of 16.")
	Pragma("noescape")
	sums := Load(Param("sums"), GP64())
	w := Load(Param("w").Base(), GP64())
	n := Load(Param("w").Len(), GP64())
	var rows [4]Register
	rows[0] = Load(Param("x").Base(), GP64())
	for i := 1; i < 4; i++ {
		r := GP64()
		LEAQ(Mem{Base: rows[i-1], Index: n, Scale: 2}, r)
		rows[i] = r
	}
	var totals [4]VecVirtual
	for i := range totals {
		totals[i] = YMM()
		VPXOR(totals[i], totals[i], totals[i])
	}
	i := GP64()
	XORQ(i, i)

	Label("loop")
	CMPQ(i, n)
	JGE(LabelRef("done"))
	weights := YMM()
	VPMOVSXBW(Mem{Base: w, Index: i, Scale: 1}, weights)
	for r := range totals {
		products := YMM()
		VPMADDWD(Mem{Base: rows[r], Index: i, Scale: 2}, weights, products)
		VPADDD(products, totals[r], totals[r])
	}
	ADDQ(Imm(16), i)
	JMP(LabelRef("loop"))

	Label("done")
	// Two rounds of horizontal addition leave half of each row's sum in each half of one register.
	first, second := YMM(), YMM()
	VPHADDD(totals[1], totals[0], first)
	VPHADDD(totals[3], totals[2], second)
	VPHADDD(second, first, first)
	high := XMM()
	VEXTRACTI128(Imm(1), first, high)
	VPADDD(high, first.AsX(), high)
	VMOVDQU(high, Mem{Base: sums})
	VZEROUPPER()
	RET()
	Generate()
}
