package billing

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing/tariff"
)

// demand is what one attempt asks of its account.
type demand struct {
	rates    tariff.Rates
	tariffs  []tariff.Tariff // of every model that the body names
	may      tariff.Possible // prices that it may meet
	input    int64           // tokens, an upper bound
	output   int64           // tokens of one answer: the limit that the body sets, or the most that may be written
	thinking int64           // tokens that may come on top of output
	choices  int64           // answers
	pieces   gateway.Usage   // that it uses of what is billed by the piece, at most, as far as its body tells
	fixed    int64           // nano-USD that a session needs more of, whatever the rest says; 0 = the rest
	unbound  bool            // the vendor is told no bound: what it bills is settled, whatever was reserved
	work     int64           // nano-USD, the most that the vendor's work after the call can cost; 0: there is none
	open     bool            // the body sets no limit that vendors obey: fewer tokens than output may be granted
}

// cost is the most that a budget can count of the attempt if each answer has at most output tokens.
func (d *demand) cost(output int64) int64 {
	if d.fixed > 0 {
		return d.fixed
	}
	most, u := int64(0), d.pieces
	u.Input, u.Output, u.Searches = d.input, d.tokens(output), d.may.Searches
	if d.unbound {
		most = 1 // a budget that is spent pays for none of it
	}
	if d.work > 0 {
		return d.work
	}
	for _, f := range d.tariffs {
		most = max(most, d.rates.Counted(f.Most(u, d.may)))
	}
	return most
}

// tokens is the output of all answers.
func (d *demand) tokens(output int64) int64 {
	return min(tariff.ClampTokens(output+d.thinking)*min(d.choices, tariff.MaxTokens), tariff.MaxTokens)
}

// affords is the most output tokens of one answer that free pays for, at most d.output.
func (d *demand) affords(free int64) int64 {
	low, high := int64(0), d.output // what free pays for, and the first number that is too much, minus 1
	for low < high {
		n := low + (high-low+1)/2
		if d.cost(n) <= free {
			low = n
		} else {
			high = n - 1
		}
	}
	if low == 0 || d.cost(low) > free {
		return 0
	}
	return low
}
