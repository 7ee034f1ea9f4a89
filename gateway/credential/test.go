package credential

import (
	"context"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

const (
	testTime    = 10 * time.Second // of all credentials of a key
	testsAtOnce = 8
)

// TestVirtualKey calls the provider with each credential of a virtual key, also if the key is
// disabled, expired or declared in the server's file. A credential that was failing because of a 401
// and is proven is used again; one that is refused here is not set aside, because a provider may
// refuse this call alone.
func (s *Service) TestVirtualKey(ctx context.Context, by *gateway.Principal, ref string) (VirtualKeyInfo, []gateway.CredentialTest, error) {
	const op = "credential.TestVirtualKey"
	if err := gateway.Require(op, by, gateway.VirtualKeysTest); err != nil {
		return VirtualKeyInfo{}, nil, err
	}
	v, err := s.loaded(op)
	if err != nil {
		return VirtualKeyInfo{}, nil, err
	}
	e, err := v.visible(op, by, ref)
	if err != nil {
		return VirtualKeyInfo{}, nil, err
	}
	if s.cfg.Test == nil {
		return VirtualKeyInfo{}, nil, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "Virtual keys cannot be tested here."}
	}
	ctx, cancel := context.WithTimeout(ctx, testTime)
	defer cancel()
	tests := make([]gateway.CredentialTest, len(e.pool.members))
	places := make(chan struct{}, testsAtOnce)
	var all sync.WaitGroup
	for i := range e.pool.members {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			tests[i] = s.testMember(ctx, e, &e.pool.members[i])
		})
	}
	all.Wait()
	return s.info(e), tests, nil
}

func (s *Service) testMember(ctx context.Context, e *entry, m *member) gateway.CredentialTest {
	if m.err != nil {
		return gateway.CredentialTest{Name: m.Name, Err: gateway.AsError(m.err)}
	}
	out := s.cfg.Test(ctx, e.key, m.Credential)
	if out.Err == nil {
		m.health.proven()
	}
	return out
}
