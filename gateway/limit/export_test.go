package limit

// SetMax lowers the bound of a Memory.
func SetMax(m *Memory, n int) { m.max = n }

// SetRules replaces the rules of a service without a store.
func SetRules(s *Service, rules []Rule) { s.rules.Store(newRuleSet(rules)) }
