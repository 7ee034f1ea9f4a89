// Package ranking orders the targets of the modes cheapest and fastest for each call.
//
// The Router asks it when it comes to such a node, and then calls the targets like those of a
// fallback. Plans are shared between calls, so that the order is in none of them.
//
// # Cheapest
//
// A target's figure is what this call is estimated to cost there, as [Config.Cost] tells from the body
// that the target would get. A target without a known price is not free: it comes behind those that have
// one, in the order of the config.
//
// # Fastest
//
// A target's figure is the mean of the times that calls waited for its first chunk. Of an answer in one
// piece, that is the whole answer: it is what the caller waits for, reasoning and all, and needs no usage
// in the answer, which not every vendor reports. Streams and answers in one piece are measured apart, and
// so are operations. A measurement loses half of its weight in five minutes, and all that came before
// counts like at most eight calls, so that a change shows after about as many.
//
// A target that fails goes to the back, each time in a row for longer. When that time is over, one call
// goes first to it, and the others do when it has answered. A target that was never measured gets the
// first calls, and of all calls a few go to another target than the fastest: otherwise nobody would notice
// that it has become fast.
//
// # Groups
//
// A child that is a strategy itself has the figure of the target that it would ask first; a loadbalance has
// the mean by weight. A child with weight 0 is not asked.
//
// # Invariants
//
//   - An order is a permutation of the children that have a weight.
//   - What is measured is of this process, bounded, and read and written without locks that calls wait for.
package ranking
