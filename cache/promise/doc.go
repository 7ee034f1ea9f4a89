// Package promise keeps the share of wrong answers among all requests below a limit.
//
// # Flow
//
// The caller tells a [Controller] of each request that asks the semantic tier, with the
// probability that package decide gave to the best stored answer, and gets a [Decision]. It
// tells of each label, too: whether the stored answer of a miss, or of an answer that was held
// back to be checked, proved to be the same as a fresh one; and how many questions are stored, because they
// expire, and are evicted and purged. [Groups] has one controller for each group of traffic.
//
// # How the threshold is found
//
// Labels recalibrate the probabilities: a logistic regression over the log odds and how full the cache
// was, whose prior is that the probabilities are right as they are. From the requests of a sliding
// window the most probable are served, as many as the limit allows: what they are expected to get
// wrong stays below the limit with a margin for doubt, and for the luck of 2,000 requests. However
// good the labels are, nothing is served that is improbable by package decide. Labels
// below the threshold count less in the regression the further down they are.
//
// Checked answers scale its expectations up or down, less so if those labels are noisy. As long as the
// cache is rather empty, expectations are scaled up: it knows little about its answers, and the
// regression finds that out late.
//
// # Change
//
// A cumulative sum watches the labels of answers that are served, or nearly so. If they tell that
// answers have become wrong more often than expected, what was learnt before the change is
// forgotten, and nothing is served until enough labels have come: every near question is then a
// miss, and each miss a label.
//
// # Ownership
//
// There is no goroutine and no file. [Groups.Records] gives what was learnt to whoever keeps it,
// and [Groups.Changes] what is new.
// Each replica keeps the promise for the requests that it gets, so all together keep it.
package promise
