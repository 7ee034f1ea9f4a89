package message

import "encoding/json"

// Logprob is the logarithm of the probability of one token of an answer.
type Logprob struct {
	Token string
	Value json.Number
	Top   []Logprob // the likeliest tokens in its place, without alternatives of their own
}
