package gateway

// Redactor redacts text that a stage renders from the caller's values. It uses the
// placeholders of the exchange, so the answer is restored as a whole.
type Redactor interface {
	// RedactRendered returns req, rendered with the variables (a JSON object), with those
	// values redacted that only rendering completed. After an error the request must not be
	// sent.
	RedactRendered(req *Request, variables []byte) (*Request, error)
}
