// Package key computes the keys under which the cache stores and finds answers.
//
// A key covers everything that may change an answer: a scope (workspace, namespace or
// metadata, operation, prompt, guardrails, redaction) and, for each target that may answer
// first, its provider, host, guardrails, the caller's headers that it gets, and the body that
// [gateway.Target.Apply] makes for it. Every part goes through one HMAC with the installation's key: memory, snapshots and
// external indexes do not reveal what was asked.
//
//	exact      the body in canonical form
//	partition  the body without the user's last text, and the literals of that text
//	alias      the partition and the folded text
//
// All functions are pure: the same exchange gives the same key in every process with the
// same installation key.
package key

import (
	"bytes"
	"context"
	"slices"
	"sync"

	"github.com/sluicegate/sluice/cache/match"
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// LookupKey identifies the answers that may serve one exchange. It is for one goroutine.
type LookupKey struct {
	Workspace Digest
	Namespace Digest
	Exact     Digest // names the answer

	question func() Question // nil if only the exact tier applies
}

// Question is what the alias and semantic tiers compare. It is zero if only the exact tier
// applies.
type Question struct {
	Alias         Digest
	Partition     Partition
	Text          string // the user's last text in compatibility form
	LooksLikeCode bool   // the semantic tier does not apply
	TimeDependent bool   // the answer changes with the time at which it is asked
}

// HasQuestion reports whether the alias and semantic tiers apply.
func (k *LookupKey) HasQuestion() bool { return k.question != nil }

// Question reads the user's last text on the first call: a hit of the exact tier needs no more
// than Exact.
func (k *LookupKey) Question() Question {
	if k.question == nil {
		return Question{}
	}
	return k.question()
}

// maxText is the length of the longest text that the alias and semantic tiers consider, in
// bytes of JSON.
const maxText = 8 << 10

// Options say which tiers a key is for.
type Options struct {
	Semantic bool   // alias and semantic tiers too; they apply if the user's text comes last
	Model    string // of the embedder: vectors of different models are never compared
}

// Lookup computes the key of ex for the targets that may answer it first. It returns the
// error of Target.Apply if a target's parameters do not fit the body, and ctx's error once ctx
// has ended.
func (h Hasher) Lookup(ctx context.Context, ex *gateway.Exchange, targets []*gateway.Target, options Options) (LookupKey, error) {
	d := h.digester()
	scope := d.scope(ex)
	k := LookupKey{Workspace: scope.workspace, Namespace: scope.namespace}
	var exact, contexts []Digest
	var text string
	for _, t := range targets {
		if err := ctx.Err(); err != nil {
			return LookupKey{}, err
		}
		r, err := d.target(ex, t)
		if err != nil {
			return LookupKey{}, err
		}
		if text == "" && options.Semantic {
			text = r.text
		}
		if r.text != text {
			r.context = r.exact // the config overrides the messages of one target
		}
		exact, contexts = append(exact, r.exact), append(contexts, r.context)
	}
	k.Exact = d.digest(labelExact, scope.digest[:], joined(exact))
	if text != "" {
		k.question = sync.OnceValue(func() Question {
			return d.question(text, k.Workspace, options.Model, scope.digest[:], joined(contexts))
		})
	}
	return k, nil
}

// question reads a text that the user asked in a scope and in the contexts of all targets.
func (d *digester) question(text string, workspace Digest, model string, scope, contexts []byte) Question {
	t := match.NewText(text)
	literals := appendList(appendList(appendList(make([]byte, 0, 128), t.Literals.Numbers), t.Literals.Placeholders), t.Literals.Quoted)
	context := d.digest(labelPartition, scope, contexts, literals, []byte(model))
	return Question{
		Alias:     d.digest(labelAlias, context[:], []byte(t.Folded)),
		Partition: Partition{workspace, context},
		Text:      t.Normal, LooksLikeCode: t.LooksLikeCode, TimeDependent: match.TimeDependent(t.Normal),
	}
}

// targetRequest is the request that one target gets, as the key sees it.
type targetRequest struct {
	context Digest // of the body without the user's last text
	exact   Digest // of the whole body
	text    string // the user's last text; "" if there is none or it is too long
}

func (d *digester) target(ex *gateway.Exchange, t *gateway.Target) (targetRequest, error) {
	req := ex.Request
	sent, err := t.Apply(req)
	if err != nil {
		return targetRequest{}, err
	}
	if sent, err = withoutVolatile(sent); err != nil {
		return targetRequest{}, err
	}
	identity := appendField(appendField(make([]byte, 0, 128), t.Provider), t.BaseURL)
	for _, name := range t.Formats.Names() { // where the answer comes from, and what its ids mean
		identity = appendField(appendField(append(identity, 'f'), name), t.Formats[name])
	}
	identity = appendGuardrails(append(identity, 'i'), t.Input)
	identity = appendGuardrails(append(identity, 'o'), t.Output)
	identity = appendHeaders(identity, ex.Envelope, t)
	rest, quoted := question(sent)
	r := targetRequest{context: d.digest(labelContext, identity, canonicalBody(req.Dialect, rest))}
	r.exact = d.digest(labelBody, r.context[:], canonicalValue(quoted, false))
	if len(quoted) <= maxText {
		r.text = jsonx.String(quoted)
	}
	return r, nil
}

// withoutVolatile removes what a client writes anew into each call.
func withoutVolatile(req *gateway.Request) (*gateway.Request, error) {
	format, ok := req.Dialect.(gateway.VolatileFormat)
	if !ok {
		return req, nil
	}
	var edits []jsonx.Edit
	for _, at := range format.Volatile(req.Raw) {
		edits = append(edits, jsonx.Edit{Start: at.Start, End: at.End})
	}
	if len(edits) == 0 {
		return req, nil
	}
	return req.WithRaw(jsonx.Splice(req.Raw, edits))
}

// joined returns a set of digests as one text: sorted, without duplicates.
func joined(set []Digest) []byte {
	slices.SortFunc(set, func(a, b Digest) int { return bytes.Compare(a[:], b[:]) })
	b := make([]byte, 0, len(set)*len(Digest{}))
	for _, d := range slices.Compact(set) {
		b = append(b, d[:]...)
	}
	return b
}
