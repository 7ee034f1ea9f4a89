package guardrails

// Holds reports whether a JSON text holds a value of one of the entities, or a credential,
// in any string, key or number. Placeholders are none. Entities that are not known count as
// found.
func (s *Service) Holds(entities []string, raw []byte) bool {
	sc, err := s.scanner(entities)
	if err != nil {
		return true
	}
	p := s.pass(sc, nil)
	defer p.end()
	found := false
	if p.held.suspects(sc, raw) {
		rewrite(view(raw), outermost, func(label, value string, _ bool) (string, bool) {
			found = found || len(p.held.find(p.room[:0], sc, label, value)) > 0
			return "", false
		})
	}
	return found
}
