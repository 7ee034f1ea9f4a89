package encoder

import "fmt"

// Shape is the size of an encoder.
type Shape struct {
	Vocabulary   int
	Hidden       int // length of a token's vector
	Layers       int
	Heads        int
	Intermediate int // width between the two matrices of a feed-forward block
	Positions    int // rows of the table of positions
	FirstPos     int // row of the first token's position; 2 in RoBERTa's models
	Epsilon      float64
}

// Check refuses a shape that is out of bounds, naming the key of config.json.
func (s *Shape) Check() error {
	for _, n := range []struct {
		key        string
		value, max int
	}{
		{"vocab_size", s.Vocabulary, 1 << 20}, {"hidden_size", s.Hidden, 2048}, {"num_hidden_layers", s.Layers, 48},
		{"num_attention_heads", s.Heads, 64}, {"intermediate_size", s.Intermediate, 8192}, {"max_position_embeddings", s.Positions, 1 << 16},
	} {
		if n.value < 1 || n.value > n.max {
			return fmt.Errorf("%s must be from 1 to %d: %d", n.key, n.max, n.value)
		}
	}
	switch {
	case s.Hidden%s.Heads != 0:
		return fmt.Errorf("hidden_size %d is not a multiple of num_attention_heads %d", s.Hidden, s.Heads)
	case !(s.Epsilon > 0 && s.Epsilon < 1):
		return fmt.Errorf("layer_norm_eps must be between 0 and 1")
	case s.Positions <= s.FirstPos:
		return fmt.Errorf("max_position_embeddings must be more than %d", s.FirstPos)
	}
	return nil
}
