package refresh

import "errors"

// failure is an error with a text for whoever asks how the renewal goes. The cause is for the log: it may
// name files, addresses and proxies of this machine.
type failure struct {
	public string
	cause  error
}

func (f *failure) Error() string { return f.public + ": " + f.cause.Error() }

func (f *failure) Unwrap() error { return f.cause }

// publicText is what an error says without the causes of the machine. What was wrong with the file
// itself is told whole.
func publicText(err error) string {
	var f *failure
	if errors.As(err, &f) {
		return f.public
	}
	return err.Error()
}
