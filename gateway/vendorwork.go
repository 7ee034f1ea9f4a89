package gateway

import (
	"io"
	"slices"
	"time"
)

// VendorWork is what a vendor does after the call that asked for it has ended, such as the calls of a
// batch. Nobody can stop it at a budget, so that the most that it can cost is reserved before.
type VendorWork struct {
	Calls []CallsOf    // by model, each once
	Known []ModelUsage // what else it uses, or a part of it that is certain
	// Of is the only model that it asks, where that is certain although Unbounded says that its cost is
	// not.
	Of string
	// Unbounded says in a sentence why nobody can tell beforehand what it costs; "" if Calls and Known do.
	Unbounded string
	// Reservation is what was reserved for it. Package billing writes it once the vendor has accepted
	// the work. nil: nothing limits what it costs.
	Reservation *WorkReservation
}

// Models names the models that the work asks, once each.
func (w *VendorWork) Models() []string {
	names := make([]string, 0, len(w.Calls)+len(w.Known)+1)
	if w.Of != "" {
		names = append(names, w.Of)
	}
	for i := range w.Calls {
		names = append(names, w.Calls[i].Model)
	}
	for i := range w.Known {
		if !slices.Contains(names, w.Known[i].Model) {
			names = append(names, w.Known[i].Model)
		}
	}
	return names
}

// CallsOf is the most that calls of one model can use. Sums of tokens, and numbers of calls.
type CallsOf struct {
	Model   string `json:"model"`
	Input   int64  `json:"input"`             // tokens
	Output  int64  `json:"output"`            // tokens of the answers whose length the calls limit
	Open    int64  `json:"open,omitempty"`    // answers whose length they do not
	Hosted  int64  `json:"hosted,omitempty"`  // tools that the vendor runs
	Special bool   `json:"special,omitempty"` // some may meet the prices of sound
}

// WorkReservation is money that stands reserved until it is known what a vendor's work cost, or an
// answer that it writes in the background.
type WorkReservation struct {
	ID     string    `json:"id"`
	APIKey string    `json:"api_key"` // id, of the call that asked for it
	Amount int64     `json:"amount"`  // nano-USD; 0: nothing limits what it costs
	Until  time.Time `json:"until"`   // then it counts as spent
}

// SettledWork is what an answer tells of work that has ended.
type SettledWork struct {
	Used        []ModelUsage     // by model; none: nothing ran
	Reservation *WorkReservation // nil: there is none
}

// Usage is that of all models together.
func (w *SettledWork) Usage() *Usage {
	var sum Usage
	for i := range w.Used {
		sum.Add(&w.Used[i].Usage)
	}
	return &sum
}

// WorkResults reads the results of a vendor's work while they are passed on.
type WorkResults interface {
	io.Writer // of the answer's body; it never fails
	// End is told that the body has come to its end. It returns nil if that settles nothing.
	End() *SettledWork
}
