// Package cache answers a question that has been answered before. Its stage stands
// between the guardrails of the request and the meter, so that a hit costs nothing,
// and an answer that is stored has passed every output guardrail of its config.
//
// # The flow
//
// The stage makes a question of the exchange: a scope (workspace, namespace or else
// metadata, operation, prompt and guardrail versions, redaction), and for each target
// that may answer first its provider, host and body after overrides. All of it goes
// through one HMAC with the installation's key: what stands in memory, in the snapshot
// or in an external index tells nobody what was asked.
//
//	exact     the same body, apart from white space, the order of keys and what does
//	          not change an answer (stream, stream_options, user, config)
//	alias     the same conversation, and a last user message that differs in case,
//	          white space and closing punctuation only
//	semantic  the same conversation, and a last user message whose embedding is near
//
// A miss is forwarded; the stage folds the answer as it passes and stores it at its end.
//
// # What is never served
//
// Vectors are searched inside one [Partition] only. The partition holds, beside the
// scope, all of the conversation except the text of the last user message, and those
// parts of that text on which two questions must agree exactly: the sequence of
// placeholders, of numbers with their units, and of quotations, addresses and
// identifiers. Different numbers cannot match because they are never compared. What is
// found is then vetted: see vet. An embedder that sees only spelling is held to the
// same content words in the same order.
//
// Where embedder and index are in this process, the only question of a partition is not
// embedded before a second one is asked: most partitions never see one, because
// conversations grow and orders have numbers.
//
// # What is never stored
//
// A denied answer, one that broke off or was left, one without a proper finish, one
// from a fallback target, one over the size limit.
//
// # Failure
//
// The cache fails open: an embedder or index that is down, slow or wrong makes a miss,
// is noted in Facts.Cache.Reason, and after some failures in a row is left alone for a
// while. Writing to an external index is done by one goroutine that the [Service] owns,
// behind a bounded queue that drops and counts.
package cache
