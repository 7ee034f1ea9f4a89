package session

import "github.com/sluicegate/sluice/gateway"

// Limits are the most that one response of a format can use.
type Limits struct {
	Context    int64 // tokens of input
	AudioToken int64 // how many bytes of base64 one token of audio has at least
	Image      int64 // tokens of one image
}

// Account counts what a session has used, and what its next response reads at most. It is not safe for
// concurrent use.
type Account struct {
	Limits
	used   gateway.Usage // of the responses that were reported
	before gateway.Usage // what the next response reads of those: Input, AudioInput
	sent   gateway.Usage // the most tokens that the caller has sent since: Input, AudioInput
	read   gateway.Usage // of sent: what the response that is being written reads
}

// Sent counts the bytes of what the caller sends: text, and audio in base64; and images.
func (a *Account) Sent(text, audio, images int64) {
	tokens := (audio + a.AudioToken - 1) / a.AudioToken
	a.sent.Input = min(a.sent.Input+text+tokens+images*a.Image, a.Context)
	a.sent.AudioInput = min(a.sent.AudioInput+tokens, a.Context)
}

// Begins counts a response that begins, and returns the most that it can use. limit is the most that it
// may write, with audio if the model speaks.
func (a *Account) Begins(limit int64, speaks bool) *gateway.ExtraCost {
	a.read = a.sent
	u := &gateway.Usage{Input: min(a.before.Input+a.sent.Input, a.Context), Output: limit}
	u.AudioInput = min(a.before.AudioInput+a.sent.AudioInput, u.Input)
	if speaks {
		u.AudioOutput = u.Output
	}
	return &gateway.ExtraCost{Begins: u}
}

// Reported counts what the vendor says that one response has used, and tells c what the session has.
func (a *Account) Reported(c *gateway.Chunk) {
	u := *c.Usage
	a.used.Add(&u)
	a.before = gateway.Usage{Input: u.Input + u.Output, AudioInput: u.AudioInput + u.AudioOutput}
	a.sent = gateway.Usage{Input: a.sent.Input - a.read.Input, AudioInput: a.sent.AudioInput - a.read.AudioInput}
	a.read = gateway.Usage{}
	a.Tell(c)
}

// Tell tells c what the session has used.
func (a *Account) Tell(c *gateway.Chunk) {
	used := a.used
	c.Usage = &used
}

// Sizes are the bytes of a caller's message that are audio or an image, and the number of images; rest
// is the others. isImage tells the two kinds of binary data apart.
func Sizes(message []byte, binary []gateway.Span, isImage func(data []byte) bool) (rest, audio, images int64) {
	rest = int64(len(message))
	for _, span := range binary {
		size := int64(span.End - span.Start)
		rest -= size
		if isImage(message[span.Start:span.End]) {
			images++
		} else {
			audio += size
		}
	}
	return rest, audio, images
}
