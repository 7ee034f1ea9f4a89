package gateway

import "time"

// Attempt is one upstream call.
type Attempt struct {
	Target     string // config path
	Provider   string
	VirtualKey string
	Credential string // name of the virtual key's credential, "" if there is no choice
	// CredentialFingerprint tells one value of that credential from another.
	CredentialFingerprint string

	Model      string // as sent upstream
	Format     string // dialect that the target was called in, "" before
	Host       string // address and port of the server, "" if none is called
	SpanID     SpanID // minted by Router
	Start      time.Time
	FirstChunk time.Duration // from Start; 0 if no chunk arrived
	Duration   time.Duration // from Start to the end of the answer
	Wait       time.Duration // delay after this attempt, before the next
	Chunks     int           // of a stream
	LongestGap time.Duration // between two chunks of a stream, while the provider was waited for
	Status     int           // HTTP status of the upstream; 0 without an answer
	Retry      int           // 0 for the first call of a target
	Err        *Error
	Usage      *Usage
	Served     string // the model named in the answer, "" if none
	ResponseID string
	Finish     string
}
