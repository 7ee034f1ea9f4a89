package identity

import (
	"context"
	"net/netip"
	"sync"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"github.com/sluicegate/sluice/gateway"
)

// passwordCost is the least that OWASP recommends for argon2id: a sign-in takes some 30 ms and
// 19 MiB (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html).
var passwordCost = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// passwordsAtOnce bounds the passwords that are hashed at a time: each takes memory.
const passwordsAtOnce = 4

// Bounds of a password.
const (
	minPassword = 12  // characters
	maxPassword = 256 // bytes
)

// unknownPassword is what the password of a member without one is compared with, so that an
// answer takes as long as for any other member.
var unknownPassword = sync.OnceValues(func() (string, error) {
	return argon2id.CreateHash("nobody has this password", passwordCost)
})

// hashing takes one of the places for hashing, and returns how to give it back.
func (s *Service) hashing(ctx context.Context) (done func(), err error) {
	select {
	case s.passwords <- struct{}{}:
		return func() { <-s.passwords }, nil
	case <-ctx.Done():
		return nil, &gateway.Error{Op: "identity.hashing", Kind: gateway.Cancelled, Public: "The caller has gone.", Err: context.Cause(ctx)}
	}
}

// SignIn finds the member with a name and a password. Nothing tells whether the name or the
// password was wrong. An address that fails often has to wait, as with unknown keys.
func (s *Service) SignIn(ctx context.Context, name, password, from string) (Member, error) {
	const op = "identity.SignIn"
	x, err := s.loaded(op)
	if err != nil {
		return Member{}, err
	}
	address, _ := netip.ParseAddr(from)
	if err := s.checkWait(op, address); err != nil {
		return Member{}, err
	}
	hash, err := unknownPassword()
	if err != nil {
		return Member{}, internal(op, "The password cannot be checked.", err)
	}
	m := x.memberNamed(name)
	known := m != nil && m.Password != "" && !m.Service && !m.Disabled
	if known {
		hash = m.Password
	}
	if len(password) > maxPassword {
		password = password[:maxPassword] // no password is that long
		known = false
	}
	done, err := s.hashing(ctx)
	if err != nil {
		return Member{}, err
	}
	same, err := argon2id.ComparePasswordAndHash(password, hash)
	done()
	if err != nil {
		return Member{}, internal(op, "The password cannot be checked.", err)
	}
	if !same || !known {
		s.unknown.add(address, s.cfg.Now())
		return Member{}, &gateway.Error{Op: op, Kind: gateway.Unauthorized, Code: "wrong_password", Public: "The member or the password is wrong."}
	}
	return *m, nil
}

// checkWait refuses an address that has to wait.
func (s *Service) checkWait(op string, from netip.Addr) error {
	wait := s.unknown.wait(from, s.cfg.Now())
	if wait == 0 {
		return nil
	}
	return &gateway.Error{Op: op, Kind: gateway.RateLimited, Code: "too_many_unknown_keys", RetryAfter: wait,
		Public: "Too many unknown API keys, passwords or codes came from your address. Try again later."}
}

// MayGuess refuses an address that has presented too many unknown keys, passwords or codes.
func (s *Service) MayGuess(from string) error {
	address, _ := netip.ParseAddr(from)
	return s.checkWait("identity.MayGuess", address)
}

// GuessedWrong counts a wrong code of an address.
func (s *Service) GuessedWrong(from string) {
	address, _ := netip.ParseAddr(from)
	s.unknown.add(address, s.cfg.Now())
}

// SetPassword sets a member's password: one's own, or one of a member whose role one's own covers.
// "" takes it away.
func (s *Service) SetPassword(ctx context.Context, by *gateway.Principal, ref, password string) (Member, error) {
	const op = "identity.SetPassword"
	hash := ""
	if password != "" {
		if utf8.RuneCountInString(password) < minPassword || len(password) > maxPassword || !utf8.ValidString(password) {
			return Member{}, gateway.InvalidField(op, "password", "A password must have 12 to 256 characters.")
		}
		done, err := s.hashing(ctx)
		if err != nil {
			return Member{}, err
		}
		hash, err = argon2id.CreateHash(password, passwordCost)
		done()
		if err != nil {
			return Member{}, internal(op, "The password cannot be hashed.", err)
		}
	}
	if ref == by.Member || ref == by.MemberRef {
		return s.setOwnPassword(ctx, op, by, hash)
	}
	if err := gateway.Require(op, by, gateway.MembersUpdate); err != nil {
		return Member{}, err
	}
	return s.editMember(ctx, op, by, ref, "", func(x *index, m *Member) error {
		if err := mayImpersonate(op, x, m, by); err != nil {
			return err
		}
		m.Password = hash
		return nil
	})
}

// mayImpersonate refuses a password of another member to whoever could then act where they may not:
// with the password one signs in to every workspace of the member.
func mayImpersonate(op string, x *index, m *Member, by *gateway.Principal) error {
	public := ""
	if actsElsewhere(x, m, by) {
		public = "The member belongs to other workspaces, too: it sets its password itself, or an owner does."
	}
	for w, role := range m.Roles {
		if x.workspace(w) != nil && !by.Role.Covers(role) {
			public = "The role " + string(role) + " of the member in another workspace may do what yours, " + string(by.Role) + ", may not."
		}
	}
	if public == "" {
		return nil
	}
	return &gateway.Error{Op: op, Kind: gateway.Forbidden, Param: "member", Code: gateway.CodeRole, Public: public}
}

func (s *Service) setOwnPassword(ctx context.Context, op string, by *gateway.Principal, hash string) (Member, error) {
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, op)
	if err != nil {
		return Member{}, err
	}
	known := x.member(by.Member)
	if known == nil || known.Service {
		return Member{}, absent(op, "member", "There is no such member.")
	}
	m := *known
	// An API key is the member's in one workspace, and others there may have made it.
	if !by.Proven && actsElsewhere(x, &m, by) {
		return Member{}, &gateway.Error{Op: op, Kind: gateway.Forbidden, Code: "session_required",
			Public: "You belong to other workspaces, too: sign in with your password or at the identity provider to change it."}
	}
	m.Password = hash
	return m, s.putMember(ctx, m)
}
