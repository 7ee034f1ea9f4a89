package memindex

// blockSize is how many points share an allocation once there are as many: growing one
// array for all would copy it again and again.
const blockSize = 64

// supply is where the partitions of an index get their blocks from. It keeps one of those
// that were given back: where every new point takes the place of an old one, a partition
// can stand at the edge of a block for hours, and without the spare one would drop a block
// and make another with each of them.
type supply struct {
	dim   int
	spare []int8
}

// take gives a block. What stands in it is not to be read before it is written.
func (s *supply) take() []int8 {
	b := s.spare
	if s.spare = nil; b == nil {
		b = make([]int8, blockSize*s.dim)
	}
	return b
}

func (s *supply) give(block []int8) { s.spare = block }

// weight is what the spare block weighs. It counts always: whether it is there changes with
// every crossing, and points should not come and go with it.
func (s *supply) weight() int64 { return int64(blockSize * s.dim) }
