// Package encoder runs encoders of the BERT family on the processor.
//
// [Load] reads the weights once and keeps matrices and the table of tokens in 8 bits, one
// scale for each row; [Encoder.Encode] then turns the tokens of some texts into one vector each. The
// values that meet the weights are rounded to 12 to 16 bits, as many as 32-bit sums allow, so that only the
// weights are coarse. Everything between the matrices is in 32-bit floating point.
//
// An Encoder never changes after Load: all callers share it. Each call has its own buffers.
package encoder
