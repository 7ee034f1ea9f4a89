package cache

import "github.com/sluicegate/sluice/cache/decide"

// Links returns what is known about answers that are the same.
func (s *Service) Links() *decide.Links { return s.known.Answers.Links() }

// Followers returns how many callers wait for the calls of others.
func (s *Service) Followers() (n int) {
	s.flights.mu.Lock()
	defer s.flights.mu.Unlock()
	for _, f := range s.flights.byKey {
		f.mu.Lock()
		n += f.followers
		f.mu.Unlock()
	}
	return n
}
