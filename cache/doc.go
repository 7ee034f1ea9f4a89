// Package cache answers a question that was answered before.
//
// Its stage stands between the guardrails of the request and the meter: a hit costs nothing,
// and every answer that is stored has passed the output guardrails of its config.
//
// # Flow
//
// The stage computes a [key.LookupKey] and asks three tiers:
//
//	exact     the same body, apart from white space, the order of members and what does
//	          not change an answer (stream, stream_options, user, config)
//	alias     the same conversation, and a last user message that differs only in case,
//	          white space and closing punctuation
//	semantic  the same conversation, and a last user message with a near embedding
//
// A miss is forwarded. A recording collects the answer as it passes and stores it at its end.
//
// # What is never served
//
// Vectors are compared within one [key.Partition] only. It covers the scope, the whole
// conversation except the text of the last user message, and the literals of that text:
// placeholders, numbers with their units, quotations, addresses and identifiers. Questions
// with different numbers are therefore never compared. Each near question must then pass
// [match.Veto]. If the embedder sees only words, content words must be equal and in the
// same order.
//
// # What is never stored
//
// An answer that was denied, that broke off, whose caller left, without a proper finish
// reason, from a fallback target, or over the size limit.
//
// # Failure
//
// The cache fails open. If embedder, index or store are down, slow or wrong, the request is a
// miss and Facts.Cache.Reason has the cause. After failures in a row, embedder and index are
// left alone for a while.
//
// # Checks
//
// Whether a stored answer is right for a near question is learnt from comparisons with fresh
// answers. Where their texts do not tell, and [Config.Checks] is set, a judge is asked, and some of
// the hits are followed by the call that they saved. Nobody waits for these calls, and what they
// cost is subtracted from what the cache saved.
//
// # Ownership
//
// An [exact.Store] keeps the answers, [VectorIndex] the vectors. Both may be in this process or
// shared by replicas; what leaves the process is encrypted. The [Service] owns a goroutine
// which writes to a remote index behind a bounded queue that drops and counts, removes what
// expired, and takes snapshots, and those that make the calls of [Checks] behind another queue.
//
// # Rooms
//
//	key, match, embed            what is compared: digests and partitions, texts, meaning
//	decide, answer, judge        whether two questions, or two answers, are the same
//	promise, learnt              what comparisons showed, and which probability is enough
//	exact, memindex, eviction    answers and vectors in this process
//	qdrant, objects, outbox      shared by replicas: points, large answers, what waits to be told
//	removal                      what waits to be deleted from a bucket or from Redis
//	seal, snapshot               what leaves the process, and what outlives it
//	pace                         streams of stored answers
//	breaker, quota               limits of calls, and of callers
package cache
