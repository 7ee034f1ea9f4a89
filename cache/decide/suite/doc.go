// Package suite generates questions whose answers are known to be equal or not. The models of
// package decide are trained on half of it, and measured on the other half and on [Adversarial].
//
// # Form of a list
//
//	need NAME                 what a person wants to know; needs have no answer in common
//	CLASS NAME: a | b | c     a variable. Another value is another answer, unless CLASS is loose
//	same NAME: a = c          two values that mean the same
//	= a frame with <NAME>     a wording; {this|that} stands for either
//
// A class names the kind of edit that another value is: opposite, swap, negation, entity and so
// on. All frames of a need with the same values of its variables are one question in several
// wordings. No text is taken from elsewhere.
//
// Everything follows from the seed of the random numbers.
package suite
