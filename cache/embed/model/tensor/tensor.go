// Package tensor reads the numbers of a model's file row by row, whatever their form in the
// file. The packages safetensors and onnx make its tensors.
package tensor

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// Kind is the form of a number in a file.
type Kind byte

// The kinds that are read. All are little-endian.
const (
	Float32 Kind = iota + 1
	Float16
	BFloat16
	Int8
	Uint8
	Block4 // blocks of BlockLength numbers of a row in 4 bits, with a scale in 16 bits before them
)

// BlockLength is how many numbers have one scale in Block4. Byte i of a block holds numbers i, in
// its lower half, and i + 16; a number n stands for (n - 8) times the scale.
const BlockLength = 32

// Size returns the length of n numbers in bytes.
func (k Kind) Size(n int64) int64 {
	switch k {
	case Float32:
		return 4 * n
	case Float16, BFloat16:
		return 2 * n
	case Block4:
		return n / BlockLength * (2 + BlockLength/2)
	}
	return n
}

// The bounds of a tensor.
const (
	MaxDims     = 4
	MaxElements = 1 << 30
)

// Tensor is a named block of numbers in a file.
type Tensor struct {
	Name  string
	Kind  Kind
	Shape []int
	Data  *io.SectionReader
	// Scale and Zero turn the integers of Int8 and Uint8 into numbers, (n - Zero) * Scale. A list
	// of one is for all, a longer one has a value for each column of the last dimension, or for
	// each row if PerRow is set.
	Scale  []float32
	Zero   []int32
	PerRow bool
	// Transposed is set if the file holds the columns of a matrix where the model has rows.
	Transposed bool
}

// Elements returns the number of numbers of a shape. It refuses one that is out of bounds.
func Elements(shape []int) (int64, error) {
	if len(shape) > MaxDims {
		return 0, fmt.Errorf("it has %d dimensions; at most %d are read", len(shape), MaxDims)
	}
	n := int64(1)
	for _, d := range shape {
		if d <= 0 || int64(d) > MaxElements/n {
			return 0, fmt.Errorf("its shape %v is out of bounds", shape)
		}
		n *= int64(d)
	}
	return n, nil
}

// Check refuses a tensor whose length in the file does not follow from its shape.
func (t *Tensor) Check() error {
	n, err := Elements(t.Shape)
	if err != nil {
		return err
	}
	if columns := t.columns(); t.Kind == Block4 && columns%BlockLength != 0 {
		return fmt.Errorf("its rows have %d numbers, no multiple of %d", columns, BlockLength)
	}
	if want := t.Kind.Size(n); t.Data.Size() != want {
		return fmt.Errorf("it has %d bytes; its shape %v needs %d", t.Data.Size(), t.Shape, want)
	}
	return nil
}

// columns returns the length of a row.
func (t *Tensor) columns() int {
	if len(t.Shape) == 0 {
		return 1
	}
	return t.Shape[len(t.Shape)-1]
}

// Rows calls use with each row, the last dimension, of a vector or matrix. The row is valid
// until use returns. A number that is not finite is refused.
func (t *Tensor) Rows(use func(i int, row []float32)) error {
	if err := t.Check(); err != nil {
		return err
	}
	columns := t.columns()
	n, _ := Elements(t.Shape)
	r := bufio.NewReaderSize(io.NewSectionReader(t.Data, 0, t.Data.Size()), 64<<10)
	raw, row := make([]byte, t.Kind.Size(int64(columns))), make([]float32, columns)
	for i := range int(n) / columns {
		if _, err := io.ReadFull(r, raw); err != nil {
			return fmt.Errorf("it cannot be read: %w", err)
		}
		if err := t.decode(i, row, raw); err != nil {
			return err
		}
		use(i, row)
	}
	return nil
}

// decode turns the bytes of the row with a number into numbers.
func (t *Tensor) decode(number int, row []float32, raw []byte) error {
	for i := range row {
		place := i
		if t.PerRow {
			place = number
		}
		switch t.Kind {
		case Float32:
			row[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		case Float16:
			row[i] = half(binary.LittleEndian.Uint16(raw[2*i:]))
		case BFloat16:
			row[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(raw[2*i:])) << 16)
		case Int8:
			row[i] = t.scaled(place, int32(int8(raw[i])))
		case Uint8:
			row[i] = t.scaled(place, int32(raw[i]))
		case Block4:
			row[i] = ofBlock(raw[i/BlockLength*(2+BlockLength/2):], i%BlockLength)
		}
		if x := row[i]; x != x || x > math.MaxFloat32 || x < -math.MaxFloat32 {
			return fmt.Errorf("it holds a value that is no number")
		}
	}
	return nil
}

// ofBlock returns number i of a block.
func ofBlock(block []byte, i int) float32 {
	n := block[2+i%(BlockLength/2)] >> (4 * (i / (BlockLength / 2))) & 0xF
	return float32(int(n)-8) * half(binary.LittleEndian.Uint16(block))
}

func (t *Tensor) scaled(place int, n int32) float32 {
	return float32(n-at(t.Zero, place)) * at(t.Scale, place)
}

// at returns the value for a column or row of a list with one value for all, or one for each.
func at[T int32 | float32](list []T, place int) T {
	switch {
	case len(list) == 0:
		return 0
	case place < len(list):
		return list[place]
	}
	return list[0]
}

// half turns a 16-bit number of IEEE 754 into one of 32 bits.
func half(h uint16) float32 {
	sign, exponent, fraction := uint32(h>>15)<<31, uint32(h>>10&0x1F), uint32(h&0x3FF)
	switch exponent {
	case 0:
		x := float32(fraction) / (1 << 24)
		return math.Float32frombits(math.Float32bits(x) | sign)
	case 0x1F:
		return math.Float32frombits(sign | 0xFF<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+112)<<23 | fraction<<13)
}
