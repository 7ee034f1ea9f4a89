package sluice

import "sync"

// keptOutput bounds what is remembered of a process's output.
const keptOutput = 1 << 20

// output collects what a process prints. It is safe to read while the process runs.
type output struct {
	mu   sync.Mutex
	text []byte
}

// Write never fails.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = append(o.text, p...)
	if n := len(o.text) - keptOutput; n > keptOutput {
		o.text = append([]byte(nil), o.text[n:]...)
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.text)
}
