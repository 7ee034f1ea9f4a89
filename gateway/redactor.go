package gateway

// Redactor redacts text that a stage makes out of the caller's values. It uses the
// placeholders of the exchange, so the answer is restored as a whole.
type Redactor interface {
	// RedactRendered returns req, which was rendered with the variables (a JSON object), with
	// the values replaced that only rendering completed. After an error the request must not
	// be sent.
	RedactRendered(req *Request, variables []byte) (*Request, error)
}
