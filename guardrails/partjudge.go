package guardrails

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/checks"
)

// partJudge judges the parts of a body that is passed on: the calls in the file of a batch, the fields of a
// form. It keeps one verdict of each guardrail: that on the first part that it objects to most.
type partJudge struct {
	service *Service
	specs   []gateway.GuardrailSpec
	target  string // config path; "" for those of the plan

	mu       sync.Mutex
	verdicts []gateway.Verdict // begins with those on the request that brings the body

	// What the goroutine of the body uses.
	requires bool           // something must be in the body's own texts
	texts    checks.Content // of them, where requires
	size     int            // of texts, in bytes
}

// filter is what the parts pass through.
func (j *partJudge) filter(ctx context.Context) gateway.PartFilter {
	f := gateway.PartFilter{Apply: func(call gateway.BodyPart) (gateway.BodyPart, error) { return call, j.judge(ctx, call) }}
	if j.requires = j.service.requires(j.specs); j.requires {
		f.End = func() error { return j.end(ctx) }
	}
	for _, spec := range j.specs {
		f.By = append(f.By, "guardrail:"+digest(spec))
	}
	return f
}

// digest tells one policy from another, whatever they are called.
func digest(spec gateway.GuardrailSpec) string {
	b, _ := json.Marshal(spec) // it fails only for parameters that are not JSON; they deny everything
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

func (j *partJudge) judge(ctx context.Context, call gateway.BodyPart) error {
	var units []unit
	if call.Request != nil {
		units = append(units, unit{Content: contentOf(call.Request.Judged())})
	}
	around := contentOf(call.Around.Judged())
	around.Added = true // a check that requires something must not find it there, or finds it in another part
	units = append(units, unit{Content: around})
	if call.Content && j.requires {
		j.remember(around.Parts)
	}
	return j.judgeUnits(ctx, units, call.Place)
}

// remember keeps texts in which something required may be, as long as a check would read them.
func (j *partJudge) remember(parts []checks.Part) {
	for _, p := range parts {
		if !p.Bare && j.size <= checks.MaxText {
			j.texts.Parts = append(j.texts.Parts, p)
			j.size += len(p.Text)
		}
	}
}

// end judges the texts of the whole body for what must be there. A body without texts has no place for it.
func (j *partJudge) end(ctx context.Context) error {
	if len(j.texts.Parts) == 0 {
		return nil
	}
	return j.judgeUnits(ctx, []unit{{Content: j.texts}}, "the form")
}

func (j *partJudge) judgeUnits(ctx context.Context, units []unit, place string) error {
	verdicts, action := j.service.judge(ctx, j.specs, units, j.target)
	j.keep(verdicts, place)
	if err := denial(ctx, action, "call", j.target); err != nil {
		for _, v := range verdicts {
			if v.Action == gateway.ActionDeny {
				return deniedBy(err, v.Guardrail)
			}
		}
		return err
	}
	return nil
}

// deniedBy names the guardrail in a denial: of many parts, nobody knows otherwise what to change.
func deniedBy(err error, guardrail string) error {
	e := *gateway.AsError(err)
	if e.Kind == gateway.Denied {
		e.Public = "The guardrail '" + gateway.Shorten(guardrail) + "' denied the call; hook_results tells why."
	}
	return &e
}

func (j *partJudge) keep(verdicts []gateway.Verdict, place string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i, v := range verdicts {
		for k := range v.Checks {
			if c := &v.Checks[k]; !c.Pass || c.Error != "" {
				c.Explanation = strings.TrimSpace("In " + place + ": " + c.Explanation)
			}
		}
		old := &j.verdicts[i]
		v.Duration += old.Duration
		v.At = old.At
		if v.Action <= old.Action {
			v.Checks, v.Action, v.Pass = old.Checks, old.Action, old.Pass
		}
		*old = v
	}
}

// found are the verdicts until now.
func (j *partJudge) found() []gateway.Verdict {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.verdicts)
}

// guardParts goes on with a request of a vendor's API. The guardrails judge the parts of the body that it
// brings; a batch whose calls they have not judged does not begin.
func (s *Service) guardParts(ctx context.Context, ex *gateway.Exchange, next gateway.Handler, j *partJudge) (gateway.Stream, error) {
	if err := ex.Request.Pass.Filter(j.filter(ctx)); err != nil {
		return nil, err
	}
	stream, err := next(ctx, ex)
	return unlessRefused(ex.Request.Pass, stream, err)
}

// unlessRefused is the outcome of a call whose body may have been ended by a filter. What the vendor
// answered to a part of a form is of no use.
func unlessRefused(pass *gateway.PassThrough, stream gateway.Stream, err error) (gateway.Stream, error) {
	refused := pass.Refused()
	if refused == nil {
		return stream, err
	}
	if stream != nil {
		_ = stream.Close()
	}
	return nil, refused
}
