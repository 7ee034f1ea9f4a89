package guardrails

import (
	"context"
	"errors"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/checks"
)

const (
	// maxInline is how many bytes of text several local checks read without goroutines.
	maxInline = 64 << 10
	// maxParallel bounds the checks of one guardrail that run at the same time. Where all are
	// local they take turns: they would only compete for processors.
	maxParallel = 8
	// localTime bounds what local checks take together: nothing but work keeps them.
	localTime = 700 * time.Millisecond
)

// judge runs the guardrails on the units of a request or an answer. It returns their
// verdicts and the strongest action among them. The guardrails share one timeout, those of
// local checks a shorter one: a config may name hundreds.
func (s *Service) judge(ctx context.Context, specs []gateway.GuardrailSpec, units []unit, target string) ([]gateway.Verdict, gateway.Action) {
	all, local := make([]*guardrail, len(specs)), true
	for i, spec := range specs {
		all[i] = s.guardrail(spec)
		local = local && all[i].local
	}
	limit := s.timeout
	if local {
		limit = min(limit, localTime)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	out := make([]gateway.Verdict, 0, len(specs))
	strongest, left := gateway.ActionAllow, localTime
	for _, g := range all {
		v := s.verdictWithin(ctx, g, units, &left)
		v.Target = target
		strongest = max(strongest, v.Action)
		out = append(out, v)
	}
	return out, strongest
}

// verdictWithin is verdict, with what is left of localTime for a guardrail of local checks.
func (s *Service) verdictWithin(ctx context.Context, g *guardrail, units []unit, left *time.Duration) gateway.Verdict {
	limit := s.timeout
	if g.local {
		limit = *left
	}
	if end, ok := ctx.Deadline(); !ok || time.Until(end) > limit {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	v := s.verdict(ctx, g, units)
	if g.local {
		*left -= v.Duration
	}
	return v
}

// verdict runs one guardrail. It passes if all its checks pass on all units.
func (s *Service) verdict(ctx context.Context, g *guardrail, units []unit) gateway.Verdict {
	v := gateway.Verdict{Guardrail: g.spec.ID, Version: g.spec.Version, Deny: g.spec.Deny, Pass: true, At: time.Now()}
	if len(units) > 0 {
		v.Output = units[0].Output
	}
	if g.broken != nil {
		v.Checks = []gateway.CheckResult{{ID: "guardrail", Error: "The guardrail does not compile: " + gateway.AsError(g.broken).Public, At: v.At}}
	} else {
		v.Checks = s.run(ctx, g, units)
	}
	for i := range v.Checks {
		c := &v.Checks[i]
		switch {
		case c.Error != "" && g.spec.Allow:
			c.Pass = true
		case c.Error != "":
			c.Pass, v.Pass, v.Action = false, false, gateway.ActionDeny
		case !c.Pass && g.spec.Deny:
			v.Pass, v.Action = false, gateway.ActionDeny
		case !c.Pass:
			v.Pass, v.Action = false, max(v.Action, gateway.ActionFlag)
		}
	}
	v.Duration = time.Since(v.At)
	return v
}

// run runs every check. Local checks on a short text run one after the other; otherwise each
// has a goroutine. When ctx ends run returns without those that are not done.
func (s *Service) run(ctx context.Context, g *guardrail, units []unit) []gateway.CheckResult {
	out := make([]gateway.CheckResult, len(g.checks))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.closing, cancel)()
	began := time.Now()
	for i, c := range g.checks {
		out[i] = gateway.CheckResult{ID: c.id, At: began, Error: "The check did not answer in time."}
	}
	if ctx.Err() != nil { // the guardrails before this one took all the time
		return out
	}
	if g.local && size(units) <= maxInline {
		for i := range g.checks {
			out[i] = g.checks[i].inspect(ctx, units)
		}
		return out
	}
	type answer struct {
		i int
		gateway.CheckResult
	}
	answers := make(chan answer, len(g.checks))
	parallel := maxParallel
	if g.local {
		parallel = 1
	}
	slots := make(chan struct{}, parallel)
	for i := range g.checks {
		s.running.Add(1)
		go func() {
			defer s.running.Done()
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				return
			}
			ctx := ctx
			if g.checks[i].local {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, localTime)
				defer cancel()
			}
			answers <- answer{i, g.checks[i].inspect(ctx, units)}
			<-slots
		}()
	}
	for range g.checks {
		select {
		case a := <-answers:
			out[a.i] = a.CheckResult
		case <-ctx.Done():
			for i := range out {
				out[i].Duration = max(out[i].Duration, time.Since(began))
			}
			return out
		}
	}
	return out
}

func size(units []unit) int {
	n := 0
	for _, u := range units {
		n += u.Size()
	}
	return n
}

// inspect runs one check on the units until one fails. A panic counts as an error.
func (c *compiled) inspect(ctx context.Context, units []unit) (out gateway.CheckResult) {
	out = gateway.CheckResult{ID: c.id, At: time.Now()}
	defer func() {
		if recover() != nil {
			out.Pass, out.Error = false, "The check failed."
		}
		out.Duration = time.Since(out.At)
	}()
	for i, u := range units {
		r, err := c.unit(ctx, u)
		if err != nil {
			out.Pass, out.Error = false, explain(err)
			return out
		}
		if i == 0 || !r.Pass { // what the request itself says explains more than what is added
			out.Pass, out.Explanation = r.Pass, r.Explanation
		}
		if !r.Pass {
			break
		}
	}
	return out
}

// unit runs the check on one unit, or returns what it said of the same parameters before.
func (c *compiled) unit(ctx context.Context, u unit) (checks.Result, error) {
	if u.kept != nil {
		if r, ok := u.kept.result(c); ok {
			return r, nil
		}
	}
	if u.Size() > checks.MaxText {
		return checks.Result{}, &gateway.Error{Op: "guardrails.inspect", Kind: gateway.TooLarge, Public: "The text is longer than a check reads (8 MiB)."}
	}
	r, err := c.Inspect(ctx, u.Content)
	if err == nil && u.kept != nil {
		u.kept.keep(c, r)
	}
	return r, err
}

// explain returns the public text of an error. Its other texts may quote the content.
func explain(err error) string {
	var e *gateway.Error
	switch {
	case errors.As(err, &e):
		return e.Public
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "The check did not answer in time."
	}
	return "The check could not judge."
}
