// Package decide estimates how probable it is that the answer of a stored question also answers
// the question asked.
//
// # Flow
//
// [For] returns the model of an embedder. The semantic tier gives [Model.Decide] the text asked
// and the stored questions near it, and gets one [Verdict] for each: a refusal, or a
// probability with what it was made of. Which probability is enough is the caller's decision.
//
// # What is refused, and what is weighed
//
// [match.Refusal] names differences after which two questions never share an answer. All other
// differences are features of a logistic regression, next to the similarity, the margin to the
// nearest question with another answer, and what is known about the neighbour's answer. Many
// questions that were found to have the same answer may outweigh a difference in words, but never
// a negation or another tense in what is otherwise one sentence, nor words that exclude each other, nor two things in
// each other's place.
//
// # Invariants
//
// Everything here is a pure function of its arguments. A model never changes once made, so it
// is safe for concurrent use. The same probability means the same thing whatever the embedder:
// each has weights and a scale of its own.
package decide
