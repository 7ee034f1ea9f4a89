// Package judge asks a model whether two answers say the same, and reads its verdict.
//
// The texts that are judged come from callers and from models, and either may hold instructions
// for the judge. Each text therefore stands between two marks that are random for each question,
// so that no text can end its own part, and the two answers come in random order. Only one word
// is a verdict: whatever else the judge says is none.
//
// Everything here is a pure function of texts and marks. Package cache makes the calls.
package judge
